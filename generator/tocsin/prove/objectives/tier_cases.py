"""Cases of a whole tier: an outage, nothing wrong, no traffic, a restart, one group beside another."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.durations import format_duration
from tocsin.lang.promql.shape import metric_names
from tocsin.prove.objectives.course import course_of
from tocsin.prove.objectives.divided import group_outside
from tocsin.prove.objectives.events import MixedEvents
from tocsin.prove.objectives.timeline import Phase
from tocsin.prove.promtool.case import Moment
from tocsin.prove.promtool.series_write import series_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.prove.objectives.problem import TierProblem
    from tocsin.prove.objectives.timeline import Pace
    from tocsin.prove.promtool.case import ProofCase

_CALM = 15
_MOST_STEPS = 400


def tier_cases(problem: TierProblem) -> Iterator[ProofCase]:
    """The cases of a tier, the simplest first."""
    pace = _usual_pace(problem)
    yield from _outage(problem, pace)
    yield _no_errors(problem, pace)
    yield _no_traffic(problem, pace)
    yield from _disturbed(problem, pace)
    yield from _beside(problem, pace)
    yield from _of_others(problem, pace)


def _usual_pace(problem: TierProblem) -> Pace:
    """Evaluations as the rules have them, with two samples to each, so that five minutes hold some."""
    step = min(problem.interval, 120)
    spacing = step // 2 if step > 60 and step % 2 == 0 and problem.counted else step
    return problem.pace(step, spacing)


def _outage(problem: TierProblem, pace: Pace) -> Iterator[ProofCase]:
    able = [
        (pair.outage_ms(problem.objective) or 0, watched)
        for pair, watched in zip(problem.pairs, problem.watched, strict=True)
        if pair.can_fire(problem.objective)
    ]
    if not able:
        return
    outage, fastest = min(able, key=lambda one: one[0])
    lasts = outage / 1000 + problem.waits.hold
    steps = (fastest.long + lasts) / pace.step
    rarely = ""
    if steps > _MOST_STEPS:
        pace = problem.pace(pace.step * math.ceil(steps / _MOST_STEPS), pace.spacing)
        rarely = f", with an evaluation every {format_duration(pace.step * 1000)}"
    due = math.ceil(lasts / pace.step)
    ends = fastest.short // pace.step + 4
    phases = [Phase(fastest.long // pace.step + 2, 0.0), Phase(due + 3, 1.0), Phase(ends, 0.0)]
    course = course_of(problem.watched, phases, pace, problem.waits)
    fired = course.first(True)
    if fired is None:
        return
    promised = format_duration(round(lasts * 1000))
    after = format_duration((fired - phases[0].steps) * pace.step * 1000)
    yield problem.case(
        "fires",
        f"Everything fails{rarely}: it fires within {after}, promised were {promised}.",
        phases,
        pace,
        course.moments(pace.step),
    )


def _no_errors(problem: TierProblem, pace: Pace) -> ProofCase:
    """Beside recorded series of another objective, of which everything is bad."""
    phases = [Phase(_CALM * 2, 0.0)]
    moments = [Moment(at * pace.step, firing=False) for at in (_CALM, 2 * _CALM)]
    other = {"slo": f"not-{problem.slo.name}", **problem.labels}
    names = [name for name in metric_names(problem.rule.expr) if name.startswith("slo:")]
    beside = [(series_text({"__name__": name, **other}), f"1x{_CALM * 2}") for name in dict.fromkeys(names)]
    title = "No errors at all, while another objective burns: it is silent."
    return problem.case("silent", title, phases, pace, moments, beside=beside)


def _no_traffic(problem: TierProblem, pace: Pace) -> ProofCase:
    phases = [Phase(_CALM, 0.0), Phase(_CALM, None)]
    moments = [Moment(at * pace.step, firing=False) for at in (_CALM + 2, 2 * _CALM)]
    return problem.case("no traffic", "Nothing happens any more: it is silent.", phases, pace, moments)


def _disturbed(problem: TierProblem, pace: Pace) -> Iterator[ProofCase]:
    """Counters that begin anew, and series that are gone."""
    lowest = min(one.threshold for one in problem.watched)
    if isinstance(problem.indicator.series, MixedEvents):
        share = min(lowest / 2, 0.5)
        phases = [Phase(_CALM, share), Phase(_CALM, share, restarts=True)]
        moments = [Moment(at * pace.step, firing=False) for at in (_CALM, _CALM + 1, _CALM + 4, 2 * _CALM)]
        title = "Half of what it waits for is bad, and all counters start anew: it stays silent."
        yield problem.case("counter reset while healthy", title, phases, pace, moments)
    if lowest >= 1:
        return
    # The rates of the short windows last until these have gone by.
    longest = max(one.short for one in problem.watched)
    step = max(pace.step, longest // 20 // pace.spacing * pace.spacing)
    pace = problem.pace(step, pace.spacing)
    gone = 5 + math.ceil((longest + 300 + problem.waits.keep) / pace.step)
    waited = math.ceil(problem.waits.hold / pace.step)
    phases = [Phase(_CALM + waited, 1.0), Phase(gone, 1.0, there=False)]
    course = course_of(problem.watched, phases[:1], pace, problem.waits)
    if course.firing[-1] is not True:
        return
    moments = [
        Moment((_CALM + waited) * pace.step, firing=True),
        Moment((_CALM + waited + gone) * pace.step, firing=False),
    ]
    title = "Everything fails, and then no data come any more: it resolves."
    yield problem.case("no data", title, phases, pace, moments)


def _beside(problem: TierProblem, pace: Pace) -> Iterator[ProofCase]:
    """One group of which everything fails, and a healthy one."""
    if not problem.labels or min(one.threshold for one in problem.watched) >= 1:
        return
    label, value = next(iter(problem.labels.items()))
    waited = math.ceil(problem.waits.hold / pace.step)
    burning, healthy = [Phase(_CALM + waited, 1.0)], [Phase(_CALM + waited, 0.0)]
    other = {**problem.labels, label: f"{value}-healthy"}
    beside = tuple(problem.indicator.series.written(healthy, pace, other))
    moments = [Moment((_CALM + waited) * pace.step, firing=True)]
    title = f"One `{label}` fails beside a healthy one: it fires for the one alone."
    yield problem.case("one of two", title, burning, pace, moments, beside=beside)


def _of_others(problem: TierProblem, pace: Pace) -> Iterator[ProofCase]:
    """A group that the rule is not for, of which everything fails."""
    other = group_outside(problem.sets, problem.labels)
    if other is None:
        return
    phases = [Phase(2 * _CALM, 1.0)]
    moments = [Moment(at * pace.step, firing=False) for at in (_CALM, 2 * _CALM)]
    title = "Everything fails for another group, which this rule is not for: it is silent."
    yield replace(problem, labels=other).case("silent for others", title, phases, pace, moments)
