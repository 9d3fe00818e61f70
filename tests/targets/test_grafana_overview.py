"""The overview: what fires now, what has fired, and the way to everything else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tocsin.targets import grafana

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan


def _overview(plan: Plan) -> dict[str, Any]:
    path = f"grafana/dashboards/{plan.project.overview.uid}.json"
    (content,) = (file.content for file in grafana.emit(plan) if file.path == path)
    dashboard = json.loads(content)
    assert isinstance(dashboard, dict)
    return dashboard


def _panel(plan: Plan, kind: str, title: str) -> dict[str, Any]:
    (panel,) = (x for x in _overview(plan)["panels"] if (x["type"], x["title"]) == (kind, title))
    assert isinstance(panel, dict)
    return panel


def _properties(panel: dict[str, Any], field: str) -> dict[str, Any]:
    (found,) = (x for x in panel["fieldConfig"]["overrides"] if x["matcher"]["options"] == field)
    return {item["id"]: item["value"] for item in found["properties"]}


def test_each_severity_is_counted_in_its_colour_and_nought_is_calm(shop_plan: Plan) -> None:
    panel = _panel(shop_plan, "stat", "Firing by severity")
    critical, warning = panel["targets"]
    assert critical["expr"] == (
        'count(ALERTS{alertstate="firing", severity="critical", system="shop"}) or vector(0)'
    )
    shown = _properties(panel, warning["refId"])
    assert shown["displayName"] == "🟡 Warning"
    assert [step["color"] for step in shown["thresholds"]["steps"]] == ["green", "yellow"]


def test_only_alerts_with_the_labels_of_all_rules_are_counted(shop_plan: Plan) -> None:
    for panel in _overview(shop_plan)["panels"]:
        for target in panel.get("targets", []):
            assert 'system="shop"' in target["expr"]


def test_without_shared_labels_all_alerts_are_counted(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(
        """
project: {name: tiny, title: Tiny}
severities: {critical: {rank: 1, title: Critical, icon: 🔴, receiver: all}}
receivers: {all: {webhook: [{url: "http://all.example"}]}}
routing: {catch_all: all}
groups:
  only:
    title: Only
    alerts:
      A: {summary: s, description: d, promql: up, thresholds: {critical: {below: 1}}, labels: {zone: a}}
      B: {summary: s, description: d, promql: up, thresholds: {critical: {below: 1}}, labels: {zone: b}}
"""
    )
    (target,) = _panel(plan, "bargauge", "Firing by team")["targets"]
    assert target["expr"] == 'sort_desc(count by (team) (ALERTS{alertstate="firing"}))'


def test_teams_are_called_by_their_titles(shop_plan: Plan) -> None:
    panel = _panel(shop_plan, "bargauge", "Firing by team")
    assert _properties(panel, "payments") == {"displayName": "Payments team"}


def test_the_table_leads_from_an_alerts_name_to_its_runbook_and_to_a_silence(shop_plan: Plan) -> None:
    links = _properties(_panel(shop_plan, "table", "Firing now"), "Alert")["links"]
    urls = {link["title"]: link["url"] for link in links}
    assert urls["Runbook"] == (
        "https://git.shop.example/ops/alerting/blob/main/output/runbooks/${__value.raw}.md"
    )
    alert = shop_plan.groups[0].alerts[0]
    assert urls["Silence"].replace("${__value.raw}", alert.name) == alert.links.silence
    assert urls["Rule in Prometheus"].replace("${__value.raw}", alert.name) == alert.links.rule


def test_the_table_says_since_when(shop_plan: Plan) -> None:
    panel = _panel(shop_plan, "table", "Firing now")
    assert panel["targets"][0]["format"] == "table"
    assert panel["targets"][0]["expr"].startswith('ALERTS_FOR_STATE{system="shop"} * 1000 and')
    assert _properties(panel, "Active since")["unit"] == "dateTimeFromNow"


def test_the_timeline_lets_the_most_urgent_severity_win(shop_plan: Plan) -> None:
    panel = _panel(shop_plan, "state-timeline", "What fired when")
    (mapping,) = panel["fieldConfig"]["defaults"]["mappings"]
    assert {key: (one["text"], one["color"]) for key, one in mapping["options"].items()} == {
        "2": ("🔴 Critical", "red"),
        "1": ("🟡 Warning", "yellow"),
    }


def test_the_overview_leads_to_every_group_to_the_runbooks_and_to_alertmanager(shop_plan: Plan) -> None:
    content = _panel(shop_plan, "text", "Groups")["options"]["content"]
    assert content.splitlines() == [
        "- [Checkout](https://grafana.shop.example/d/shop-checkout) (2 alerts)",
        "- [Web servers](https://grafana.shop.example/d/shop-web) (3 alerts)",
    ]
    urls = {link["title"]: link["url"] for link in _overview(shop_plan)["links"]}
    assert urls["Alertmanager"] == "https://alertmanager.shop.example"
    assert urls["Runbooks"].endswith("/output/runbooks/README.md")


def test_it_says_that_alerts_of_loki_may_be_absent(shop_plan: Plan) -> None:
    assert "ruler.remote_write" in _panel(shop_plan, "table", "Firing now")["description"]
