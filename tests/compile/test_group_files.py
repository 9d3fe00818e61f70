"""Groups as rule files have them: recordings among alerts, options, names, and files that groups share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tocsin.compile import build
from tocsin.diff.groups import changed_groups
from tocsin.engines.promtool import check_rules, check_tests
from tocsin.plan.model import Rule
from tocsin.plan.query_flows import query_flows
from tocsin.routing.alert_labels import alert_labels
from tocsin.routing.render.explanation import explain_alert
from tocsin.source.document import Document
from tocsin.spec.load import load_documents
from tocsin.targets import TARGETS, loki, prometheus, promtool_tests
from tocsin.testing.alert_tests import run_alert_tests
from tocsin.testing.outcome import Result

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tocsin.diagnostics import Diagnostic
    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan

HEAD = """
project: {name: p, title: P, labels: {system: shop}}
severities: {critical: {rank: 1, title: Critical}, warning: {rank: 2, title: Warning}}
receivers: {all: {webhook: [{url: "http://hooks.example/all"}]}}
routing: {catch_all: all}
"""
SPEC = (
    HEAD
    + """
groups:
  apps:
    title: Apps
    name: Kubernetes apps
    file: kubernetes/apps.yml
    order: 2
    options: {limit: 50, query_offset: 30s, labels: {tier: "1", owner: ops}, OPTIONS}
    labels: {area: apps}
    recordings:
      - {record: "job:errors:rate5m", promql: "sum by (job) (rate(errors_total[5m]))", labels: {kind: five}}
      - {record: "job:late:max", promql: max by (job) (late), after: Errors}
    alerts:
      Errors:
        summary: s
        description: d
        expr: job:errors:rate5m > 5
        severity: warning
        labels: {owner: web}
        tests: [{series: {'errors_total{job="a"}': 0+900x20}}]
      Late: {summary: s, description: d, expr: "job:late:max > 5", severity: warning}
  nodes:
    title: Nodes
    file: kubernetes/apps.yml
    order: 1
    alerts:
      Down:
        summary: s
        description: d
        expr: up == 0
        severity: critical
        tests: [{series: {'up{job="a"}': "0 0 0"}}]
      Noise:
        summary: s
        description: d
        expr: sum(rate({app="a"}[5m])) > 5
        engine: loki
        severity: warning
  recorded:
    title: Recorded
    recordings:
      - {record: "job:up:sum", promql: sum by (job) (up)}
    alerts: {}
