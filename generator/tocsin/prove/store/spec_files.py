"""Proofs as unit tests that load the generated rules as they are, and when they are out of date."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tocsin.engines.promtool import run_faults
from tocsin.files import File, text_file
from tocsin.interruption import temporary_folder
from tocsin.lang.durations import format_duration
from tocsin.lang.strings import quote_string
from tocsin.plan.model import Engine, Rule
from tocsin.plan.names import rule_file_stem
from tocsin.prove.promtool.case import named_case, test_file
from tocsin.prove.promtool.kept_runs import run_files_again
from tocsin.prove.promtool.series_write import series_text
from tocsin.result_store import digest
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan
    from tocsin.prove.promtool.case import CaseEntry, Moment, ProofCase
    from tocsin.prove.verdict import Verdict
    from tocsin.result_store import ResultStore

FOLDER = "prometheus/tests"
_RULES = "prometheus/rules"
_NAME = re.compile(rf"{FOLDER}/(.+)\.proof-[^/]+\.test\.yaml")
_HEADING = """\
Derived by `tocsin prove` from the alerts' expressions, and confirmed by promtool: do not edit.
Each alert with a digest of its rule, which tells when it has changed since:"""
_LISTED = re.compile(r"#   (.+) ([0-9a-f]{12})( \(nothing could be shown\))?")
_USUAL_STEP = 60


@value_object
class Proofs:
    """The files, and what does not hold when a rule is loaded with the others of its file."""

    files: tuple[File, ...]
    refused: tuple[str, ...]


def is_proof(path: str) -> bool:
    """Whether a path of the output folder is that of a file of proofs."""
    return _NAME.fullmatch(path) is not None


def write_proofs(
    verdicts: Sequence[Verdict],
    generated: Iterable[File],
    promtool: Program,
    store: ResultStore | None = None,
) -> Proofs:
    """A file for each rule file and spacing of samples; promtool was asked each test as it stands there.

    `generated` are the files of the output folder, of which the rule files are loaded. What an earlier run
    asked is taken from the `store`.
    """
    rules = {file.path: file.content for file in generated if file.path.startswith(f"{_RULES}/")}
    tests = _tests(verdicts)
    written = {file.path: file.content for file in _files(tests)}

    def run(names: Sequence[str]) -> dict[tuple[str, str], tuple[str, ...]]:
        with temporary_folder() as folder:
            for path, content in (rules | written).items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content)
            return run_faults(promtool, folder / FOLDER, names)

    needed = {
        test.path.rsplit("/", 1)[-1]: digest(rules.get(f"{_RULES}/{test.rule_file}", b""))
        + digest(written[test.path])
        for test in tests
        if test.cases
    }
    said = run_files_again(store, promtool, needed, run)
    refused: list[str] = []
    kept: list[_Tests] = []
    for test in tests:
        file_name = test.path.rsplit("/", 1)[-1]
        sound = []
        for one in test.cases:
            faults = said.get((file_name, one.name), ("promtool did not run it",))
            if faults:
                refused.append(f"{one.name}: {' '.join(' '.join(faults).split())[:300]}")
            else:
                sound.append(one)
        kept.append(replace(test, cases=tuple(sound)))
    return Proofs(tuple(_files(kept)), tuple(refused))


def outdated_proofs(plan: Plan, files: Iterable[File]) -> list[str]:
    """What the proofs say nothing about any more, a line each: alerts that changed, are new or gone."""
    listed: dict[str, set[tuple[str, str]]] = {}
    for file in files:
        found = _NAME.fullmatch(file.path)
        if found is not None:
            listed.setdefault(found[1], set()).update(_listed(file.content.decode("utf-8", "replace")))
    wanted: dict[str, Counter[tuple[str, str]]] = {}
    for group in plan.rule_groups if listed else ():
        if group.engine is Engine.PROMETHEUS:
            rules = [rule for rule in group.rules if isinstance(rule, Rule)]
            of_file = wanted.setdefault(rule_file_stem(group.file), Counter())
            of_file.update((_title(rule), _digest(rule)) for rule in rules)
    lines = []
    for stem in sorted(wanted.keys() | listed.keys()):
        old, new = listed.get(stem, set()), set(wanted.get(stem, ()))
        changed = {title for title, _ in old - new} & {title for title, _ in new - old}
        lines += [f"{title} has changed since it was proven" for title in sorted(changed)]
        gone = {title for title, _ in old - new} - changed
        lines += [f"{title} was proven and is gone" for title in sorted(gone)]
        fresh = {title for title, _ in new - old} - changed
        lines += [f"{title} is not proven yet" for title in sorted(fresh)]
    return lines


@value_object
class _Test:
    name: str
    case: ProofCase
    only: Mapping[str, str]
    """The labels by which the rule's alerts are distinguished from those of others."""


