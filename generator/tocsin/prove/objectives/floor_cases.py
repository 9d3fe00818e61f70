"""Cases of `at_least`: all of very few events are bad, one fewer than it asks for, and as many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.burn import MeasureKind
from tocsin.prove.objectives.events import EVENTS, MixedEvents
from tocsin.prove.objectives.timeline import Phase
from tocsin.prove.promtool.case import Moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.prove.objectives.problem import TierProblem
    from tocsin.prove.promtool.case import ProofCase

_HOUR = 3600
_LONGEST = 6 * _HOUR
"""Longer windows take thousands of evaluations, as what is recorded in each is added up."""
_AFTER = 6


def floor_cases(problem: TierProblem, number: int) -> Iterator[ProofCase]:
    """The two cases of one pair of a tier that waits for a number of bad events."""
    burn, pair = problem.slo.burn, problem.watched[number]
    assert burn is not None, "only objectives with `burn` have rules"
    least = burn.at_least
    is_counted = burn.measure.kind is MeasureKind.EVENTS and isinstance(problem.indicator.series, MixedEvents)
    if least == 1 or not is_counted or pair.threshold >= 1 or pair.long > _LONGEST or problem.waits.hold:
        return
    from_sums = pair.long > _HOUR
    step = problem.interval if from_sums else max(1, min(60, pair.long // (4 * least)))
    gap = pair.long // 2 // step // least
    if step > 120 or gap < 1:
        return
    pace = problem.pace(step, step)
    for count in (least - 1, least):
        # What looks back further sees that nearly all was good, and what looks back less not all of it.
        further = any(other.long > pair.long for other in problem.watched)
        phases = [Phase(3, 0.0)] if further else []
        phases.append(Phase(pair.long // step + 2, None))
        for event in range(count):
            phases.append(Phase(1, 1.0, 1 / (EVENTS * step)))
            phases.append(Phase(gap - 1 if event < count - 1 else _AFTER, None))
        end = sum(phase.steps for phase in phases)
        at = end if from_sums else end - _AFTER + 1
        fires = count == least
        said = "it fires" if fires else "it is silent"
        yield problem.case(
            f"{count} bad events in {problem.pairs[number].long}",
            f"{count} events in {problem.pairs[number].long}, all of them bad: {said}.",
            [phase for phase in phases if phase.steps],
            pace,
            (Moment(at * step, firing=fires),),
        )
