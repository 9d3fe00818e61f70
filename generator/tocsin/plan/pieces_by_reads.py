"""Which rules of a group have to stay in one group, if that can be.

What reads another rule's recording has to be evaluated behind it, and the severities of an alert belong
together. Rules that are joined by nothing can be in any group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence, Set

    from tocsin.plan.model import Recording
    from tocsin.plan.recorded_reads import Read

Unit = tuple[int, ...]
"""The numbers of the rules of one alert, or of one recording rule."""

_CUTS_OF_LARGE = 8
"""Of what is this many times too large, several recordings are cut off at once, to be done in time."""


def divide_by_reads(
    rules: Sequence[Rule | Recording], reads: Iterable[Read], most: int
) -> list[tuple[int, ...]]:
    """The pieces of a sequence of rules, each as the numbers of its rules in their order.

    A piece is all that is joined by reading. Where that would be more than `most` rules, recordings that
    read nothing there, the most read ones first, become pieces of their own, until the rest falls apart or is
    small enough. Only an alert with more severities than that stays too large.
    """
    units = list(_units(rules))
    graph = _Graph(units, reads)
    pieces = [
        tuple(sorted(number for unit in piece for number in units[unit]))
        for piece in _small_enough(graph, range(len(units)), most)
    ]
    return sorted(pieces)


def _units(rules: Sequence[Rule | Recording]) -> Iterator[Unit]:
    alerts: dict[str, list[int]] = {}
    for number, rule in enumerate(rules):
        if isinstance(rule, Rule):
            alerts.setdefault(rule.alert, []).append(number)
        else:
            yield (number,)
    yield from map(tuple, alerts.values())


class _Graph:
    """Who reads whom, by the numbers of units."""

    def __init__(self, units: Sequence[Unit], reads: Iterable[Read]) -> None:
        self._units = units
        of = {number: unit for unit, numbers in enumerate(units) for number in numbers}
        self._reads: list[set[int]] = [set() for _ in units]
        self._readers: list[set[int]] = [set() for _ in units]
        for read in reads:
            reader, writer = of[read.reader], of[read.writer]
            if reader != writer:
                self._reads[reader].add(writer)
                self._readers[writer].add(reader)

    def size(self, piece: Iterable[int]) -> int:
        """How many rules there are in some units."""
        return sum(len(self._units[unit]) for unit in piece)

    def components(self, among: Iterable[int]) -> Iterator[set[int]]:
        """The units that are joined by reading, directly or by others of them."""
        left = set(among)
        for start in sorted(left):
            if start not in left:
                continue
            left.discard(start)
            found, waiting = {start}, [start]
            while waiting:
                unit = waiting.pop()
                near = (self._reads[unit] | self._readers[unit]) & left
                left -= near
                found |= near
                waiting += near
            yield found

    def most_read(self, piece: Set[int], count: int) -> list[int]:
        """The units that read none of the others, those first that most of the others read.

        Where every unit reads another one, in a circle, those count that are read at all.
        """
        read = [unit for unit in piece if self._readers[unit] & piece]
        sources = [unit for unit in read if not self._reads[unit] & piece] or read
        sources.sort(key=lambda unit: (-len(self._readers[unit] & piece), self._units[unit]))
        return sources[:count]


def _small_enough(graph: _Graph, among: Iterable[int], most: int) -> Iterator[set[int]]:
    waiting = list(graph.components(among))
    while waiting:
        piece = waiting.pop()
        size = graph.size(piece)
        if size <= most or len(piece) == 1:
            yield piece
            continue
        cut = graph.most_read(piece, max(1, size // (most * _CUTS_OF_LARGE)))
        yield from ({unit} for unit in cut)
        waiting += graph.components(piece - set(cut))
