"""What is recorded of an objective: the share of bad events in each window, and the budget that is left."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from tocsin.compile.burn.tiers import LONGEST_RAW_MS
from tocsin.lang.burn_windows import window_text
from tocsin.lang.durations import parse_duration
from tocsin.lang.strings import quote_string
from tocsin.plan.burn import MeasureKind
from tocsin.prove.objectives.course import Watched
from tocsin.prove.objectives.events import EVENTS, MixedEvents
from tocsin.prove.objectives.timeline import BASE, Phase, Timeline
from tocsin.prove.promtool.case import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.prove.objectives.problem import TierProblem
    from tocsin.prove.promtool.case import ProofCase

_LONGEST_RAW = LONGEST_RAW_MS // 1000
_NEAR = 0.01
"""By which part a recorded share may differ from the exact one."""


def recorded_cases(problem: TierProblem, windows: Sequence[int]) -> Iterator[ProofCase]:
    """The cases of all recordings; `windows` are those of all tiers, in seconds."""
    whole = parse_duration(problem.slo.window) // 1000
    asked = sorted({*windows, whole})
    usual = problem.pace(1, 1).longest_raw
    raw = [window for window in asked if window <= min(usual, _LONGEST_RAW)]
    if raw and isinstance(problem.indicator.series, MixedEvents):
        yield _of_raw(problem, sorted({BASE, *raw}))
    for window in asked:
        if window not in raw or not isinstance(problem.indicator.series, MixedEvents):
            found = _of_window(problem, window, with_budget=window == whole, asked=window in windows)
            if found is not None:
                yield found


def _of_raw(problem: TierProblem, windows: Sequence[int]) -> ProofCase:
    """Windows that are read from the raw series, all at one moment: each sees its own share of bad events."""
    spacing = problem.pace_for(Watched(windows[-1], windows[-1], 1.0)).spacing
    pace = problem.pace(spacing, spacing)
    # Seen from the end: half of each window is like nothing that a shorter one sees.
    edges = [0, *(window // 2 // spacing for window in windows), 2 * windows[-1] // spacing]
    phases = [
        Phase(later - sooner, 0.02 + 0.07 * (number % 3), 1 + number % 2)
        for number, (sooner, later) in enumerate(pairwise(edges))
        if later > sooner
    ][::-1]
    timeline = Timeline(phases, pace)
    end = timeline.steps
    readings = [
        _holds(end * spacing, _share(problem, window, seen))
        for window in windows
        if (seen := timeline.seen(window, end)[0].share) is not None
    ]
    intervals = BASE // spacing
    total = timeline.seen(BASE, end)[0].total / intervals * EVENTS
    if problem.slo.burn is not None and problem.slo.burn.events is not None:
        name = f"slo:total:{problem.slo.burn.events}{_selector(problem)}"
        readings.append(_holds(end * spacing, f"abs({name} - {total:.8g}) < {total * _NEAR:.3g}"))
    title = "Traffic and failures change: each recorded share is that of its own window."
    # Nothing but the last evaluation counts, so that there are few.
    step = end * spacing
    return problem.case(
        "recorded",
        title,
        phases,
        pace,
        (),
        readings=readings,
        evaluated_every=step,
    )


def _of_window(problem: TierProblem, window: int, *, with_budget: bool, asked: bool) -> ProofCase | None:
    """Half of what was bad lies in the window, half before it; None where that cannot be made."""
    pace = problem.pace_for(Watched(window, max(window // 12, 300), 1.0))
    size = window // pace.step
    budget = float(1 - problem.objective)
    switched = problem.indicator.series.whole
    # Of a ready-made share the mean is recorded, whatever the traffic.
    is_mean = problem.slo.burn is not None and problem.slo.burn.measure.kind is MeasureKind.SHARE
    share = 1.0 if switched else min(1.0, 8 * budget)
    before, after = size // 4, size - size // 8
    if not before:
        return None
    phases = [Phase(before, share, 1.0 if switched or is_mean else 2.0), Phase(after, 0.0)]
    end = before + after
    read = pace if asked else replace(pace, ahead=0.0, more=0.0)
    if is_mean and with_budget and window > _LONGEST_RAW:
        read = replace(pace, longest_raw=0)
    seen = Timeline(phases, read).seen(window, end)[0].share
    if not seen:
        return None
    at = end * pace.step
    readings = [_holds(at, _share(problem, window, seen))]
    if with_budget:
        left, spent = 1 - seen / budget, seen / budget
        name = f"slo:budget_left:ratio{_selector(problem)}"
        promised = f"slo:objective:ratio{_selector(problem)} == {problem.objective.normalize():f}"
        readings.append(_holds(at, f"abs({name} - {left:.6g}) < {spent * _NEAR:.3g}"))
        readings.append(_holds(at, promised))
    text = window_text(window * 1000)
    title = f"Half of the failures lie before the last {text}: the recorded share is that of the others."
    return problem.case(f"recorded {text}", title, phases, pace, (), readings=readings)


def _share(problem: TierProblem, window: int, seen: float) -> str:
    name = f"slo:bad_ratio:rate{window_text(window * 1000)}{_selector(problem)}"
    return f"abs({name} - {seen:.6g}) < {seen * _NEAR:.3g}"


def _selector(problem: TierProblem) -> str:
    return f"{{slo={quote_string(problem.slo.name)}}}"


def _holds(at: int, condition: str) -> Reading:
    return Reading(at, f"count({condition})", (("{}", 1.0),))
