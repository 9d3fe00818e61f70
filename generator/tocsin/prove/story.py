"""An alert's story in one test: healthy, broken, healthy again, with the moment in which `for` has passed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.durations import format_duration
from tocsin.lang.promql.evaluate import EvaluationError, LimitError
from tocsin.prove.cases import Case, Moment
from tocsin.prove.examples import written
from tocsin.prove.motion import Motion, Phase
from tocsin.prove.simulate import Course, Timing, course, first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.prove.problem import Problem
    from tocsin.prove.witness import Witness

_CALM = 12
_MOST_STEPS = 900


def story(alert: str, problem: Problem, silent: Witness, fires: Witness, timing: Timing) -> Case | None:
    """The story of two witnesses that share their series; None where they make none."""
    clock = problem.clock
    filled = _filled(problem)
    before = silent.warm + min(clock.steps, max(_CALM, filled + 4))
    broken = min(clock.steps, max(_CALM, filled + 4)) + clock.hold + 2
    after = broken + filled + int(timing.keep / clock.step)
    total = before + broken + after
    if total > _MOST_STEPS:
        return None
    for shifted in (False, True):
        phases = [
            _phases(healthy, ill, problem, (before, broken, after), shifted=shifted)
            for healthy, ill in zip(silent.motions, fires.motions, strict=True)
        ]
        try:
            evaluator = problem.evaluator(problem.played(phases))
            run = course(problem.tree, evaluator, clock, total, timing)
        except (EvaluationError, LimitError):
            continue
        moments = tuple(_moments(run, before, silent.warm, clock.step))
        if moments:
            held = f", firing only once it has lasted {format_duration(round(timing.hold * 1000))}"
            ends = "healthy again" if not moments[-1].firing else "healthy again, but it still fires"
            title = f"Healthy, then broken{held if timing.hold else ', firing'}, then {ends}."
            return Case(alert, "story", title, clock.step, written(fires, phases), moments)
    return None


def _filled(problem: Problem) -> int:
    return min(problem.clock.steps, int(problem.window / problem.clock.step) + 2)


def _phases(
    healthy: Motion, ill: Motion, problem: Problem, lengths: tuple[int, int, int], *, shifted: bool
) -> list[Phase]:
    """The three phases of one mover; shifted, levels that are times move on with the clock."""
    found = []
    end = 0
    for motion, steps in zip((healthy, ill, healthy), lengths, strict=True):
        end += steps
        ahead = (end - problem.clock.steps) * problem.clock.step if shifted else 0
        turn = max(0, steps - problem.clock.hold - 2)
        found.append(Phase(replace(motion, level=motion.level + ahead), steps, turn))
    return found


def _moments(run: Course, before: int, warm: int, step: int) -> Iterator[Moment]:
    """Quiet, pending, firing, resolved; nothing where the course shows no such story."""
    fired = first(run.firing, True, before)
    if not run.sure or fired is None or any(run.firing[warm:before]):
        return
    resolved = first(run.firing, False, fired)
    quiet = [before - 1]
    if fired - 1 > before - 1:
        quiet.append(fired - 1)
    for at in dict.fromkeys(quiet):
        yield Moment(at * step, firing=False)
    yield Moment(fired * step, firing=True)
    if resolved is None:
        yield Moment((len(run.firing) - 1) * step, firing=True)
        return
    if any(run.firing[resolved:]):
        return
    if resolved - 1 > fired:
        yield Moment((resolved - 1) * step, firing=True)
    yield Moment(resolved * step, firing=False)
    if len(run.firing) - 1 > resolved:
        yield Moment((len(run.firing) - 1) * step, firing=False)