@value_object
class _Tests:
    """One file of tests."""

    path: str
    rule_file: str
    step: int
    alerts: tuple[str, ...]
    """The lines about the alerts in the heading."""
    cases: tuple[_Test, ...]


def _tests(verdicts: Sequence[Verdict]) -> list[_Tests]:
    by_file: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.subject.group.engine is Engine.PROMETHEUS:
            by_file.setdefault(verdict.subject.group.file, []).append(verdict)
    found: list[_Tests] = []
    for file, here in sorted(by_file.items()):
        steps = sorted({case.step for verdict in here for case in verdict.cases}) or [_USUAL_STEP]
        for step in steps:
            alerts: list[str] = []
            cases: list[_Test] = []
            for verdict in here:
                rule = verdict.subject.rule
                mine = [case for case in verdict.cases if case.step == step and _asks(case)]
                if mine or (not verdict.cases and step == steps[0]):
                    nothing = "" if mine else " (nothing could be shown)"
                    alerts.append(f"  {_title(rule)} {_digest(rule)}{nothing}")
                only = _only(rule, [other.subject.rule for other in here])
                cases += [_Test(f"{_title(rule)}: {case.name}", case, only) for case in mine]
            path = f"{FOLDER}/{rule_file_stem(file)}.proof-{format_duration(step * 1000)}.test.yaml"
            found.append(_Tests(path, file, step, tuple(alerts), tuple(cases)))
    return found


def _asks(case: ProofCase) -> bool:
    return bool(case.moments or case.readings)


def _only(rule: Rule, others: Sequence[Rule]) -> dict[str, str]:
    """Labels that the rule itself sets and by which it differs from others of its name; `severity` always."""
    namesakes = [other for other in others if other.alert == rule.alert and other is not rule]
    return {
        name: value
        for name, value in rule.labels.items()
        if "{{" not in value
        and (name == "severity" or any(other.labels.get(name) != value for other in namesakes))
    }


def _files(tests: Iterable[_Tests]) -> list[File]:
    found = []
    for test in tests:
        heading = "\n".join([_HEADING, *test.alerts])
        entries = [_entry(one) for one in test.cases]
        text = test_file(entries, [f"../rules/{test.rule_file}"], test.step, heading)
        found.append(text_file(test.path, text))
    return found


def _entry(test: _Test) -> CaseEntry:
    asked = [_asked(test.case.alert, test.only, moment) for moment in test.case.moments]
    return named_case(test.case, test.name, {"promql_expr_test": asked})


def _asked(alert: str, only: Mapping[str, str], moment: Moment) -> dict[str, Any]:
    """A moment as a question about `ALERTS`, the series in which Prometheus itself says what is firing."""
    asked = {"alertname": alert, "alertstate": "firing", **dict(sorted(only.items()))}
    expected = [
        {"labels": series_text({"__name__": "ALERTS", **asked, **dict(labels)}), "value": 1}
        for labels, _ in moment.expected
    ]
    return {
        "expr": "ALERTS{" + ", ".join(f"{name}={quote_string(value)}" for name, value in asked.items()) + "}",
        "eval_time": format_duration(moment.at * 1000),
        "exp_samples": expected,
    }


def _listed(text: str) -> set[tuple[str, str]]:
    head = [line for line in text.split("\n", 1000) if line.startswith("#   ")]
    return {(found[1], found[2]) for line in head if (found := _LISTED.fullmatch(line)) is not None}


def _title(rule: Rule) -> str:
    name = " ".join(rule.alert_key.split())
    return f"{name} ({' '.join(rule.severity.split())})" if rule.severity else name


def _digest(rule: Rule) -> str:
    """Twelve digits over everything that decides when the rule fires, and with which labels."""
    parts = [rule.expr, rule.for_, rule.keep_firing_for, sorted(rule.labels.items())]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]
