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
"""The number of a group of cases, and of a case in it."""


@value_object
class Batch:
    """A file of tests: rule files that are loaded together, and the cases that stand in each of its tests."""

    step: int
    case_groups: tuple[int, ...]
    tests: tuple[tuple[CaseId, ...], ...]
    cost: int
    """About how many evaluations of a rule it takes."""


@value_object
class _BatchMember:
    """The cases of one group that have the same step, the longest first."""

    case_group: int
    step: int
    spacing: int | None
    case_ids: tuple[CaseId, ...]
    lengths: tuple[int, ...]
    footprint: Footprint
    is_distinguishable: bool
    """Whether promtool's answer names the alert as it is, so that it can be distinguished from others."""


@dataclass(slots=True)
class _Open:
    """A batch that others may still join; `lengths` are those of its tests."""

    members: list[_BatchMember] = field(default_factory=list)
    lengths: tuple[int, ...] = ()

    def cost(self) -> int:
        return _cost(self.lengths, len(self.members))

    def with_(self, member: _BatchMember) -> tuple[int, ...]:
        more, fewer = sorted((self.lengths, member.lengths), key=len, reverse=True)
        return tuple(max(a, b) for a, b in zip(more, (*fewer, *(0 for _ in more[len(fewer) :])), strict=True))

    def gain(self, member: _BatchMember) -> int:
        """How much less it costs to run the member here than alone; 0 where that is impossible."""
        first = self.members[0]
        if len(self.members) >= _MOST_RULES or (first.step, first.spacing) != (member.step, member.spacing):
            return 0
        here = _cost(self.with_(member), len(self.members) + 1)
        saved = self.cost() + _cost(member.lengths, 1) - here
        return (
            saved
            if saved > 0
            and all(member.footprint.is_independent_of(other.footprint) for other in self.members)
            else 0
        )


def pack_batches(cases: Sequence[Sequence[ProofCase]], rules: Sequence[str]) -> list[Batch]:
    """Batches with every case once; `rules` are the texts of the rule files of the groups."""
    members = [
        member for number, here in enumerate(cases) for member in _members(number, here, rules[number])
    ]
    members.sort(key=lambda member: (member.step, member.lengths, member.case_group), reverse=True)
    closed: list[_Open] = []
    open_: list[_Open] = []
    for member in members:
        if not member.is_distinguishable or member.footprint.reads is None:
            closed.append(_Open([member], member.lengths))
            continue
        gains = [one.gain(member) for one in open_]
        best = max(range(len(open_)), key=gains.__getitem__, default=None)
        if best is None or gains[best] == 0:
            open_.append(_Open([member], member.lengths))
        else:
            joined = open_[best]
            joined.lengths = joined.with_(member)
            joined.members.append(member)
        if len(open_) > _MOST_OPEN:
            closed.append(open_.pop(0))
    return [_closed_batch(one) for one in (*closed, *open_)]


def single_batches(case_ids: Iterable[CaseId], cases: Sequence[Sequence[ProofCase]]) -> list[Batch]:
    """Batches in which each case has a test of its own."""
    by_file: dict[tuple[int, int], list[CaseId]] = {}
    for number, index in case_ids:
        by_file.setdefault((number, cases[number][index].step), []).append((number, index))
    return [
        Batch(
            step,
            (number,),
            tuple((case_id,) for case_id in here),
            _cost([_length(cases[a][b]) for a, b in here], 1),
        )
        for (number, step), here in by_file.items()
    ]


def promtool_calls(found: Iterable[Batch], most: int) -> list[list[Batch]]:
    """The batches in calls that cost up to `most`, or one batch that costs more; the costliest first."""
    made: list[list[Batch]] = []
    cost = 0
    for batch in sorted(found, key=lambda one: one.cost, reverse=True):
        if not made or cost + batch.cost > most:
            made.append([])
            cost = 0
        made[-1].append(batch)
        cost += batch.cost
    return made


def _members(number: int, cases: Sequence[ProofCase], rules: str) -> Iterable[_BatchMember]:
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


def _closed_batch(one: _Open) -> Batch:
    tests = tuple(
        tuple(member.case_ids[index] for member in one.members if index < len(member.case_ids))
        for index in range(len(one.lengths))
    )
    case_groups = tuple(member.case_group for member in one.members)
    return Batch(one.members[0].step, case_groups, tests, one.cost())
