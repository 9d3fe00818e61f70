"""What an alert does when its data are disturbed: a gap, a counter reset, a metric that is missing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.durations import format_duration
from tocsin.lang.promql.ast import Binary, Call, walk
from tocsin.prove.cases.basic import written_series
from tocsin.prove.cases.simulate import AlertTiming, Course, simulate_alert
from tocsin.prove.promtool.case import Moment, ProofCase
from tocsin.prove.witness.evaluate import EvaluationError, LimitError
from tocsin.prove.witness.objective import Objective
from tocsin.prove.witness.waveform import Phase, whole_test
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.prove.witness.find import Witness
    from tocsin.prove.witness.waveform import Motions

_GAP = 660
"""Seconds without data: longer than the five minutes for which an old sample serves, and no usual window."""
_MOST_STEPS = 900
_MOST_NAMES = 4
_COUNTERS = ("_total", "_count", "_sum", "_bucket")
_LEVEL = 1000.0
"""What a counter has counted before it starts anew."""


@value_object
class _Subject:
    """An alert with the witnesses that its disturbed data are made of."""

    problem: Objective
    silent: Witness
    fires: Witness
    timing: AlertTiming

    @property
    def states(self) -> tuple[tuple[Motions, bool], ...]:
        """Healthy and broken motions, and whether they are the broken ones."""
        return ((self.silent.motions, False), (self.fires.motions, True))


def data_fault_cases(
    problem: Objective, silent: Witness, fires: Witness, timing: AlertTiming
) -> list[ProofCase]:
    """The cases of disturbed data that can be foretold, healthy and broken ones."""
    subject = _Subject(problem, silent, fires, timing)
    return [*_gaps(subject), *_resets(subject), *_missing(subject)]


def _gaps(subject: _Subject) -> Iterator[ProofCase]:
    clock = subject.problem.clock
    gap = max(3, -(-_GAP // clock.step))
    length = format_duration(gap * clock.step * 1000)
    absent_meant = _calls(subject.problem, "absent", "absent_over_time")
    for motions, broken in subject.states:
        before = clock.steps
        after = _settled(subject)
        usual = _on_and_on(subject, motions, (before, gap, after))
        phases = [
            [first, replace(second, motion=replace(second.motion, life="absent")), last]
            for first, second, last in usual
        ]
        run = _run(subject, usual, phases, broken=broken)
        if run is None:
            continue
        inside, end = before + gap - 1, before + gap + after
        moments = tuple(
            Moment(at * clock.step, firing=run.firing[at]) for at in dict.fromkeys((before - 1, inside, end))
        )
        fired = [at for at in range(before, end + 1) if run.firing[at]]
        if not broken:
            if not fired:
                said, finding = "it stays silent", None
            else:
                said = "it fires"
                finding = None if absent_meant else f"a gap of {length} in healthy data makes it fire"
                moments = _with(moments, Moment(fired[len(fired) // 2] * clock.step, firing=True))
            yield _case(
                subject, "gap while healthy", f"No data for {length}: {said}.", phases, moments, finding
            )
            continue
        if run.firing[inside]:
            said, finding = "it goes on firing", None
        elif run.firing[end]:
            said, finding = "it resolves, and fires again when the data are back", None
        else:
            said = "it resolves, and stays so when the data are back"
            finding = f"after a gap of {length} it does not fire again, although all is as broken as before"
        yield _case(
            subject,
            "gap while firing",
            f"Broken, then no data for {length}: {said}.",
            phases,
            moments,
            finding,
        )


def _resets(subject: _Subject) -> Iterator[ProofCase]:
    movers = subject.problem.universe.movers
    counting = [mover.counter or mover.name.endswith(_COUNTERS) for mover in movers]
    if not any(counting):
        return
    clock = subject.problem.clock
    meant = _calls(subject.problem, "resets", "changes")
    for motions, broken in subject.states:
        before, after = clock.steps, _settled(subject)
        raised = tuple(
            replace(motion, level=motion.level + _LEVEL) if mover.counter else motion
            for motion, mover in zip(motions, movers, strict=True)
        )
        usual = _on_and_on(subject, raised, (before, after))
        phases = [
            [first, _anew(last, clock.step, counter=mover.counter) if counts else last]
            for (first, last), counts, mover in zip(usual, counting, movers, strict=True)
        ]
        run = _run(subject, usual, phases, broken=broken)
        if run is None:
            continue
        end = before + after
        other = [at for at in range(before, end + 1) if run.firing[at] != broken]
        told = (before - 1, *other[len(other) // 2 :][:1], end)
        moments = tuple(Moment(at * clock.step, firing=run.firing[at]) for at in dict.fromkeys(told))
        name = f"counter reset while {'firing' if broken else 'healthy'}"
        state = "Broken" if broken else "Healthy"
        if not other:
            said, finding = f"it {'goes on firing' if broken else 'stays silent'}", None
        elif broken and run.firing[end]:
            said, finding = "it resolves, and fires again later", None
        else:
            said = "it resolves, and stays so" if broken else "it fires"
            what = "resolves it for good, although all is as broken as before" if broken else "makes it fire"
            guessed = broken and not any(mover.counter for mover in movers)
            finding = None if meant or guessed else f"a counter reset {what}"
        yield _case(subject, name, f"{state}, and all counters start anew: {said}.", phases, moments, finding)


def _missing(subject: _Subject) -> Iterator[ProofCase]:
    problem = subject.problem
    universe, clock = problem.universe, problem.clock
    names = list(dict.fromkeys(template.labels.get("__name__", "") for template in universe.templates))
    if len(names) < 2:
        return
    meant = _calls(problem, "absent", "absent_over_time") or any(
        isinstance(node, Binary) and node.op == "unless" for node in walk(problem.tree)
    )
    for name in names[:_MOST_NAMES]:
        rest = tuple(one for one in universe.templates if one.labels.get("__name__", "") != name)
        fewer = replace(universe, templates=rest)
        other = Objective(problem.tree, fewer, clock, problem.window)
        for motions, broken in subject.states:
            firing = other.holds(motions, "fires")
            if not firing and not other.never(motions):
                continue
            said = "it fires" if firing else "it is silent"
            title = f"{'Broken' if broken else 'Healthy'}, but `{name}` is missing: {said}."
            finding = None
            if firing and not broken and not meant:
                finding = f"without `{name}` it fires, although all else is healthy"
            phases = [whole_test(motion, clock) for motion in motions]
            series = written_series(replace(subject.fires, universe=fewer), phases)
            kind = "broken" if broken else "healthy"
            moments = (Moment(clock.end, firing=firing),)
            yield ProofCase("", f"{kind} without {name}", title, clock.step, series, moments, finding)


def _case(
    subject: _Subject,
    name: str,
    title: str,
    phases: Sequence[Sequence[Phase]],
    moments: tuple[Moment, ...],
    finding: str | None,
) -> ProofCase:
    series = written_series(subject.fires, phases)
    return ProofCase("", name, title, subject.problem.clock.step, series, moments, finding)


def _with(moments: tuple[Moment, ...], more: Moment) -> tuple[Moment, ...]:
    return tuple(sorted({moment.at: moment for moment in (*moments, more)}.values(), key=lambda one: one.at))


def _run(
    subject: _Subject, usual: Sequence[Sequence[Phase]], disturbed: Sequence[Sequence[Phase]], *, broken: bool
) -> Course | None:
    """The course with disturbed data; None where it hangs on the rounding of a number.

    Also where the undisturbed data do not keep the alert firing, or silent: then nothing could be concluded.
    """
    total = sum(phase.steps for phase in usual[0]) if usual else 0
    if not 0 < total <= _MOST_STEPS:
        return None
    problem = subject.problem
    runs = []
    try:
        for phases in (usual, disturbed):
            evaluator = problem.evaluator(problem.played(phases))
            runs.append(simulate_alert(problem.tree, evaluator, problem.clock, total, subject.timing))
    except (EvaluationError, LimitError):
        return None
    control = runs[0].firing
    start = problem.clock.steps - 1 if broken else subject.silent.warm
    sound = all(run.sure for run in runs) and all(firing == broken for firing in control[start:])
    return runs[1] if sound else None


def _settled(subject: _Subject) -> int:
    """Steps after which windows are filled again, and what holds has held for long enough."""
    clock = subject.problem.clock
    filled = min(clock.steps, int(subject.problem.window / clock.step) + 2)
    return max(12, filled + 2) + clock.hold + int(subject.timing.keep / clock.step)


def _on_and_on(subject: _Subject, motions: Motions, lengths: Sequence[int]) -> list[list[Phase]]:
    """The same movement through several phases: what rises goes on rising."""
    clock = subject.problem.clock
    found = []
    for motion, mover in zip(motions, subject.problem.universe.movers, strict=True):
        phases = []
        passed = -lengths[0]
        for steps in lengths:
            passed += steps
            ahead = 0.0 if mover.counter else motion.slope * passed * clock.step
            turn = max(0, steps - clock.hold - (clock.lead if motion.grows_otherwise else 0))
            phases.append(Phase(replace(motion, level=motion.level + ahead), steps, turn))
        found.append(phases)
    return found


def _anew(phase: Phase, step: int, *, counter: bool) -> Phase:
    """The phase with a counter that starts at nothing."""
    if counter:
        return replace(phase, motion=replace(phase.motion, level=0.0), restarts=True)
    level = phase.motion.slope * step * phase.steps
    return replace(phase, motion=replace(phase.motion, level=level, before=0.0))


def _calls(problem: Objective, *names: str) -> bool:
    return any(isinstance(node, Call) and node.function in names for node in walk(problem.tree))
