"""Alerts without a severity: no label is written, and people read that there is none."""

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

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan

SPEC = """
project: {name: p, title: P, language: LANGUAGE}
severities: {critical: {rank: 1, title: Critical, receiver: night}, warning: {rank: 2, title: Warning}}
receivers: {all: {webhook: [{url: "http://hooks.example/all"}]}, night: {webhook: [{url: "http://hooks.example/n"}]}}
routing: {catch_all: all}
groups:
  meta:
    title: Meta
    alerts:
      Watchdog:
        summary: Alerting works
        description: It works
        expr: vector(1)
        severity: none
        tests: [{at: 5m, series: {up: 1x5}}]
      Custom: {summary: s, description: d, expr: up == 0, severity: none, labels: {severity: page}}
      Slow:
        summary: s
        description: d
        promql: latency
        per: [instance]
        thresholds: {none: {above: 1}, critical: {above: 5}, warning: {above: 2}}
"""


def _text(language: str = "en") -> str:
    return SPEC.replace("LANGUAGE", language)


def _rules(plan: Plan) -> list[dict[str, Any]]:
    [file] = prometheus.emit(plan)
    [group] = yaml.safe_load(file.content)["groups"]
    rules: list[dict[str, Any]] = group["rules"]
    return rules


def test_no_label_is_written_but_the_one_that_the_author_sets(
    plan_of: Callable[[str], Plan], promtool: Program, tmp_path: Path
) -> None:
    plan = plan_of(_text())
    assert [(rule["alert"], rule.get("labels")) for rule in _rules(plan)] == [
        ("Watchdog", None),
        ("Custom", {"severity": "page"}),
        ("Slow", {"severity": "critical"}),
        ("Slow", {"severity": "warning"}),
        ("Slow", None),
    ]
    for file in prometheus.emit(plan):
        (tmp_path / "rules.yaml").write_bytes(file.content)
    assert check_rules(promtool, [tmp_path / "rules.yaml"]) is None


def test_nothing_inhibits_or_is_inhibited_without_a_severity(plan_of: Callable[[str], Plan]) -> None:
    assert [
        (one.source[0].value, [matcher.text() for matcher in one.target])
        for one in plan_of(_text()).inhibitions
    ] == [("critical", ['severity="warning"'])]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "no severity"), ("de", "ohne Schweregrad"), ("pt-BR", "sem severidade"), ("es", "sin severidad")],
)
def test_people_read_that_there_is_none(language: str, words: str, plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(_text(language))
    files = {file.path: file.content.decode() for target in TARGETS.values() for file in target.emit(plan)}
    assert f"**{words}**" in files["runbooks/Watchdog.md"]
    assert f"### {words}" in files["runbooks/README.md"]
    assert "**page**" in files["runbooks/Custom.md"]
    assert words in files["grafana/dashboards/p-meta.json"]
    assert words in files["grafana/dashboards/p-overview.json"]
    lines = dict(explain_alert(plan, "Watchdog"))
    assert lines["Rules"] == ["no severity: the expression holds for 0s"]
    assert lines["Notified"] == ["no severity: all group_wait 30s, repeat_interval 4h"]


def test_its_tests_run(promtool: Program) -> None:
    loaded = load_documents([Document("spec.yaml", _text())])
    assert loaded.spec is not None
    plan = build(loaded.spec, loaded.sources).plan
    assert plan is not None
    assert [one.result for one in run_alert_tests(plan, loaded.sources, promtool)] == [Result.PASSED]


def test_a_severity_of_that_name_is_one_as_any_other(plan_of: Callable[[str], Plan]) -> None:
    text = _text().replace("severities: {", "severities: {none: {rank: 3, title: None}, ")
    text = text.replace("labels: {severity: page}", "labels: {}")
    assert [rule.labels["severity"] for rule in plan_of(text).groups[0].alerts[0].rules] == ["none"]


def test_the_label_is_still_refused_beside_a_severity() -> None:
    loaded = load_documents(
        [Document("spec.yaml", _text().replace("severity: none, labels", "severity: warning, labels"))]
    )
    assert loaded.spec is not None
    assert [one.id for one in build(loaded.spec, loaded.sources).diagnostics] == ["label/reserved"]
