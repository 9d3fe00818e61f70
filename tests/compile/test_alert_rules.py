"""An alert with several rules: one name, one page, and each rule as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tocsin.compile import build
from tocsin.engines.promtool import check_rules
from tocsin.routing.render.explanation import explain_alert
from tocsin.source.document import Document
from tocsin.spec.load import load_documents
from tocsin.targets import TARGETS, prometheus
from tocsin.testing.alert_tests import run_alert_tests
from tocsin.testing.outcome import Result
from tocsin.validate.generated_cases import derived_cases
from tocsin.validate.rule_names import RuleNames
from tocsin.validate.scenarios import scenarios
from tocsin.validate.verdicts import RuleKey, rule_keys

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan

HEAD = """
project: {name: p, title: P, urls: {runbooks: "https://r.example"}}
severities: {critical: {rank: 1, title: Critical}, warning: {rank: 2, title: Warning}}
receivers: {all: {webhook: [{url: "http://hooks.example/all"}]}, night: {webhook: [{url: "http://hooks.example/n"}]}}
routing: {catch_all: all, routes: [{matchers: ['long="6h"'], receiver: night}]}
"""
BURN = (
    HEAD
    + """
groups:
  apiserver:
    title: API server
    alerts:
      Burn:
        summary: The budget burns
        description: It burns
        labels: {component: apiserver}
        for: 1h
        rules:
          - {severity: warning, labels: {long: 1d}, expr: sum(burnrate1d) > 0.03}
          - {severity: critical, for: 2m, labels: {long: 1h}, expr: sum(burnrate1h) > 0.144}
          - severity: critical
            keep_firing_for: 5m
            labels: {long: 6h}
            summary: It burns slowly
            annotations: {hint: "look at {{ $value }}"}
            expr: |
              sum(burnrate6h)
                > 0.06
        tests:
          - {fires: critical, series: {burnrate6h: 1x120}}
"""
)


SPLIT = (
    HEAD
    + """
groups:
  apiserver:
    title: API server
    alerts:
      Burn:
        summary: The budget burns
        description: It burns
        labels: {component: apiserver}
        for: 1h
        unit: ratio
        rules:
          - labels: {long: 1d}
            promql: sum(burnrate1d)
            thresholds: {warning: {above: 3%}}
          - labels: {long: 1h}
            promql: sum(burnrate1h)
            thresholds: {critical: {above: 0.144, for: 2m}}
          - labels: {long: 6h}
            promql: |
              sum(burnrate6h)
            thresholds:
              critical: {above: 6%, keep_firing_for: 5m}
              warning: {above: 5%}
              none: {above: 0.010}
"""
)
WHOLE = (
    SPLIT[: SPLIT.index("        rules:")]
    + """\
        rules:
          - {labels: {long: 1d}, severity: warning, expr: sum(burnrate1d) > 0.03}
          - {labels: {long: 1h}, severity: critical, expr: sum(burnrate1h) > 0.144, for: 2m}
          - {labels: {long: 6h}, severity: critical, expr: sum(burnrate6h) > 0.06, keep_firing_for: 5m}
          - {labels: {long: 6h}, severity: warning, expr: sum(burnrate6h) > 0.05}
          - {labels: {long: 6h}, severity: none, expr: sum(burnrate6h) > 0.010}
