"""Two route trees as nodes of one forest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.diff.conditions import Space
from tocsin.diff.effective_settings import DEFAULT, Behaviour, Muting, inherited, same_times
from tocsin.diff.route_dag import COMMON, Forest
from tocsin.routing.tree import matching_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.diff.classes import Marks, Pair
    from tocsin.diff.route_dag import DagNode
    from tocsin.plan.model import Route
    from tocsin.routing.config import RoutingConfig


_FIRST_MARK = COMMON - 1


class Trees:
    """The trees of an old and a new table."""

    def __init__(self, old: RoutingConfig, new: RoutingConfig) -> None:
        self.space = Space()
        self.forest = Forest(self.space)
        self.behaviours: list[Behaviour] = []
        self._numbers: dict[Behaviour, int] = {}
        self._stops: dict[tuple[int, ...], int] = {}
        """The number of each behaviour by the identities of the routes on the way to it."""
        self._tables = (old, new)
        self._mutings: dict[Muting, Muting] = {}
        self._marked: list[str] = []
        self.old = self._root(old)
        self.new = self._root(new)

    def stops(self, labels: Mapping[str, str]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Where an alert stops in the old and in the new tree, as numbers of `behaviours`."""
        old, new = (
            tuple(self._stops[id(table), *map(id, path)] for path in matching_paths(table.route, labels))
            for table in self._tables
        )
        return old, new

    def marks(self, pairs: Iterable[Pair] | None = None) -> Marks:
        """The marks of receivers that stops of both trees have: of those in some classes, or of all."""
        both = {self.behaviours[stop].receiver for stop in _stops(self.old) & _stops(self.new)}
        if pairs is not None:
            both &= {self.behaviours[stop].receiver for pair in pairs for side in pair for stop in side}
        self._marked = sorted(both)
        marks = {name: _FIRST_MARK - number for number, name in enumerate(self._marked)}
        stops = enumerate(self.behaviours)
        return {stop: marks[one.receiver] for stop, one in stops if one.receiver in marks}

    def receiver(self, mark: int) -> str:
        """The receiver that a mark stands for."""
        return self._marked[_FIRST_MARK - mark]

    def _root(self, table: RoutingConfig) -> DagNode:
        return self._node(table.route, DEFAULT, table, (id(table),))

    def _node(
        self, route: Route, above: Behaviour, table: RoutingConfig, above_it: tuple[int, ...]
    ) -> DagNode:
        root = len(above_it) == 1
        way = (*above_it, id(route))
        behaviour = inherited(above, route, table.intervals)
        number = self._stops[way] = self._number(behaviour)
        below = replace(behaviour, muting=DEFAULT.muting)
        return self.forest.node(
            number,
            frozenset() if root else frozenset(map(self.space.literal, route.matchers)),
            route.continues and not root,
            [self._node(child, below, table, way) for child in route.routes],
        )

    def _number(self, behaviour: Behaviour) -> int:
        behaviour = replace(behaviour, muting=self._muting(behaviour.muting))
        if behaviour not in self._numbers:
            self._numbers[behaviour] = len(self.behaviours)
            self.behaviours.append(behaviour)
        return self._numbers[behaviour]

    def _muting(self, muting: Muting) -> Muting:
        """One for all that mute at the same times, however these are written."""
        if muting not in self._mutings:
            alike = (one for one in set(self._mutings.values()) if same_times(one, muting))
            self._mutings[muting] = next(alike, muting)
        return self._mutings[muting]


def _stops(root: DagNode) -> set[int]:
    """Where alerts can stop at a node and below it."""
    seen: dict[int, int] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.number not in seen:
            seen[node.number] = node.stop
            waiting += node.children
    return set(seen.values())
