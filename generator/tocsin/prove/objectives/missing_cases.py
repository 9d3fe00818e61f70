"""Test cases of the alert for an objective that is no longer measured."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tocsin.prove.objectives.divided import group_in
from tocsin.prove.objectives.problem import TierProblem
from tocsin.prove.objectives.timeline import Phase
from tocsin.prove.promtool.case import Moment, ProofCase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Rule
    from tocsin.prove.objectives.divided import Divided
    from tocsin.prove.objectives.indicator import Indicator
    from tocsin.prove.objectives.timeline import Pace

_CALM = 15
_HALF_HOUR = 1800
_DAY = 48
"""Half hours."""


def missing_cases(divided: Divided, rule: Rule, found: Indicator) -> Iterator[ProofCase]:
    """What is measured, what was measured until now, what never was."""
    labels = group_in(divided.sets, found.labels)
    if labels is None:
        return
    problem = TierProblem(divided.slo, rule, (), divided.slo.objective, found, labels, "", divided.sets)
    pace = problem.pace(min(problem.interval, 60), min(problem.interval, 60))
    step = pace.step
    waits = problem.waits
    # Rates need two samples, and a sample is seen for five minutes.
    gone = math.ceil((waits.hold + waits.keep + 600) / step) + 2
    yield problem.case(
        "fires",
        "It is measured, and then no data come any more: it fires once that has lasted.",
        [Phase(_CALM, 0.0), Phase(gone, 0.0, there=False)],
        pace,
        (Moment(_CALM * step, firing=False), Moment((_CALM + gone) * step, firing=True)),
    )
    lasting = [Phase(_CALM + gone, 0.0)]
    yield problem.case(
        "silent",
        "It is measured: it is silent.",
        lasting,
        pace,
        (Moment(at * step, firing=False) for at in (_CALM, _CALM + gone)),
    )
    quiet = [Phase(_CALM, 0.0), Phase(gone, None)]
    if problem.counted:
        yield problem.case(
            "no traffic",
            "Nothing happens, which is measured: it is silent.",
            quiet,
            pace,
            (Moment((_CALM + gone) * step, firing=False),),
        )
    waited = math.ceil(waits.hold / step)
    later = problem.pace(_HALF_HOUR, 60 if problem.counted else _HALF_HOUR)
    if not divided.is_of_all:
        yield from _unknown_groups(problem, later, waited)
        yield _one_of_two(problem, gone)
        return
    yield problem.case(
        "no data",
        "It was never measured: it fires once that has lasted.",
        [Phase(waited + 3, 0.0, there=False)],
        pace,
        [
            *([Moment((waited - 1) * step, firing=False)] if waited else []),
            Moment((waited + 1) * step, firing=True),
        ],
    )
    waited = math.ceil((waits.hold + waits.keep) / later.step)
    yield problem.case(
        "a day later",
        "No data have come for more than a day: it goes on firing.",
        [Phase(2, 0.0), Phase(_DAY + 2 + waited, 0.0, there=False)],
        later,
        (Moment((4 + _DAY + waited) * later.step, firing=True),),
    )
    if found.labels:
        yield _one_of_two(problem, gone)
        yield _forgotten(problem, later, waited)


def _unknown_groups(problem: TierProblem, later: Pace, waited: int) -> Iterator[ProofCase]:
    """No data at all, of which another rule tells."""
    pace = problem.pace(min(problem.interval, 60), min(problem.interval, 60))
    yield problem.case(
        "no data",
        "It was never measured: nobody knows of such a group, and it is silent.",
        [Phase(waited + 3, 0.0, there=False)],
        pace,
        (Moment((waited + 1) * pace.step, firing=False),),
    )
    waited = math.ceil((problem.waits.hold + problem.waits.keep) / later.step)
    steps = _DAY + 4 + waited
    yield problem.case(
        "a day later",
        "No data have come for more than a day: nobody knows of such a group any more, and it is silent.",
        [Phase(2, 0.0), Phase(_DAY + 2 + waited, 0.0, there=False)],
        later,
        (Moment(steps * later.step, firing=False),),
    )


def _one_of_two(problem: TierProblem, gone: int) -> ProofCase:
    """One group vanishes while another stays, until the look-back no longer sees it."""
    pace = problem.pace(60, 60)
    label, value = next(iter(problem.labels.items()))
    other = {**problem.labels, label: f"{value}-healthy"}
    steps = _CALM + gone
    beside = tuple(problem.indicator.series.written([Phase(steps, 0.0)], pace, other))
    return problem.case(
        "one of two",
        f"One `{label}` is measured no more, and another one is: it fires for the one alone.",
        [Phase(_CALM, 0.0), Phase(gone, 0.0, there=False)],
        pace,
        (Moment(_CALM * pace.step, firing=False), Moment(steps * pace.step, firing=True)),
        beside=beside,
    )


def _forgotten(problem: TierProblem, pace: Pace, waited: int) -> ProofCase:
    """One group is gone for good, which is accepted after a day."""
    label, value = next(iter(problem.labels.items()))
    other = {**problem.labels, label: f"{value}-healthy"}
    steps = _DAY + 4 + waited
    beside = tuple(problem.indicator.series.written([Phase(steps, 0.0)], pace, other))
    return problem.case(
        "one of two, a day later",
        f"One `{label}` has not been measured for more than a day, and another one is: it is silent.",
        [Phase(2, 0.0), Phase(_DAY + 2 + waited, 0.0, there=False)],
        pace,
        (Moment(8 * pace.step, firing=True), Moment(steps * pace.step, firing=False))
        if waited < 6
        else (Moment(steps * pace.step, firing=False),),
        beside=beside,
    )
