"""Promtool's judgement of cases: many test files in a call, a few calls at a time."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.engines.program import EngineError
from tocsin.engines.promtool import run_tests
from tocsin.prove.cases import Case, Moment, alert_entry, test_file
from tocsin.prove.dump import firing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tocsin.engines.program import Program

_FILES_A_CALL = 40
_CALLS_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Hearing:
    """Cases to be judged together: they share a rule file."""

    rules: str
    """The text of the rule file."""
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A case with what promtool found: confirmed with the alerts that it printed, or refused."""

    case: Case
    """With the labels and annotations of what fires."""
    refusal: str | None
    """What speaks against the case; None when promtool confirmed each moment of it."""


def judge(
    promtool: Program, hearings: Sequence[Hearing], progress: Callable[[int], object] = lambda _: None
) -> list[list[Judged]]:
    """What promtool finds for the cases of each hearing.

    Each moment is put to it with nothing expected: where the alert should fire, it has to contradict, and
    says which labels and annotations the alert carries.
    """
    answers = _answers(promtool, hearings, progress, blind=True)
    return [
        [
            _judged(case, answers.get(key, "promtool did not run the test"))
            for key, case in zip(_keys(number, hearing), hearing.cases, strict=True)
        ]
        for number, hearing in enumerate(hearings)
    ]


def failures(promtool: Program, hearings: Sequence[Hearing]) -> list[list[str | None]]:
    """For each case of each hearing, as it is: None when it holds, else what promtool says."""
    answers = _answers(promtool, hearings, lambda _: None, blind=False)
    return [
        [answers.get(key, "promtool did not run the test") for key in _keys(number, hearing)]
        for number, hearing in enumerate(hearings)
    ]


def _keys(number: int, hearing: Hearing) -> list[tuple[str, str]]:
    return [
        (f"{number}-{case.step}.test.yaml", f"{case.alert}: {index}")
        for index, case in enumerate(hearing.cases)
    ]


def _answers(
    promtool: Program, hearings: Sequence[Hearing], progress: Callable[[int], object], *, blind: bool
) -> dict[tuple[str, str], str | None]:
    """What promtool says to each test, by file and name; blind, it is told to expect nothing."""
    with tempfile.TemporaryDirectory(prefix="tocsin-prove-") as name:
        folder = Path(name)
        files = [_write(folder, number, hearing, blind=blind) for number, hearing in enumerate(hearings)]
        chunks = [files[at : at + _FILES_A_CALL] for at in range(0, len(files), _FILES_A_CALL)]
        answers: dict[tuple[str, str], str | None] = {}
        with ThreadPoolExecutor(_CALLS_AT_ONCE) as pool:
            asked = pool.map(lambda part: ask(promtool, folder, part), chunks)
            for chunk, found in zip(chunks, asked, strict=True):
                answers.update(found)
                progress(len(chunk))
    return answers


def _write(folder: Path, number: int, hearing: Hearing, *, blind: bool) -> list[str]:
    (folder / f"{number}.rules.yaml").write_text(hearing.rules, encoding="utf-8")
    names = []
    for step in sorted({case.step for case in hearing.cases}):
        cases = [
            replace(
                case,
                name=str(index),
                title="",
                moments=tuple(
                    replace(moment, expected=() if blind else moment.expected) for moment in case.moments
                ),
            )
            for index, case in enumerate(hearing.cases)
            if case.step == step
        ]
        name = f"{number}-{step}.test.yaml"
        text = test_file([alert_entry(case) for case in cases], [f"{number}.rules.yaml"], step, "")
        (folder / name).write_text(text, encoding="utf-8")
        names.append(name)
    return names


def ask(promtool: Program, folder: Path, files: Sequence[Sequence[str]]) -> dict[tuple[str, str], str | None]:
    """What promtool says to each test of some files, by file and name: None where it holds.

    The files come in groups that cannot be told apart when promtool gives no answer at all.
    """
    names = [name for group in files for name in group]
    if not names:
        return {}
    try:
        return run_tests(promtool, folder, names)
    except EngineError as error:
        if len(files) == 1:
            return dict.fromkeys(((name, "") for name in names), str(error))
    # One file that promtool cannot bear must not take the others with it.
    middle = len(files) // 2
    return {**ask(promtool, folder, files[:middle]), **ask(promtool, folder, files[middle:])}


def _judged(case: Case, said: str | None) -> Judged:
    if said is None:
        unmet = next((moment for moment in case.moments if moment.firing), None)
        return Judged(case, None if unmet is None else f"it does not fire at {unmet.at} s")
    fired = firing(said)
    if not fired:
        return Judged(case, " ".join(said.split()))
    moments: list[Moment] = []
    for moment in case.moments:
        alerts = fired.get(moment.at, ())
        if bool(alerts) != moment.firing:
            return Judged(case, f"it {'fires' if alerts else 'does not fire'} at {moment.at} s")
        moments.append(replace(moment, expected=alerts))
    return Judged(replace(case, moments=tuple(moments)), None)
