"""Unit tests for promtool: the cases of the alerts on metrics, a file for each rule file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.files import text_file
from tocsin.lang.promql.shape import selected_metrics
from tocsin.lang.strings import quote_string
from tocsin.plan.evaluation import evaluating_groups
from tocsin.plan.model import Engine, Recording
from tocsin.plan.names import rule_file_stem
from tocsin.plan.parts import outline_of, shown_parts
from tocsin.targets.heading import generated_heading
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.files import File
    from tocsin.plan.model import Alert, Case, Plan, Rule, RuleGroup
    from tocsin.result_store import ResultStore

about = "unit tests of the alerts on metrics, for promtool"


def emit(plan: Plan, _store: ResultStore | None = None) -> Iterator[File]:
    """One file for each group whose alerts have cases."""
    tested = [part for part in shown_parts(plan) if part.facts.has_cases]
    if not tested:
        return
    outline = outline_of(plan)
    groups = [group for group in outline.rule_groups if group.engine is Engine.PROMETHEUS]
    heading = generated_heading(plan)
    evaluating = evaluating_groups(outline, Engine.PROMETHEUS)
    tests_of: dict[int, list[dict[str, Any]]] = {}
    for alert in (alert for part in tested for alert in part.group.alerts):
        if alert.name in evaluating:
            tests_of.setdefault(id(evaluating[alert.name]), []).extend(case_tests(alert))
    written: dict[str, int] = {}
    for group in groups:
        if tests := tests_of.get(id(group)):
            value = test_file(group, [f"../rules/{file}" for file in rule_files_of(group, groups)], tests)
            stem = rule_file_stem(group.file)
            written[stem] = written.get(stem, 0) + 1
            name = stem if written[stem] == 1 else f"{stem}.{written[stem]}"
            yield text_file(f"prometheus/tests/{name}.test.yaml", yaml_text(value, heading=heading))


def test_file(group: RuleGroup, rule_files: Sequence[str], tests: Sequence[Any]) -> dict[str, Any]:
    """The value of a test file; the paths of rule files are seen from where it will be."""
    every = {} if group.interval is None else {"evaluation_interval": group.interval}
    return {"rule_files": rule_files, **every, "tests": tests}


def case_tests(alert: Alert, rule: Rule | None = None) -> Iterator[dict[str, Any]]:
    """The entries of the alert's cases in a test file, perhaps of those that say something of one rule only.

    Each looks at `ALERTS`, the series in which Prometheus itself says what is firing.
    """
    only = "" if rule is None else "".join(f", {matcher}" for matcher in _told_by(rule))
    for case in alert.cases:
        if rule is not None and case.has_firing(alert, rule) is None:
            continue
        yield {
            "name": f"{alert.name}: {_title(case)}",
            "interval": case.interval,
            "input_series": [{"series": series, "values": values} for series, values in case.series.items()],
            "promql_expr_test": [
                {
                    "expr": "group by (severity) "
                    f'(ALERTS{{alertname={quote_string(alert.alertname)}, alertstate="firing"{only}}})',
                    "eval_time": case.at,
                    "exp_samples": [
                        {"labels": f"{{severity={quote_string(fires)}}}" if fires else "{}", "value": 1}
                        for fires in case.fires
                        if rule is None or (fires == rule.severity and case.has_firing(alert, rule))
                    ],
                }
            ],
        }


def _told_by(rule: Rule) -> Iterator[str]:
    """Matchers for the alerts of one rule among those of its alert."""
    yield f"severity={quote_string(rule.severity)}"
    for name, value in rule.apart.items():
        if "{{" not in value:
            yield f"{name}={quote_string(value)}"


def _title(case: Case) -> str:
    fires = f"{', '.join(filter(None, case.fires))} fires".lstrip() if case.fires else "quiet"
    return f"{fires}: {case.title}" if case.title else fires


def rule_files_of(group: RuleGroup, groups: Sequence[RuleGroup]) -> list[str]:
    """The group's own rule file and those of the recordings that its rules read, also through others."""
    recorded: dict[str, list[tuple[str, str]]] = {}
    for one in groups:
        for rule in one.rules:
            if isinstance(rule, Recording):
                recorded.setdefault(rule.record, []).append((one.file, rule.expr))
    files = {group.file}
    waiting, seen = [rule.expr for rule in group.rules], set[str]()
    while waiting:
        read = selected_metrics(waiting.pop())
        names = recorded.keys() if read is None else read & recorded.keys()
        for name in names - seen:
            seen.add(name)
            files.update(file for file, _ in recorded[name])
            waiting += [expr for _, expr in recorded[name]]
    return sorted(files)