"""
)


def _rules(plan: Plan, group: str) -> list[dict[str, Any]]:
    [file] = [file for file in prometheus.emit(plan) if file.path == f"prometheus/rules/{group}.yaml"]
    [written] = yaml.safe_load(file.content)["groups"]
    rules: list[dict[str, Any]] = written["rules"]
    return rules


def test_each_rule_is_written_as_it_stands_in_the_spec_and_in_its_order(
    plan_of: Callable[[str], Plan],
) -> None:
    common = {"description": "It burns", "runbook_url": "https://r.example/Burn.md"}
    texts = {"summary": "The budget burns", **common}
    assert _rules(plan_of(BURN), "apiserver") == [
        {
            "alert": "Burn",
            "expr": "sum(burnrate1d) > 0.03",
            "for": "1h",
            "labels": {"severity": "warning", "component": "apiserver", "long": "1d"},
            "annotations": texts,
        },
        {
            "alert": "Burn",
            "expr": "sum(burnrate1h) > 0.144",
            "for": "2m",
            "labels": {"severity": "critical", "component": "apiserver", "long": "1h"},
            "annotations": texts,
        },
        {
            "alert": "Burn",
            "expr": "sum(burnrate6h)\n  > 0.06",
            "for": "1h",
            "keep_firing_for": "5m",
            "labels": {"severity": "critical", "component": "apiserver", "long": "6h"},
            "annotations": {"summary": "It burns slowly", **common, "hint": "look at {{ $value }}"},
        },
    ]


@pytest.mark.parametrize("which", ["promtool", "promtool_old"])
def test_promtool_takes_the_rules(
    which: str, request: pytest.FixtureRequest, plan_of: Callable[[str], Plan], tmp_path: Path
) -> None:
    promtool: Program = request.getfixturevalue(which)
    for file in prometheus.emit(plan_of(BURN)):
        (tmp_path / "rules.yaml").write_bytes(file.content)
    assert check_rules(promtool, [tmp_path / "rules.yaml"]) is None


def test_rules_of_one_severity_have_names_of_their_own(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(BURN)
    keys = rule_keys(plan)
    assert [key.text for key in keys] == [
        'Burn (critical, long="1h")',
        'Burn (critical, long="6h")',
        "Burn (warning)",
    ]
    names = RuleNames(alert for group in plan.groups for alert in group.alerts)
    sent = {"alertname": "Burn", "severity": "critical", "long": "6h", "component": "apiserver"}
    assert names.keys("Burn", sent) == (keys[1],)
    assert names.keys("Burn", {"severity": "warning", "long": "1d"}) == (keys[2],)
    assert names.keys("Another", {"severity": "warning"}) == (RuleKey("Another", "warning"),)


def test_rules_with_the_same_labels_are_told_apart_by_number(plan_of: Callable[[str], Plan]) -> None:
    text = BURN.replace("long: 6h", "long: 1h")
    assert [key.text for key in rule_keys(plan_of(text))] == [
        "Burn (critical)",
        "Burn (critical, no. 2)",
        "Burn (warning)",
    ]


def test_a_test_of_a_severity_holds_when_one_of_its_rules_fires(promtool: Program) -> None:
    for text, wanted in (
        (BURN, Result.PASSED),
        (BURN.replace("burnrate6h: 1x120", "x: 1x120"), Result.FAILED),
    ):
        loaded = load_documents([Document("spec.yaml", text)])
        assert loaded.spec is not None
        plan = build(loaded.spec, loaded.sources).plan
        assert plan is not None
        assert [one.result for one in run_alert_tests(plan, loaded.sources, promtool)] == [wanted]


def test_each_rule_of_a_severity_gets_samples_of_its_own(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(BURN)
    derived = derived_cases(plan)
    assert {key: [series.partition("{")[0] for series in case.series] for key, case in derived.items()} == {
        key: [f"burnrate{window}"] for key, window in zip(rule_keys(plan), ("1h", "6h", "1d"), strict=True)
    }
    engine = plan.groups[0].alerts[0].engine
    assert {key for one in scenarios(plan, engine, derived) for key in one.keys} == set(rule_keys(plan))


def test_one_page_names_every_rule_its_query_and_who_is_told(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(BURN)
    pages = {file.path: file.content.decode() for file in TARGETS["runbooks"].emit(plan)}
    page = pages["runbooks/Burn.md"]
    assert '| Critical (`long="6h"`) | the expression returns something for 1h' in page
    assert '| Critical | `long="6h"` | `night` |' in page
    assert '| Critical | `long="1h"` | `all` |' in page
    assert 'Critical (`long="6h"`):\n\n```promql\nsum(burnrate6h)\n  > 0.06\n```' in page
    assert "- `warning` is inhibited while `critical` is firing" in page
    dashboards = [file.content.decode() for file in TARGETS["grafana"].emit(plan) if "p-api" in file.path]
    assert all(f'"expr": "sum(burnrate{window})"' in dashboards[0] for window in ("1h", "6h", "1d"))


def test_nobody_reads_of_inhibitions_that_are_not_derived(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(BURN.replace("routing: {", "routing: {derive_inhibitions: false, "))
    pages = {file.path: file.content.decode() for file in TARGETS["runbooks"].emit(plan)}
    assert plan.inhibitions == ()
    assert "is inhibited while" not in pages["runbooks/Burn.md"]
    assert dict(explain_alert(plan, "Burn"))["Inhibited by"] == ["nothing"]
    assert dict(explain_alert(plan_of(BURN), "Burn"))["Inhibited by"] == ["warning by critical"]


def test_a_query_that_all_rules_compare_is_drawn_once_with_its_limits(plan_of: Callable[[str], Plan]) -> None:
    text = BURN
    for window in ("1h", "6h"):
        text = text.replace(f"burnrate{window})", "burnrate1d)")
    [alert] = plan_of(text).groups[0].alerts
    assert alert.query == "sum(burnrate1d)"
    assert [rule.threshold for rule in alert.rules] == [0.144, 0.06, 0.03]


@pytest.mark.parametrize(
    ("wrong", "message", "help_"),
    [
        ("severity: warning", "each of the `rules` has a severity", "take `severity:` away"),
        (
            "thresholds: {warning: {above: 1}}",
            "each of the `rules` has a severity",
            "take `thresholds:` away",
        ),
        ("promql: up", "an alert has one query, here are `promql` and `rules`", "keep one of them"),
    ],
)
def test_what_stands_beside_rules_is_refused(wrong: str, message: str, help_: str) -> None:
    text = BURN.replace("        for: 1h\n", f"        {wrong}\n")
    [found] = load_documents([Document("spec.yaml", text)]).diagnostics
    assert found.message.startswith(message)
    assert found.help is not None
    assert found.help.startswith(help_)


def test_what_is_wrong_in_a_rule_is_told_at_its_place() -> None:
    text = BURN.replace("sum(burnrate1h) >", "sum(burnrate1h >").replace(
        "severity: warning,", "severity: warn,"
    )
    loaded = load_documents([Document("spec.yaml", text)])
    assert loaded.spec is not None
    found = build(loaded.spec, loaded.sources).diagnostics
    assert [(one.id, one.span.line) for one in found if one.span is not None] == [
        ("reference/severity", 17),
        ("spec/promql", 18),
    ]


def _texts(plan: Plan) -> dict[str, str]:
    return {file.path: file.content.decode() for target in TARGETS.values() for file in target.emit(plan)}


def test_a_rule_with_its_threshold_apart_is_the_rule_with_the_whole_condition(
    plan_of: Callable[[str], Plan],
) -> None:
    apart, whole = plan_of(SPLIT), plan_of(WHOLE)
    assert _texts(apart) == _texts(whole)
    assert explain_alert(apart, "Burn") == explain_alert(whole, "Burn")
    assert [(rule["labels"].get("severity"), rule["expr"]) for rule in _rules(apart, "apiserver")] == [
        ("warning", "sum(burnrate1d) > 0.03"),
        ("critical", "sum(burnrate1h) > 0.144"),
        ("critical", "sum(burnrate6h) > 0.06"),
        ("warning", "sum(burnrate6h) > 0.05"),
        (None, "sum(burnrate6h) > 0.010"),
    ]


def test_rules_of_one_query_are_drawn_with_their_limits(plan_of: Callable[[str], Plan]) -> None:
    one = SPLIT.replace("burnrate1d", "burnrate6h").replace("burnrate1h", "burnrate6h")
    [alert] = plan_of(one).groups[0].alerts
    assert (alert.query, [rule.threshold_text for rule in alert.rules]) == (
        "sum(burnrate6h)",
        ["14.4 %", "6 %", "3 %", "5 %", "1 %"],
    )
    [other] = plan_of(SPLIT).groups[0].alerts
    assert {rule.threshold for rule in other.rules} == {None}


def test_a_threshold_of_one_of_several_rules_is_found_where_it_is_written(
    plan_of: Callable[[str], Plan],
) -> None:
    rules = plan_of(SPLIT).groups[0].alerts[0].rules
    at = ("groups", "apiserver", "alerts", "Burn", "rules", 2)
    rule = next(one for one in rules if one.expr.endswith("0.05"))
    assert (rule.written.expr.path, rule.written.name.path) == (
        (*at, "promql"),
        (*at, "thresholds", "warning"),
    )
    assert rule.written.threshold is not None
    assert rule.written.threshold.path == (*at, "thresholds", "warning", "above")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("sum(burnrate1d)", "sum(burnrate1d) > 1", "`promql` already compares"),
        ("promql: sum(burnrate1d)", "expr: sum(burnrate1d)", "takes no `thresholds`"),
        ("promql: sum(burnrate1d)", "severity: warning, promql: up", "stands under its severity already"),
        ("thresholds: {warning: {above: 3%}}", "", "`promql` needs `thresholds`"),
        ("promql: sum(burnrate1d)", "", "the rule has no query"),
        ("above: 3%", "above: 3GiB", "`3GiB`"),
        ("{warning: {above: 3%}}", "{wrning: {above: 3%}}", "there is no severity `wrning`"),
        ("promql: sum(burnrate1d)", "logql: 'sum(rate({app=\"a\"}[5m]))'", "ask one engine"),
        ("promql: sum(burnrate1d)", "promql: up, expr: up == 0", "a rule has one query"),
    ],
)
def test_what_is_wrong_with_a_rule_is_told_where_it_is_written(before: str, after: str, message: str) -> None:
    first = "{labels: {long: 1d}, promql: sum(burnrate1d), thresholds: {warning: {above: 3%}}}"
    start, end = SPLIT.index("labels: {long: 1d}"), SPLIT.index("          - labels: {long: 1h}")
    text = f"{SPLIT[:start]}{first.replace(before, after)}\n{SPLIT[end:]}".replace(", ,", ",")
    loaded = load_documents([Document("spec.yaml", text)])
    found = [*loaded.diagnostics]
    if loaded.spec is not None:
        found = [*build(loaded.spec, loaded.sources).diagnostics]
    [one] = found
    assert message in one.message
    assert one.span is not None
    line = text.splitlines()[one.span.line - 1]
    assert "1d" in line or line.strip() == "rules:"
