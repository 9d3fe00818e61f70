"""How cases are spread over promtool's tests so that they cost least: side by side where they can be.

A test starts a database of its own, and then evaluates all rules at every step of the longest case in it.
So cases of different rules stand in one test when they are about as long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tocsin.prove.promtool.isolation import footprint_of
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tocsin.prove.promtool.case import ProofCase
    from tocsin.prove.promtool.isolation import Footprint

_PLAIN_ALERT = re.compile(r"[a-zA-Z0-9_:.-]+")
_MOST_RULES = 16
_MOST_OPEN = 60
_START = 120
"""What the start of a test costs, in evaluations of a rule."""

CaseId = tuple[int, int]
"""The number of a hearing, and of a case of it."""


@value_object
class Batch:
    """A file of tests: rule files that are loaded together, and the cases that stand in each of its tests."""

    step: int
    hearings: tuple[int, ...]
    tests: tuple[tuple[CaseId, ...], ...]
    cost: int
    """About how many evaluations of a rule it takes."""


@value_object
class _BatchMember:
    """The cases of one hearing that have the same step, the longest first."""

    hearing: int
    step: int
    spacing: int | None
    seats: tuple[CaseId, ...]
    lengths: tuple[int, ...]
    footprint: Footprint
    tellable: bool
    """Whether promtool's answer names the alert as it is, so that it can be distinguished from others."""


@dataclass(slots=True)
class _Open:
    """A sitting that others may still join; `lengths` are those of its tests."""

    parties: list[_BatchMember] = field(default_factory=list)
    lengths: tuple[int, ...] = ()

    def cost(self) -> int:
        return _cost(self.lengths, len(self.parties))

    def with_(self, party: _BatchMember) -> tuple[int, ...]:
        more, fewer = sorted((self.lengths, party.lengths), key=len, reverse=True)
        return tuple(max(a, b) for a, b in zip(more, (*fewer, *(0 for _ in more[len(fewer) :])), strict=True))

    def gain(self, party: _BatchMember) -> int:
        """How much less it costs to hear the party here than by itself; nothing where it cannot be."""
        first = self.parties[0]
        if len(self.parties) >= _MOST_RULES or (first.step, first.spacing) != (party.step, party.spacing):
            return 0
        here = _cost(self.with_(party), len(self.parties) + 1)
        saved = self.cost() + _cost(party.lengths, 1) - here
        return (
            saved
            if saved > 0 and all(party.footprint.is_independent_of(other.footprint) for other in self.parties)
            else 0
        )


def pack_batches(cases: Sequence[Sequence[ProofCase]], rules: Sequence[str]) -> list[Batch]:
    """The test of each case in each batch; `rules` are the texts of their rule files."""
    parties = [party for number, here in enumerate(cases) for party in _parties(number, here, rules[number])]
    parties.sort(key=lambda party: (party.step, party.lengths, party.hearing), reverse=True)
    closed: list[_Open] = []
    open_: list[_Open] = []
    for party in parties:
        if not party.tellable or party.footprint.reads is None:
            closed.append(_Open([party], party.lengths))
            continue
        gains = [one.gain(party) for one in open_]
        best = max(range(len(open_)), key=gains.__getitem__, default=None)
        if best is None or gains[best] == 0:
            open_.append(_Open([party], party.lengths))
        else:
            joined = open_[best]
            joined.lengths = joined.with_(party)
            joined.parties.append(party)
        if len(open_) > _MOST_OPEN:
            closed.append(open_.pop(0))
    return [_sitting(one) for one in (*closed, *open_)]


def single_batches(seats: Iterable[CaseId], cases: Sequence[Sequence[ProofCase]]) -> list[Batch]:
    """Batches in which each case has a test of its own."""
    by_file: dict[tuple[int, int], list[CaseId]] = {}
    for number, index in seats:
        by_file.setdefault((number, cases[number][index].step), []).append((number, index))
    return [
        Batch(
            step,
            (number,),
            tuple((seat,) for seat in here),
            _cost([_length(cases[a][b]) for a, b in here], 1),
        )
        for (number, step), here in by_file.items()
    ]


def promtool_calls(found: Iterable[Batch], most: int) -> list[list[Batch]]:
    """The sittings in calls that cost up to `most`, unless one alone does already; dear ones first."""
    made: list[list[Batch]] = []
    cost = 0
    for sitting in sorted(found, key=lambda one: one.cost, reverse=True):
        if not made or cost + sitting.cost > most:
            made.append([])
            cost = 0
        made[-1].append(sitting)
        cost += sitting.cost
    return made


def _parties(number: int, cases: Sequence[ProofCase], rules: str) -> Iterable[_BatchMember]:
    if not cases:
        return
    series = {name for case in cases for name, _ in case.series}
    alert = cases[0].alert
    footprint = footprint_of(rules, alert, series)
    for step, spacing in dict.fromkeys((case.step, case.spacing) for case in cases):
        here = sorted(
            (-_length(case), index)
            for index, case in enumerate(cases)
            if (case.step, case.spacing) == (step, spacing)
        )
        yield _BatchMember(
            number,
            step,
            spacing,
            tuple((number, index) for _, index in here),
            tuple(-length for length, _ in here),
            footprint,
            _PLAIN_ALERT.fullmatch(alert) is not None,
        )


def _length(case: ProofCase) -> int:
    asked = [moment.at for moment in case.moments] + [reading.at for reading in case.readings]
    last = max(asked, default=0)
    return last // case.step + 1


def _cost(lengths: Iterable[int], rules: int) -> int:
    return sum(_START + length * rules for length in lengths)


def _sitting(one: _Open) -> Batch:
    tests = tuple(
        tuple(party.seats[index] for party in one.parties if index < len(party.seats))
        for index in range(len(one.lengths))
    )
    hearings = tuple(party.hearing for party in one.parties)
    return Batch(one.parties[0].step, hearings, tests, one.cost())
