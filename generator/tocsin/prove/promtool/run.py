"""What promtool says to cases: many test files in a call, a few calls at a time."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tocsin.engines.program import EngineError
from tocsin.engines.promtool import run_faults
from tocsin.interruption import temporary_folder
from tocsin.prove.promtool.batches import pack_batches, promtool_calls, single_batches
from tocsin.prove.promtool.case import ProofCase, joint_entry, test_file
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.prove.promtool.batches import Batch, CaseId

_CALLS_AT_ONCE = 2
_A_CALL = 15_000
"""Evaluations of a rule; about a second."""
_ABOUT = re.compile(r" *name: [0-9]+,\n *alertname: (.*), time: [0-9a-z.]+,\s*\n *exp:")
_NOT_RUN = "promtool did not run the test"

Faults = tuple[str, ...] | None
"""What promtool has against a test; None where it did not run it."""


@value_object
class CaseGroup:
    """Cases of one alert to be judged together: they share a rule file."""

    rules: str
    """The text of the rule file."""
    cases: tuple[ProofCase, ...]


def run_cases(
    promtool: Program, case_groups: Sequence[CaseGroup], progress: Callable[[int], object]
) -> list[list[str | None]]:
    """What promtool says of each case of each group: None when it holds.

    Cases of several alerts stand in one test where these cannot notice each other. What cannot be
    distinguished there, as when a rule is refused, is tried again alone. `progress` is called for each group.
    """
    cases = [case_group.cases for case_group in case_groups]
    answers: dict[CaseId, str | None] = {}
    with temporary_folder() as folder:
        for number, case_group in enumerate(case_groups):
            if case_group.cases:
                (folder / f"{number}.rules.yaml").write_text(case_group.rules, encoding="utf-8")
        told = _Progress(progress, len(case_groups))
        found = pack_batches(cases, [case_group.rules for case_group in case_groups])
        mixed: list[CaseId] = []
        for batch, faults in _held(promtool, folder, found, case_groups, told):
            for test, of_test in zip(batch.tests, faults, strict=True):
                apart = _apart(test, of_test, case_groups)
                answers.update(apart or {})
                mixed += test if apart is None else ()
        told.finish()
        for batch, faults in _held(promtool, folder, single_batches(mixed, cases), case_groups, None):
            for (case_id,), of_test in zip(batch.tests, faults, strict=True):
                answers[case_id] = _said(of_test)
    return [
        [answers.get((number, index), _NOT_RUN) for index in range(len(case_group.cases))]
        for number, case_group in enumerate(case_groups)
    ]


class _Progress:
    """Steps of a batch, reported as calls come back."""

    def __init__(self, tell: Callable[[int], object], total: int) -> None:
        self._tell = tell
        self._total = total
        self._seen: set[int] = set()

    def note_answered(self, found: Iterable[Batch]) -> None:
        fresh = {number for batch in found for number in batch.case_groups} - self._seen
        self._seen |= fresh
        self._tell(len(fresh))

    def finish(self) -> None:
        self._tell(self._total - len(self._seen))


def _held(
    promtool: Program,
    folder: Path,
    found: Sequence[Batch],
    case_groups: Sequence[CaseGroup],
    told: _Progress | None,
) -> Iterable[tuple[Batch, Sequence[Faults]]]:
    """Each batch with what promtool says to its tests."""

    def ask_all(part: Sequence[Batch]) -> list[tuple[Batch, Sequence[Faults]]]:
        names = [_write(folder, batch, case_groups) for batch in part]
        said = run_or_split(promtool, folder, [[name] for name in names])
        return [
            (
                batch,
                [said.get((name, str(index)), said.get((name, ""))) for index in range(len(batch.tests))],
            )
            for batch, name in zip(part, names, strict=True)
        ]

    with ThreadPoolExecutor(_CALLS_AT_ONCE) as pool:
        for answered in pool.map(ask_all, promtool_calls(found, _A_CALL)):
            if told is not None:
                told.note_answered(batch for batch, _ in answered)
            yield from answered


def _apart(
    test: Sequence[CaseId], faults: Faults, case_groups: Sequence[CaseGroup]
) -> Mapping[CaseId, str | None] | None:
    """What is said of each case of a test; None where that cannot be distinguished."""
    if len(test) == 1:
        return {test[0]: _said(faults)}
    if faults is None:
        return None
    case_ids = {case_groups[number].cases[index].alert: (number, index) for number, index in test}
    said: dict[CaseId, list[str]] = {case_id: [] for case_id in test}
    for fault in faults:
        about = _ABOUT.match(fault)
        if about is None or about[1] not in case_ids:
            return None
        said[case_ids[about[1]]].append(fault)
    return {case_id: _said(tuple(here)) for case_id, here in said.items()}


def _said(faults: Faults) -> str | None:
    if faults is None:
        return _NOT_RUN
    return "\n".join(faults) if faults else None


def _write(folder: Path, batch: Batch, case_groups: Sequence[CaseGroup]) -> str:
    first = batch.tests[0][0][1]
    name = f"{batch.case_groups[0]}-{batch.step}-{len(batch.case_groups)}-{first}.test.yaml"
    entries = [
        joint_entry(str(count), [case_groups[number].cases[index] for number, index in test])
        for count, test in enumerate(batch.tests)
    ]
    rules = [f"{number}.rules.yaml" for number in batch.case_groups]
    (folder / name).write_text(test_file(entries, rules, batch.step, ""), encoding="utf-8")
    return name


def run_or_split(
    promtool: Program, folder: Path, files: Sequence[Sequence[str]]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """What promtool has against each test of some files, by file and name: nothing where it holds.

    The files come in groups that cannot be distinguished when promtool gives no answer at all.
    """
    names = [name for group in files for name in group]
    if not names:
        return {}
    try:
        return run_faults(promtool, folder, names)
    except EngineError as error:
        if len(files) == 1:
            return dict.fromkeys(((name, "") for name in names), (str(error),))
    # One file that promtool cannot bear must not take the others with it.
    middle = len(files) // 2
    return {
        **run_or_split(promtool, folder, files[:middle]),
        **run_or_split(promtool, folder, files[middle:]),
    }
