"""Cases of one pair of windows: it alone makes the alert fire just above its threshold, and not below."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tocsin.lang.durations import format_duration
from tocsin.prove.objectives.course import course_of, critical_share
from tocsin.prove.objectives.moment_cases import moment_cases
from tocsin.prove.objectives.problem import PairCases, percent
from tocsin.prove.objectives.timeline import Phase
from tocsin.prove.promtool.case import Moment
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.prove.objectives.course import Course
    from tocsin.prove.objectives.problem import TierProblem
    from tocsin.prove.objectives.timeline import Pace
    from tocsin.prove.promtool.case import ProofCase

_NEAR = 0.005
"""By which part of the threshold a share is just inside or outside."""
_NEARER = 0.64
"""By which part of that a short window is above: one that is half of each is then surely on one side."""
_BURSTS = (0.0, 3000.0)
"""How much more happens in a short time before, so that what looks back further sees a smaller share."""
_BURST_STEPS = 3
_PARTS = (1.0, 0.8, 0.6)
"""Of the long window, for which far more is bad."""
_FAR_ABOVE = tuple((times, part) for part in _PARTS for times in (1.6, 2.2, 3.0))
_ROUNDED = 1e-9
_FRACTIONS = (0.5, 0.75, 0.25, 0.9, 0.12)
"""Parts of the long window for which the budget burns."""


@value_object
class _Burn:
    """A test of a pair before it is known how much of what happens is bad."""

    burst: float
    clean: int
    burning: int
    """Evaluations until the threshold is met."""
    after: int
    """Evaluations of the burn after that, for which the alert waits."""
    ends: int

    def phases(self, share: float, *, after: int | None = None) -> list[Phase]:
        before = [Phase(_BURST_STEPS, 0.0, self.burst)] if self.burst else []
        burning = self.burning + (self.after if after is None else after)
        return [*before, Phase(self.clean, 0.0), Phase(burning, share), Phase(self.ends, 0.0)]

    @property
    def due(self) -> int:
        """The evaluation at which the threshold is met."""
        return (_BURST_STEPS if self.burst else 0) + self.clean + self.burning


def pair_cases(problem: TierProblem, number: int) -> PairCases:
    """The cases of one of the pairs of a rule."""
    pair = problem.watched[number]
    if pair.threshold >= 1:
        return PairCases(())
    if problem.indicator.series.whole:
        return moment_cases(problem, number)
    pace = problem.pace_for(pair)
    waited = math.ceil(problem.waits.hold / pace.step)
    size = pair.long // pace.step
    ends = pair.short // pace.step + 4 + math.ceil(problem.waits.keep / pace.step)
    for burst in _BURSTS:
        for fraction in (*_FRACTIONS, 1.0):
            burning = max(2, round(size * fraction))
            burn = _Burn(burst, size + 2 - burning, burning, waited + 1, ends)
            found = tuple(_around_threshold(problem, number, pace, burn))
            if found:
                more = (*_detection(problem, number, pace, burn), *_short_window(problem, number, pace, burn))
                return PairCases((*found, *more))
    return PairCases((), f"`{problem.named(number)}` never holds while no other pair of the tier does")


def _around_threshold(problem: TierProblem, number: int, pace: Pace, burn: _Burn) -> Iterator[ProofCase]:
    pair = problem.watched[number]
    share = critical_share(pair, burn.phases(1.0), pace, burn.due)
    if share is None or share * (1 + _NEAR) > 1:
        return
    inside = burn.phases(share * (1 + _NEAR))
    fires = course_of(problem.watched, inside, pace, problem.waits)
    fired = fires.first(True)
    if fired is None or not _alone(fires, number, burn.due, fired):
        return
    outside = burn.phases(share * (1 - _NEAR), after=0)
    quiet = course_of(problem.watched, outside, pace, problem.waits)
    if any(firing is not False for firing in quiet.firing) or quiet.holding[burn.due] != frozenset():
        return
    told = f"of {percent(pair.threshold)} for {format_duration(pair.long * 1000)}"
    yield problem.case(
        f"just inside {problem.named(number)}",
        f"Just above the share {told}: it fires through this pair alone, and resolves.",
        inside,
        pace,
        fires.moments(pace.step),
    )
    yield problem.case(
        f"just outside {problem.named(number)}",
        f"Just below the share {told}: it stays silent.",
        outside,
        pace,
        (Moment(at * pace.step, firing=False) for at in (burn.due - 1, burn.due, burn.due + 1)),
    )


def _alone(course: Course, number: int, due: int, fired: int) -> bool:
    """Whether the alert fires through one pair alone, and before that not at all."""
    only = frozenset({number})
    if any(firing is not False for firing in course.firing[:fired]):
        return False
    return course.holding[due] == only and all(course.holding[at] == only for at in range(due, fired + 1))


def _detection(problem: TierProblem, number: int, pace: Pace, burn: _Burn) -> Iterator[ProofCase]:
    """A share that begins and stays, with the time that the table of the objective promises for it."""
    pair = problem.watched[number]
    promised = (burn.burning - 0.5) * pace.step
    share = pair.threshold * pair.long / promised
    lasting = format_duration(round((promised + problem.waits.hold) * 1000))
    takes = f"which takes {lasting}: it fires at the next evaluation"
    if pair.long > pace.longest_raw and pace.more:
        # Evaluations are rarer than those for which the last value counts more.
        seen = pair.long - pace.ahead + pace.more * pace.step
        share = pair.threshold * seen / (promised + pace.more * pace.step)
        takes = f"with an evaluation every {format_duration(pace.step * 1000)}: it fires after {lasting}"
    phases = burn.phases(share)
    course = course_of(problem.watched, phases, pace, problem.waits)
    fired = course.first(True)
    if share > 1 or fired is None or not _alone(course, number, burn.due, fired):
        return
    begun = burn.due - burn.burning
    due = burn.due + math.ceil(problem.waits.hold / pace.step)
    asked = {one.at: one for one in course.moments(pace.step, due + 1)}
    asked |= {at * pace.step: Moment(at * pace.step, firing=at >= due) for at in (begun, due - 1, due)}
    yield problem.case(
        f"story of {problem.named(number)}",
        f"{percent(share)} are bad from one evaluation on, {takes}; then healthy again.",
        phases,
        pace,
        (asked[at] for at in sorted(asked)),
    )


def _short_window(problem: TierProblem, number: int, pace: Pace, burn: _Burn) -> Iterator[ProofCase]:
    """The long window is well above its threshold, and the short one just below it, then just above."""
    pair = problem.watched[number]
    lasting = pair.short // pace.step + 2
    waited = math.ceil(max(problem.waits.hold, problem.waits.keep) / pace.step) + 1
    # Of a high threshold there is no multiple below 1: all is bad then.
    for times, fraction in (*_FAR_ABOVE, *((1 / pair.threshold, part) for part in _PARTS)):
        burning = max(2, round(pair.long // pace.step * fraction))
        share = pair.threshold * times
        if share > 1 + _ROUNDED:
            continue
        before = [phase for phase in burn.phases(share)[:-2] if phase.traffic != 1]
        clean = pair.long // pace.step + 2 - burning
        below, above = pair.threshold * (1 - _NEAR), pair.threshold * (1 + _NEAR * _NEARER)
        phases = [*before, Phase(max(clean, 1), 0.0), Phase(burning, min(share, 1.0))]
        phases += [Phase(lasting + waited, below), Phase(lasting + waited, above)]
        course = course_of(problem.watched, phases, pace, problem.waits)
        end = sum(phase.steps for phase in phases)
        quiet = end - lasting - waited
        if (
            course.firing[quiet] is False
            and course.firing[end] is True
            and course.holding[quiet] == frozenset()
            and course.holding[end] == frozenset({number})
        ):
            # A window that is too short is above the threshold before the turn.
            asked = {one.at: one for one in course.moments(pace.step, quiet)}
            asked[quiet * pace.step] = Moment(quiet * pace.step, firing=False)
            yield problem.case(
                f"short window of {problem.named(number)}",
                f"Far more than {percent(pair.threshold)} in the long window, in the short one first "
                "just below, then just above: it is silent, then fires.",
                phases,
                pace,
                (asked[at] for at in sorted(asked)),
            )
            return
