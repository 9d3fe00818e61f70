"""The proofs as files: unit tests for promtool, beside the rules that they test."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.files import text_file
from tocsin.interruption import temporary_folder
from tocsin.prove.promtool.case import alert_entry, test_file
from tocsin.prove.promtool.kept_runs import run_files_again
from tocsin.prove.promtool.run import run_or_split
from tocsin.prove.rule_values import rule_values
from tocsin.result_store import digest
from tocsin.text.yaml import yaml_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.engines.program import Program
    from tocsin.files import File
    from tocsin.prove.promtool.case import ProofCase
    from tocsin.prove.verdict import Verdict
    from tocsin.result_store import ResultStore

_HEADING = "Derived by `tocsin prove` from the alerts' expressions, and confirmed by promtool: do not edit."
_FILES_A_CALL = 40
_CALLS_AT_ONCE = 2
_UNSAFE = re.compile(r"[^a-zA-Z0-9_.-]+")


@value_object
class PlainProofs:
    """The files, and what does not hold in a test of its own."""

    files: tuple[File, ...]
    refused: tuple[str, ...]


def proof_files(
    verdicts: Sequence[Verdict], promtool: Program, store: ResultStore | None = None
) -> PlainProofs:
    """A test file for each rule and spacing of samples, and the rule files that these load.

    Each alert is tested by itself: an alert of the same name in another severity has its own file. Promtool
    was asked each test as it stands there, in this run or in one that the `store` knows.
    """
    names: dict[str, int] = {}
    tested = [(verdict, _stem(verdict, names)) for verdict in verdicts if _cases(verdict)]
    written = [file for verdict, stem in tested for file in _files(verdict, stem)]
    faults = _faults(written, promtool, store)
    if not faults:
        return PlainProofs(tuple(written), ())
    kept: list[File] = []
    for verdict, stem in tested:
        paths = _paths(verdict, stem)
        sound = (case for case in _cases(verdict) if (paths[case.step], _name(case)) not in faults)
        kept += _files(replace(verdict, cases=tuple(sound)), stem)
    told = [f"{name}: {' '.join(' '.join(said).split())[:300]}" for (_, name), said in faults.items()]
    return PlainProofs(tuple(kept), tuple(told))


def _files(verdict: Verdict, stem: str) -> Iterator[File]:
    cases = _cases(verdict)
    if not cases:
        return
    group = {"name": verdict.subject.group.name, "rules": rule_values(verdict.subject.rule, verdict.through)}
    yield text_file(f"{stem}.rules.yaml", yaml_text({"groups": [group]}, heading=_HEADING))
    rules = [f"{stem.rsplit('/', 1)[-1]}.rules.yaml"]
    for step, path in _paths(verdict, stem).items():
        entries = [alert_entry(case) for case in cases if case.step == step]
        yield text_file(path, test_file(entries, rules, step, _HEADING))


def _paths(verdict: Verdict, stem: str) -> dict[int, str]:
    """The test file of each spacing of samples."""
    steps = sorted({case.step for case in _cases(verdict)})
    return {step: f"{stem}.test.yaml" if len(steps) == 1 else f"{stem}.{step}s.test.yaml" for step in steps}


def _cases(verdict: Verdict) -> list[ProofCase]:
    return [case for case in verdict.cases if case.moments or case.readings]


def _faults(
    files: Sequence[File], promtool: Program, store: ResultStore | None
) -> dict[tuple[str, str], tuple[str, ...]]:
    """What promtool has against tests, by path and name."""
    tests: dict[str, bytes] = {}
    rules = b""
    for file in files:
        # The rules stand before the tests that load them.
        if file.path.endswith(".test.yaml"):
            tests[file.path] = digest(rules) + digest(file.content)
        else:
            rules = file.content

    def run(paths: Sequence[str]) -> dict[tuple[str, str], tuple[str, ...]]:
        with temporary_folder() as folder:
            for file in files:
                (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
                (folder / file.path).write_bytes(file.content)
            chunks = [paths[at : at + _FILES_A_CALL] for at in range(0, len(paths), _FILES_A_CALL)]
            with ThreadPoolExecutor(_CALLS_AT_ONCE) as pool:
                said = list(
                    pool.map(lambda part: run_or_split(promtool, folder, [[one] for one in part]), chunks)
                )
        return {test: faults for part in said for test, faults in part.items()}

    found = run_files_again(store, promtool, tests, run)
    return {test: faults for test, faults in found.items() if faults}


def _name(case: ProofCase) -> str:
    return f"{case.alert}: {case.name}"


def _stem(verdict: Verdict, names: dict[str, int]) -> str:
    rule, group = verdict.subject.rule, verdict.subject.group
    parts = [_UNSAFE.sub("-", part).strip("-.") or "x" for part in (group.name, rule.alert, rule.severity)]
    stem = f"{parts[0]}/{parts[1]}" + (f".{parts[2]}" if rule.severity else "")
    key = stem.lower()
    names[key] = names.get(key, 0) + 1
    return stem if names[key] == 1 else f"{stem}.{names[key]}"
