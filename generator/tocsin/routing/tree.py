"""The walk of labels through the route tree, and what is inherited on the way.

Follows Alertmanager's `dispatch/route.go`: children in order, the first match ends the search among its
siblings unless it continues, a node without a matching child is where the alert stops.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.identity_key import IdentityKey
from tocsin.lang.regexes import literal_texts
from tocsin.plan.model import Timing
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tocsin.plan.model import Route

GROUP_WAIT, GROUP_INTERVAL, REPEAT_INTERVAL = "30s", "5m", "4h"
"""What Alertmanager takes where the tree says nothing."""
_MANY = 16


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


def _asked(route: Route, labels: Mapping[str, str]) -> Sequence[Route]:
    """The children that the labels may match, in their order."""
    return route.routes if len(route.routes) < _MANY else _children(IdentityKey(route)).asked(labels)


@lru_cache(maxsize=256)
def _children(key: IdentityKey[Route]) -> _Children:
    return _Children(key.one.routes)


class _Children:
    """Many routes of one level, by a value that they ask for: few of hundreds of teams need to be tried."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = routes
        self._others: list[int] = []
        self._by_value: dict[str, dict[str, list[int]]] = {}
        for number, route in enumerate(routes):
            name, values = _wanted(route)
            if values is None:
                self._others.append(number)
            for value in values or ():
                self._by_value.setdefault(name, {}).setdefault(value, []).append(number)

    def asked(self, labels: Mapping[str, str]) -> list[Route]:
        """Those that the labels may match, in their order; a label that is missing counts as empty."""
        numbers = list(self._others)
        for name, by_value in self._by_value.items():
            numbers += by_value.get(labels.get(name, ""), ())
        return [self._routes[number] for number in sorted(numbers)]


def _wanted(route: Route) -> tuple[str, frozenset[str] | None]:
    """A label and the values that it has to have for the route to match; None where no matcher lists them."""
    for matcher in route.matchers:
        if matcher.op == "=":
            return matcher.name, frozenset({matcher.value})
        if matcher.op == "=~" and (texts := literal_texts(matcher.value)) is not None:
            return matcher.name, texts
    return "", None
