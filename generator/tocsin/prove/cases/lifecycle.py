"""An alert's story in one test: healthy, broken, healthy again, with the moment in which `for` has passed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.durations import format_duration
from tocsin.prove.cases.basic import written_series
from tocsin.prove.cases.simulate import AlertTiming, Course, first_step, simulate_alert
from tocsin.prove.promtool.case import Moment, ProofCase
from tocsin.prove.witness.evaluate import EvaluationError, LimitError
from tocsin.prove.witness.waveform import Phase, Waveform

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.lang.promql.ast import Node
    from tocsin.prove.witness.find import Witness
    from tocsin.prove.witness.objective import Objective

_CALM = 12
_MOST_STEPS = 900
_UNEVEN = 0.99
"""By which one rate differs: a ratio of equal ones may meet its threshold exactly on the way."""


def lifecycle_case(
    alert: str,
    problem: Objective,
    silent: Witness,
    fires: Witness,
    timing: AlertTiming,
    older: Node | None = None,
) -> ProofCase | None:
    """The story of two witnesses that share their series; None where they make none.

    `older` is the expression as Prometheus 2 reads it: what is asked then holds for both, where it can.
    """
    clock = problem.clock
    filled = _filled(problem)
    before = silent.warm + min(clock.steps, max(_CALM, filled + 4))
    broken = min(clock.steps, max(_CALM, filled + 4)) + clock.hold + 2
    after = broken + filled + int(timing.keep / clock.step)
    total = before + broken + after
    if total > _MOST_STEPS:
        return None
    for shifted, factor in ((False, 1.0), (True, 1.0), (False, _UNEVEN)):
        phases = [
            _phases(
                healthy,
                ill if number % 2 else replace(ill, slope=ill.slope * factor),
                problem,
                (before, broken, after),
                shifted=shifted,
            )
            for number, (healthy, ill) in enumerate(zip(silent.motions, fires.motions, strict=True))
        ]
        try:
            series = problem.played(phases)
            if not problem.is_real(series):
                continue
            evaluator = problem.evaluator(series)
            run = simulate_alert(problem.tree, evaluator, clock, total, timing)
        except (EvaluationError, LimitError):
            continue
        moments = tuple(_moments([run], before, silent.warm, clock.step))
        if moments and older is not None:
            runs = [run, simulate_alert(older, evaluator, clock, total, timing)]
            moments = tuple(_moments(runs, before, silent.warm, clock.step)) or moments
        if moments:
            held = f", firing only once it has lasted {format_duration(round(timing.hold * 1000))}"
            ends = "healthy again" if not moments[-1].firing else "healthy again, but it still fires"
            title = f"Healthy, then broken{held if timing.hold else ', firing'}, then {ends}."
            return ProofCase(alert, "story", title, clock.step, written_series(fires, phases), moments)
    return None


def _filled(problem: Objective) -> int:
    return min(problem.clock.steps, int(problem.window / problem.clock.step) + 2)


def _phases(
    healthy: Waveform, ill: Waveform, problem: Objective, lengths: tuple[int, int, int], *, shifted: bool
) -> list[Phase]:
    """The three phases of one mover; shifted, levels that are times move on with the clock."""
    found = []
    end = 0
    for motion, steps in zip((healthy, ill, healthy), lengths, strict=True):
        end += steps
        ahead = (end - problem.clock.steps) * problem.clock.step if shifted else 0
        turn = max(0, steps - problem.clock.hold - problem.clock.lead)
        found.append(Phase(replace(motion, level=motion.level + ahead), steps, turn))
    return found


def _moments(runs: Sequence[Course], before: int, warm: int, step: int) -> Iterator[Moment]:
    """Quiet, pending, firing, resolved, as all courses have it; nothing where they show no such story."""
    fired = [first_step(run.firing, True, before) for run in runs]
    begun = [at for at in fired if at is not None]
    if not runs[0].sure or len(begun) < len(runs) or any(any(run.firing[warm:before]) for run in runs):
        return
    resolved = [first_step(run.firing, False, at) for run, at in zip(runs, begun, strict=True)]
    ended = [at for at in resolved if at is not None]
    if ended and len(ended) < len(runs):
        return
    last = len(runs[0].firing) - 1
    quiet = [before - 1]
    if min(begun) - 1 > before - 1:
        quiet.append(min(begun) - 1)
    for at in dict.fromkeys(quiet):
        yield Moment(at * step, firing=False)
    yield Moment(max(begun) * step, firing=True)
    if not ended:
        yield Moment(last * step, firing=True)
        return
    if any(any(run.firing[at:]) for run, at in zip(runs, ended, strict=True)):
        return
    if min(ended) - 1 > max(begun):
        yield Moment((min(ended) - 1) * step, firing=True)
    yield Moment(max(ended) * step, firing=False)
    if last > max(ended):
        yield Moment(last * step, firing=False)
