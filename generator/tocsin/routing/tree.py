"""The walk of labels through the route tree, and what is inherited on the way.

Follows Alertmanager's `dispatch/route.go`: children in order, the first match ends the search among its
siblings unless it continues, a node without a matching child is where the alert stops.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.lang.errors import LangError
from tocsin.plan.model import Timing
from tocsin.routing.route_children import RouteChildren
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.plan.model import Route

GROUP_WAIT, GROUP_INTERVAL, REPEAT_INTERVAL = "30s", "5m", "4h"
"""What Alertmanager takes where the tree says nothing."""
MANY = 16
"""Routes of one level from which on it takes less time to look for those that an alert may enter."""


@value_object
class MatchedNode:
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


def matching_nodes(root: Route, labels: Mapping[str, str]) -> tuple[MatchedNode, ...]:
    """Every node at which an alert with these labels comes to rest, in the order of the tree."""
    return tuple(map(stop_at, matching_paths(root, labels)))


def matching_paths(root: Route, labels: Mapping[str, str]) -> tuple[tuple[Route, ...], ...]:
    """The way from the root to each of these nodes."""
    return tuple(_walk((root,), labels))


def stop_at(path: tuple[Route, ...]) -> MatchedNode:
    """The last node of a path from the root, with what it inherits on the way."""
    receiver = NOT_KNOWN
    group_by: tuple[str, ...] = ()
    wait, interval, repeat = GROUP_WAIT, GROUP_INTERVAL, REPEAT_INTERVAL
    for route in path:
        receiver = route.receiver or receiver
        group_by = group_by if route.group_by is None else route.group_by
        wait = route.timing.group_wait or wait
        interval = route.timing.group_interval or interval
        repeat = route.timing.repeat_interval or repeat
    return MatchedNode(path, receiver, group_by, Timing(wait, interval, repeat))


def label_names(root: Route) -> frozenset[str]:
    """The labels that decide about any alert's way through the tree."""
    names = {matcher.name for matcher in root.matchers}
    return frozenset(names.union(*(label_names(route) for route in root.routes)))


def _walk(path: tuple[Route, ...], labels: Mapping[str, str]) -> Iterator[tuple[Route, ...]]:
    found = False
    for route in _asked(path[-1], labels):
        if all(matcher.matches(labels) for matcher in route.matchers):
            found = True
            yield from _walk((*path, route), labels)
            if not route.continues:
                break
    if not found:
        yield path


def _asked(route: Route, labels: Mapping[str, str]) -> Iterable[Route]:
    """The children that the labels may match, in their order."""
    if len(route.routes) < MANY:
        return route.routes
    return _children(route).entered({name: frozenset((text,)) for name, text in labels.items()})


@answered_once
def _children(route: Route) -> RouteChildren:
    return RouteChildren(route.routes, _may_match)


def _may_match(matcher: Matcher, value: str) -> bool:
    try:
        return matcher.matches({matcher.name: value})
    except LangError:
        # It is reported where an alert comes to the route.
        return True