"""
)
TEXT = SPEC.replace(", OPTIONS", "")


def _groups(plan: Plan, path: str) -> list[dict[str, Any]]:
    [file] = [file for file in prometheus.emit(plan) if file.path == f"prometheus/rules/{path}"]
    groups: list[dict[str, Any]] = yaml.safe_load(file.content)["groups"]
    return groups


def _wrong(text: str) -> list[Diagnostic]:
    loaded = load_documents([Document("spec.yaml", text)])
    if loaded.spec is None:
        return list(loaded.diagnostics)
    return list(build(loaded.spec, loaded.sources).diagnostics)


def test_groups_share_a_file_in_their_order_with_their_names_and_options(
    plan_of: Callable[[str], Plan],
) -> None:
    nodes, apps = _groups(plan_of(TEXT), "kubernetes/apps.yml")
    assert nodes["name"] == "nodes"
    assert {key: value for key, value in apps.items() if key != "rules"} == {
        "name": "Kubernetes apps",
        "interval": "1m",
        "query_offset": "30s",
        "limit": 50,
        "labels": {"tier": "1", "owner": "ops"},
    }
    [noise] = [file.path for file in loki.emit(plan_of(TEXT))]
    assert noise == "loki/rules/fake/kubernetes/apps.yml"


def test_recordings_stand_before_the_alerts_and_after_the_one_that_they_name(
    plan_of: Callable[[str], Plan],
) -> None:
    _, apps = _groups(plan_of(TEXT), "kubernetes/apps.yml")
    common = {"system": "shop", "area": "apps"}
    assert [(rule.get("record") or rule["alert"], rule["labels"]) for rule in apps["rules"]] == [
        ("job:errors:rate5m", {**common, "kind": "five"}),
        ("Errors", {"severity": "warning", **common, "owner": "web"}),
        ("job:late:max", common),
        ("Late", {"severity": "warning", **common}),
    ]
    assert [group["name"] for group in _groups(plan_of(TEXT), "recorded.yaml")] == ["recorded"]


def test_promtool_takes_the_files_and_finds_the_tests_true(
    plan_of: Callable[[str], Plan], promtool: Program, tmp_path: Path
) -> None:
    plan = plan_of(TEXT)
    paths = []
    for file in (*prometheus.emit(plan), *promtool_tests.emit(plan)):
        paths.append(tmp_path / file.path)
        paths[-1].parent.mkdir(parents=True, exist_ok=True)
        paths[-1].write_bytes(file.content)
    rules = [path for path in paths if "rules" in path.parts]
    tests = [path for path in paths if "tests" in path.parts]
    assert check_rules(promtool, rules) is None
    assert sorted(path.name for path in tests) == [
        "kubernetes--apps.2.test.yaml",
        "kubernetes--apps.test.yaml",
    ]
    assert check_tests(promtool, tests) is None


def test_the_labels_of_options_are_those_of_the_alerts(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(TEXT)
    fixed = {one.rule.alert: one.fixed for one in alert_labels(plan)}
    assert (fixed["Errors"]["tier"], fixed["Errors"]["owner"]) == ("1", "web")
    assert (fixed["Late"]["tier"], fixed["Late"]["owner"]) == ("1", "ops")


def test_the_severity_and_the_team_of_an_alert_are_stronger_than_options(
    plan_of: Callable[[str], Plan],
) -> None:
    text = TEXT.replace('tier: "1"', "severity: page, team: all")
    text = text.replace("area: apps}", "area: apps}\n    team: shop") + "teams: {shop: {title: Shop}}\n"
    text = text.replace(
        'expr: "job:late:max > 5", severity: warning', 'expr: "job:late:max > 5", severity: none'
    )
    rules = {
        rule.alert: rule
        for group in plan_of(text).rule_groups
        for rule in group.rules
        if isinstance(rule, Rule)
    }
    assert (rules["Errors"].labels["severity"], rules["Errors"].labels["team"]) == ("warning", "shop")
    assert (rules["Late"].severity, rules["Late"].labels["severity"]) == ("page", "page")
    _, apps = _groups(plan_of(text), "kubernetes/apps.yml")
    late = next(rule for rule in apps["rules"] if rule.get("alert") == "Late")
    assert "severity" not in late["labels"]


def test_what_a_group_records_is_known_to_all_alerts(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(TEXT.replace("expr: up == 0", "expr: job:late:max > 9"))
    down = next(
        rule
        for group in plan.groups
        for alert in group.alerts
        for rule in alert.rules
        if rule.alert == "Down"
    )
    flow = query_flows(plan).result(down)
    assert flow is not None
    assert "job" in flow.guaranteed or "job" in flow.possible


def test_a_group_that_only_records_has_no_dashboard_and_no_section(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(TEXT)
    files = {file.path: file.content.decode() for target in TARGETS.values() for file in target.emit(plan)}
    assert "grafana/dashboards/p-recorded.json" not in files
    assert "Recorded" not in files["runbooks/README.md"]


def test_options_of_other_systems_are_written_and_tests_run_all_the_same(promtool: Program) -> None:
    options = (
        "partial_response_strategy: warn, source_tenants: [a], remote_write: [{url: 'http://w.example'}]"
    )
    loaded = load_documents([Document("spec.yaml", SPEC.replace("OPTIONS", options))])
    assert loaded.spec is not None, loaded.diagnostics
    plan = build(loaded.spec, loaded.sources).plan
    assert plan is not None
    _, apps = _groups(plan, "kubernetes/apps.yml")
    assert apps["partial_response_strategy"] == "warn"
    assert apps["source_tenants"] == ["a"]
    assert apps["remote_write"] == [{"url": "http://w.example"}]
    results = [one.result for one in run_alert_tests(plan, loaded.sources, promtool)]
    assert results == [Result.PASSED, Result.PASSED]


def test_the_rule_group_is_named_where_an_alert_is_explained(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(TEXT)
    assert explain_alert(plan, "Late")[0][1][1] == (
        "group Kubernetes apps of kubernetes/apps.yml, evaluated by prometheus"
    )
    assert "Group `Kubernetes apps`" in next(
        file.content.decode() for file in TARGETS["runbooks"].emit(plan) if file.path.endswith("/Late.md")
    )


def test_another_option_of_another_system_is_a_change(plan_of: Callable[[str], Plan]) -> None:
    before, after = (
        plan_of(SPEC.replace("OPTIONS", f"source_tenants: [{names}]")) for names in ("a", "a, b")
    )
    [change] = changed_groups(before, after)
    assert (change.group, [(one.what, one.before, one.after) for one in change.details]) == (
        "Kubernetes apps",
        [("source_tenants", "[a]", "[a, b]")],
    )


@pytest.mark.parametrize(
    ("old", "new", "id_", "message"),
    [
        ("file: kubernetes/apps.yml\n    order: 1", "file: ../apps.yml", "spec/name", "not a valid"),
        ("file: kubernetes/apps.yml\n    order: 1", "file: /etc/apps.yml", "spec/name", "not a valid"),
        ("file: kubernetes/apps.yml\n    order: 1", "file: apps.txt", "spec/name", "not a valid"),
        ("file: kubernetes/apps.yml\n    order: 1", "file: aux/apps.yml", "name/not-on-windows", "`aux`"),
        (
            "file: kubernetes/apps.yml\n    order: 1",
            "file: Kubernetes/apps.yml",
            "name/same-file",
            "are one file where the case",
        ),
        ("title: Nodes", "title: Nodes\n    name: Kubernetes apps", "name/same-file", "two rule groups"),
        ("after: Errors", "after: Erors", "reference/alert", "there is no alert `Erors`"),
        ("limit: 50, ", "limit: 50, limitt: 4, ", "spec/unknown-key", "limitt"),
        ('tier: "1"', "alertname: x", "label/reserved", "`alertname` is set by Tocsin"),
        ("order: 2", "limit: 4", "spec/query", "`limit` is set at the group and under `options`"),
    ],
)
def test_what_cannot_be_written_is_told(old: str, new: str, id_: str, message: str) -> None:
    assert old in TEXT
    found = _wrong(TEXT.replace(old, new))
    assert [one.message for one in found if message in one.message], found
    assert id_ in {one.id for one in found} or id_.startswith("spec/")


@pytest.mark.parametrize(
    "setting",
    [
        "remote_write: [{url: 'https://metrics.example', basic_auth: {username: u, password: hunter22}}]",
        "remote_write: [{url: 'https://u:hunter22@metrics.example/write'}]",
        "headers: ['Authorization: Bearer hunter22hunter22hunter22']",
        "params: {token: [hunter22]}",
        "remote_write: [{url: 'https://metrics.example', sigv4: {secretAccessKey: hunter22}}]",
    ],
)
def test_options_hold_no_secrets_and_none_is_repeated(setting: str) -> None:
    found = _wrong(TEXT.replace("limit: 50, ", f"limit: 50, {setting}, "))
    assert ["a secret does not belong in the spec" in one.message for one in found] == [True], found
    assert "hunter22" not in "".join(f"{one.message}{one.help}" for one in found)
    plain = TEXT.replace("limit: 50, ", "limit: 50, remote_write: [{url: 'https://metrics.example/write'}], ")
    assert not _wrong(plain)
