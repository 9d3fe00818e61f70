"""Cases of `at_least`: all of very few events are bad, one fewer than it asks for, and as many."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tocsin.plan.burn import MeasureKind
from tocsin.prove.objectives.events import EVENTS, MixedEvents
from tocsin.prove.objectives.timeline import BASE, Phase
from tocsin.prove.promtool.case import Moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.prove.objectives.problem import TierProblem
    from tocsin.prove.objectives.timeline import Pace
    from tocsin.prove.promtool.case import ProofCase

_LONGEST_COUNTED = 3600
"""Seconds of the windows whose events are counted from the raw series; those of longer ones are added up."""
_AFTER = 6


def floor_cases(problem: TierProblem, number: int) -> Iterator[ProofCase]:
    """The two cases of one pair of a tier that waits for a number of bad events."""
    burn, pair = problem.slo.burn, problem.watched[number]
    assert burn is not None, "only objectives with `burn` have rules"
    is_counted = burn.measure.kind is MeasureKind.EVENTS and isinstance(problem.indicator.series, MixedEvents)
    if burn.at_least == 1 or not is_counted or pair.threshold >= 1 or problem.waits.hold:
        return
    if pair.long > _LONGEST_COUNTED:
        yield from _added_up(problem, number, burn.at_least)
    else:
        yield from _counted(problem, number, burn.at_least)


def _counted(problem: TierProblem, number: int, least: int) -> Iterator[ProofCase]:
    pair = problem.watched[number]
    step = max(1, min(60, pair.long // (4 * least)))
    gap = pair.long // 2 // step // least
    if gap < 1:
        return
    for count in (least - 1, least):
        phases = [*_healthy(problem, number, 3), Phase(pair.long // step + 2, None)]
        for event in range(count):
            phases.append(_events(1, step))
            phases.append(Phase(gap - 1 if event < count - 1 else _AFTER, None))
        at = (sum(phase.steps for phase in phases) - _AFTER + 1) * step
        yield _case(problem, number, count, phases, problem.pace(step, step), at, fires=count == least)


def _added_up(problem: TierProblem, number: int, least: int) -> Iterator[ProofCase]:
    """Events just before evaluations: what is recorded there is added up, each for the time of one interval.

    As many lie before the window, in which they do not count.
    """
    pair = problem.watched[number]
    tested = problem.pace_for(pair)
    pace = problem.pace(tested.spacing, tested.spacing)
    finer, size = tested.step // tested.spacing, pair.long // tested.step
    each = problem.interval / (BASE // tested.spacing * tested.spacing)
    if tested.step < BASE:
        return  # An event would be recorded at several evaluations.
    for fires, many in ((False, _below(least, each)), (True, _above(least, each))):
        before = size // 2
        due = [0] * (before + 1 + size)
        for event in range(many):
            due[before + 1 + event * size // many] += 1
        for event in range(many * before // size):
            due[event * size // many] += 1
        phases = [*_healthy(problem, number, 3 * finer), Phase(2 * finer, None)]
        for count in due:
            phases.append(Phase(finer - (1 if count else 0), None))
            if count:
                phases.append(_events(count, tested.spacing))
        at = sum(phase.steps for phase in phases) * tested.spacing
        counted = least if fires else least - 1
        yield _case(problem, number, counted, phases, pace, at, fires=fires, evaluated_every=tested.step)


def _below(least: int, each: float) -> int:
    return max(1, math.ceil((least - 0.5) / each - 1e-9) - 1)


def _above(least: int, each: float) -> int:
    return math.floor((least - 0.5) / each + 1e-9) + 1


def _healthy(problem: TierProblem, number: int, steps: int) -> list[Phase]:
    """What looks back further sees that nearly all was good."""
    further = any(other.long > problem.watched[number].long for other in problem.watched)
    return [Phase(steps, 0.0)] if further else []


def _events(count: int, step: int) -> Phase:
    return Phase(1, 1.0, count / (EVENTS * step))


def _case(
    problem: TierProblem,
    number: int,
    count: int,
    phases: list[Phase],
    pace: Pace,
    at: int,
    *,
    fires: bool,
    evaluated_every: int | None = None,
) -> ProofCase:
    long = problem.pairs[number].long
    said = "it fires" if fires else "it is silent"
    return problem.case(
        f"{count} bad events in {long}",
        f"About {count} events in {long}, all of them bad: {said}."
        if evaluated_every
        else f"{count} events in {long}, all of them bad: {said}.",
        [phase for phase in phases if phase.steps],
        pace,
        (Moment(at, firing=fires),),
        evaluated_every=evaluated_every,
    )
