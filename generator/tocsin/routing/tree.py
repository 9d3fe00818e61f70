"""The walk of labels through the route tree, and what is inherited on the way.

Follows Alertmanager's `dispatch/route.go`: children in order, the first match ends the search among its
siblings unless it continues, a node without a matching child is where the alert stops.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.plan.model import Timing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.plan.model import Route

GROUP_WAIT, GROUP_INTERVAL, REPEAT_INTERVAL = "30s", "5m", "4h"
"""What Alertmanager takes where the tree says nothing."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Where an alert comes to rest: the receiver and all that its node has or inherits.

    Time intervals are the node's own: Alertmanager hands none down.
    """

    path: tuple[Route, ...]
    receiver: str
    group_by: tuple[str, ...]
    timing: Timing

    @property
    def route(self) -> Route:
        """The node itself."""
        return self.path[-1]


NOT_KNOWN = "?"
"""Stands for the receiver at the root where only routes below it were read."""


def stops(root: Route, labels: Mapping[str, str]) -> tuple[Stop, ...]:
    """Every node at which an alert with these labels comes to rest, in the order of the tree."""
    return tuple(_stop(path) for path in _walk((root,), labels))


def label_names(root: Route) -> frozenset[str]:
    """The labels that decide about any alert's way through the tree."""
    names = {matcher.name for matcher in root.matchers}
    return frozenset(names.union(*(label_names(route) for route in root.routes)))


def _walk(path: tuple[Route, ...], labels: Mapping[str, str]) -> Iterator[tuple[Route, ...]]:
    found = False
    for route in path[-1].routes:
        if all(matcher.matches(labels) for matcher in route.matchers):
            found = True
            yield from _walk((*path, route), labels)
            if not route.continues:
                break
    if not found:
        yield path


def _stop(path: tuple[Route, ...]) -> Stop:
    receiver = NOT_KNOWN
    group_by: tuple[str, ...] = ()
    wait, interval, repeat = GROUP_WAIT, GROUP_INTERVAL, REPEAT_INTERVAL
    for route in path:
        receiver = route.receiver or receiver
        group_by = group_by if route.group_by is None else route.group_by
        wait = route.timing.group_wait or wait
        interval = route.timing.group_interval or interval
        repeat = route.timing.repeat_interval or repeat
    return Stop(path, receiver, group_by, Timing(wait, interval, repeat))
