"""Alerts whose rules call them something else than the spec does, and several that are called the same."""

from __future__ import annotations

import json
import re
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
from tocsin.validate.links import judge_opening
from tocsin.validate.rule_names import RuleNames
from tocsin.validate.verdicts import RuleKey, State

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan

BLOAT = "PostgresqlBloatIndexHigh(>80%)"
SPEC = f"""
project:
  name: p
  title: P
  urls:
    runbooks: https://r.example
    grafana: https://g.example
    alertmanager: https://a.example
    prometheus: https://p.example
severities: {{critical: {{rank: 1, title: Critical}}, warning: {{rank: 2, title: Warning}}}}
receivers: {{all: {{webhook: [{{url: "http://hooks.example/all"}}]}}}}
routing:
  catch_all: all
  tests:
    - {{alert: job-down, receivers: [all]}}
    - alert: bloat
      active: [{{alert: job-down, labels: {{job: a}}}}]
      labels: {{job: a}}
      receivers: []
      inhibited_by: job-down
groups:
  databases:
    title: Databases
    alerts:
      job-down:
        name: Job is down 🔥
        summary: "{{{{ $labels.job }}}} is down"
        description: d
        promql: sum by (job) (up)
        thresholds: {{critical: {{below: 1}}, warning: {{below: 2}}}}
        related: [Shared@web]
        tests: [{{series: {{'up{{job="a"}}': "0x5"}}}}]
      bloat:
        name: {BLOAT}
        summary: s
        description: d
        expr: max by (job) (bloat) > 80
        severity: warning
        depends_on: [{{alert: job-down, equal: [job]}}]
      Shared: {{summary: s, description: d, expr: shared > 1, severity: warning}}
  web:
    title: Web
    alerts:
      Shared@web: {{summary: w, description: d, expr: shared_web > 1, severity: warning}}
"""


def _files(plan: Plan) -> dict[str, str]:
    return {file.path: file.content.decode() for target in TARGETS.values() for file in target.emit(plan)}


def _alerts(files: dict[str, str], group: str) -> list[str]:
    [written] = yaml.safe_load(files[f"prometheus/rules/{group}.yaml"])["groups"]
    rules: list[dict[str, Any]] = written["rules"]
    return [rule["alert"] for rule in rules]


def test_rules_have_the_name_and_files_the_key(
    plan_of: Callable[[str], Plan], promtool: Program, tmp_path: Path
) -> None:
    plan = plan_of(SPEC)
    files = _files(plan)
    assert _alerts(files, "databases") == ["Job is down 🔥", "Job is down 🔥", BLOAT, "Shared"]
    assert _alerts(files, "web") == ["Shared"]
    assert {"job-down.md", "bloat.md", "Shared.md", "Shared@web.md"} <= {
        path.removeprefix("runbooks/") for path in files
    }
    paths = []
    for file in prometheus.emit(plan):
        paths.append(tmp_path / file.path.rpartition("/")[2])
        paths[-1].write_bytes(file.content)
    assert check_rules(promtool, paths) is None


def test_people_read_the_name_and_links_find_the_page(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(SPEC)
    files = _files(plan)
    page = files["runbooks/job-down.md"]
    assert "# Job is down 🔥" in page
    assert "[Shared](Shared%40web.md)" in page
    assert "silences/new?filter=%7Balertname%3D%22Job%20is%20down%20%F0%9F%94%A5%22" in page
    assert "](job-down.md)" in files["runbooks/README.md"]
    rules = {rule.annotations["runbook_url"] for group in plan.rule_groups for rule in group.rules}  # type: ignore[union-attr]
    assert "https://r.example/Shared%40web.md" in rules
    verdicts = judge_opening(plan, files, {})
    assert {verdict.state for verdict in verdicts.values()} == {State.PROVEN}
    assert RuleKey("Shared@web", "warning") in verdicts


def test_dashboards_ask_for_the_name(plan_of: Callable[[str], Plan]) -> None:
    dashboard = json.loads(_files(plan_of(SPEC))["grafana/dashboards/p-databases.json"])
    [alerts] = [one["query"] for one in dashboard["templating"]["list"] if one["name"] == "alerts"]
    for name in ("Job is down 🔥", BLOAT, "Shared"):
        assert re.fullmatch(alerts, name), name
    assert not re.fullmatch(alerts, "PostgresqlBloatIndexHigh")
    titles = [panel["title"] for panel in dashboard["panels"]]
    assert f"{BLOAT}: s" in titles


def test_inhibitions_and_routing_tests_mean_the_rules(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(SPEC)
    between = [(one.source[-1].text(), one.target[-1].text()) for one in plan.inhibitions]
    assert ('alertname="Job is down 🔥"', f'alertname="{BLOAT}"') in between
    assert [case.inhibited_by for case in plan.routing_cases] == [None, "Job is down 🔥"]
    assert plan.routing_cases[0].labels["alertname"] == "Job is down 🔥"


def test_an_alert_is_explained_by_either_name(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(SPEC)
    assert explain_alert(plan, "job-down") == explain_alert(plan, "Job is down 🔥")
    assert explain_alert(plan, "job-down")[0][1][0] == "called Job is down 🔥 in its rules"
    assert explain_alert(plan, "Shared@web")[0][0] == "Shared@web"


def test_tests_look_at_the_name(promtool: Program) -> None:
    loaded = load_documents([Document("spec.yaml", SPEC)])
    assert loaded.spec is not None
    plan = build(loaded.spec, loaded.sources).plan
    assert plan is not None
    assert [one.result for one in run_alert_tests(plan, loaded.sources, promtool)] == [Result.PASSED]


def test_what_engines_tell_of_a_name_leads_to_the_alert(plan_of: Callable[[str], Plan]) -> None:
    names = RuleNames(alert for group in plan_of(SPEC).groups for alert in group.alerts)
    assert names.keys("Job is down 🔥", {"severity": "critical"}) == (RuleKey("job-down", "critical"),)
    assert names.keys("Shared", {"severity": "warning"}) == (
        RuleKey("Shared", "warning"),
        RuleKey("Shared@web", "warning"),
    )


@pytest.mark.parametrize("name", ["", " Down", "Down\\nagain"])
def test_a_name_is_one_line(name: str) -> None:
    text = SPEC.replace("name: Job is down 🔥", f'name: "{name}"')
    assert [one.id for one in load_documents([Document("spec.yaml", text)]).diagnostics] != []


def test_one_key_in_two_groups_is_refused_with_the_way_out() -> None:
    loaded = load_documents([Document("spec.yaml", SPEC.replace("Shared@web:", "Shared:"))])
    assert loaded.spec is not None
    [twice] = [
        one for one in build(loaded.spec, loaded.sources).diagnostics if one.id == "spec/defined-twice"
    ]
    assert twice.help is not None
    assert "write `Shared@web` here" in " ".join(twice.help.split())
