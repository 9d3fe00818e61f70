"""The hand-written tests of a spec's alerts on metrics, run by promtool."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tocsin.interruption import temporary_folder
from tocsin.lang.strings import quote_string
from tocsin.plan.evaluation import evaluating_groups
from tocsin.plan.model import Engine
from tocsin.prove.promtool.run import run_or_split
from tocsin.targets import prometheus
from tocsin.targets.promtool_tests import case_tests, rule_files_of, test_file
from tocsin.testing.expectation import expectation, rule_condition, severity_name
from tocsin.testing.outcome import Kind, Result, TestOutcome
from tocsin.testing.promtool_answer import describe_samples, samples_given
from tocsin.text.yaml import yaml_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.model import Alert, Case, Plan, RuleGroup
    from tocsin.source.place import Sources

_RULES = "prometheus/rules/"


@value_object
class _Case:
    """One case, and its entry in a test file."""

    group: RuleGroup
    alert: Alert
    case: Case
    entry: Mapping[str, Any]


def run_alert_tests(
    plan: Plan, sources: Sources, promtool: Program, alerts: Sequence[str] | None = None
) -> Iterator[TestOutcome]:
    """What promtool says to each case of the alerts on metrics, or of those alerts that are named."""
    cases = [one for one in _cases(plan) if alerts is None or one.alert.name in alerts]
    if not cases:
        return
    with temporary_folder() as folder:
        # promtool refuses what is meant for other systems.
        plain = replace(plan, rule_groups=tuple(replace(group, foreign={}) for group in plan.rule_groups))
        for file in prometheus.emit(plain):
            path = folder / "rules" / file.path.removeprefix(_RULES)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.content)
        said = _ask(plan, promtool, folder, cases, [one.entry for one in cases])
        failed = [one for one, faults in zip(cases, said, strict=True) if faults]
        probes = [_probe(one) for one in failed]
        given = {
            id(one): answer
            for one, answer in zip(failed, _ask(plan, promtool, folder, failed, probes), strict=True)
        }
    for one, faults in zip(cases, said, strict=True):
        yield TestOutcome(
            Kind.ALERT,
            str(one.entry["name"]),
            sources.locate(one.case.place),
            Result.FAILED if faults else Result.PASSED,
            tuple(_explain(one, faults, given[id(one)])) if faults else (),
            (one.alert.name,),
        )


def _cases(plan: Plan) -> Iterator[_Case]:
    groups = evaluating_groups(plan, Engine.PROMETHEUS)
    for group in plan.groups:
        for alert in group.alerts:
            if alert.name in groups:
                entries = zip(alert.cases, case_tests(alert), strict=True)
                for case, entry in entries:
                    yield _Case(groups[alert.name], alert, case, entry)


def _ask(
    plan: Plan, promtool: Program, folder: Path, cases: Sequence[_Case], entries: Sequence[Mapping[str, Any]]
) -> list[tuple[str, ...]]:
    """What promtool has against each entry; they are written into one test file for each rule group."""
    groups = [group for group in plan.rule_groups if group.engine is Engine.PROMETHEUS]
    files: dict[int, list[int]] = {}
    by_id = {id(group): group for group in groups}
    for number, one in enumerate(cases):
        files.setdefault(id(one.group), []).append(number)
    names = {}
    for count, (group, numbers) in enumerate(files.items()):
        tests = [{**entries[number], "name": str(number)} for number in numbers]
        rules = [f"rules/{file}" for file in rule_files_of(by_id[group], groups)]
        names[group] = f"{count}.test.yaml"
        text = yaml_text(test_file(by_id[group], rules, tests))
        (folder / names[group]).write_text(text, encoding="utf-8")
    answers = run_or_split(promtool, folder, [[name] for name in names.values()])
    not_run = ("promtool did not run this test",)
    return [
        answers.get((names[id(one.group)], str(number)), answers.get((names[id(one.group)], ""), not_run))
        for number, one in enumerate(cases)
    ]


def _probe(one: _Case) -> dict[str, Any]:
    """A test that cannot hold: promtool then prints the state of the alert, and what its query gives."""
    state = f"ALERTS{{alertname={quote_string(one.alert.alertname)}}}"
    impossible = [{"labels": '{no="such series"}', "value": 1}]
    return {
        **one.entry,
        "promql_expr_test": [
            {"expr": query, "eval_time": one.case.at, "exp_samples": impossible}
            for query in (state, one.alert.query)
        ],
    }


def _explain(one: _Case, faults: Sequence[str], given: Sequence[str]) -> Iterator[str]:
    yield expectation(one.case)
    read = [samples_given(fault) for fault in given]
    states = read[0] if len(read) == 2 else None
    values = read[1] if len(read) == 2 else None
    if states is None or values is None:
        yield from (line for fault in faults for line in fault.splitlines())
        return
    firing = [state.labels for state in states if 'alertstate="firing"' in state.labels]
    pending = [state.labels for state in states if 'alertstate="pending"' in state.labels]
    yield f"promtool: {_named(one, firing, 'fires') or 'nothing fires'}"
    if pending:
        yield f"          {_named(one, pending, 'is pending')}"
    yield f"the query gives: {describe_samples(values)}"
    yield from map(rule_condition, one.alert.rules)


def _named(one: _Case, states: Sequence[str], what: str) -> str:
    """The severities in these states, each once."""
    names = dict.fromkeys(
        rule.severity for rule in one.alert.rules if any(_is_of(rule.severity, state) for state in states)
    )
    return f"{', '.join(map(severity_name, names))} {what}" if names else ""


def _is_of(severity: str, state: str) -> bool:
    return f"severity={quote_string(severity)}" in state if severity else "severity=" not in state
