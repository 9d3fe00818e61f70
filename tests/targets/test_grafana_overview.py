"""The overview: what fires now, what has fired, and the way to everything else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tocsin.targets import grafana

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan

HEAD = """
project: {name: tiny, title: Tiny}
severities: {critical: {rank: 1, title: Critical, icon: 🔴, receiver: all}}
receivers: {all: {webhook: [{url: "http://all.example"}]}}
routing: {catch_all: all}
"""


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


def _variable(plan: Plan, name: str) -> dict[str, Any]:
    (variable,) = (one for one in _overview(plan)["templating"]["list"] if one["name"] == name)
    assert isinstance(variable, dict)
    return variable


@pytest.fixture
def teams_plan(plan_of: Callable[[str], Plan]) -> Callable[[int], Plan]:
    """A plan in which each of a number of teams owns one alert."""

    def made(number: int) -> Plan:
        teams = "".join(f"  t{n}: {{title: 'Team, {n} : blue'}}\n" for n in range(number))
        alerts = "".join(
            f"      A{n}: {{summary: s, description: d, promql: up, team: t{n}, "
            "thresholds: {critical: {below: 1}}}\n"
            for n in range(number)
        )
        return plan_of(
            f"{HEAD}teams:\n{teams}  unused: {{title: Unused}}\n"
            f"groups:\n  only:\n    title: Only\n    alerts:\n{alerts}"
        )

    return made


def test_each_severity_is_counted_in_its_colour_and_nought_is_calm(shop_plan: Plan) -> None:
    panel = _panel(shop_plan, "stat", "Firing by severity")
    critical, warning = panel["targets"]
    assert critical["expr"] == (
        'count(ALERTS{alertstate="firing", severity="critical", system="shop", alertname=~"$alerts", '
        'team=~"$team"}) or vector(0)'
    )
    shown = _properties(panel, warning["refId"])
    assert shown["displayName"] == "🟡 Warning"
    assert [step["color"] for step in shown["thresholds"]["steps"]] == ["green", "yellow"]


def test_only_alerts_of_this_project_are_asked_for(shop_plan: Plan) -> None:
    alerts = {alert.name for group in shop_plan.groups for alert in group.alerts}
    assert set(_variable(shop_plan, "alerts")["current"]["value"].split("|")) == alerts
    for panel in _overview(shop_plan)["panels"]:
        for target in panel.get("targets", []):
            selectors = target["expr"].count("ALERTS{") + target["expr"].count("ALERTS_FOR_STATE{")
            assert selectors == target["expr"].count('alertname=~"$alerts"')
            assert selectors == target["expr"].count('system="shop"')


def test_a_project_of_one_team_has_no_panel_by_team(teams_plan: Callable[[int], Plan]) -> None:
    overview = _overview(teams_plan(1))
    assert "bargauge" not in {panel["type"] for panel in overview["panels"]}
    assert "team" not in {one["name"] for one in overview["templating"]["list"]}
    assert sum(panel["gridPos"]["w"] for panel in overview["panels"] if panel["gridPos"]["y"] == 0) == 24


def test_each_of_ten_teams_has_a_named_bar_also_while_nothing_fires(
    teams_plan: Callable[[int], Plan],
) -> None:
    plan = teams_plan(10)
    panel = _panel(plan, "bargauge", "Firing by team")
    (target,) = panel["targets"]
    for number in range(10):
        assert f'label_replace(vector(0), "team", "t{number}", "", "")' in target["expr"]
        assert _properties(panel, f"t{number}") == {"displayName": f"Team, {number} : blue"}
    assert "unused" not in target["expr"]
    assert panel["gridPos"]["h"] >= 10


def test_a_team_can_be_chosen_whatever_its_title(teams_plan: Callable[[int], Plan]) -> None:
    variable = _variable(teams_plan(2), "team")
    # Grafana parts the choices at commas, and text from value at a colon between spaces.
    assert variable["query"] == "Team\\, 0: blue : t0,Team\\, 1: blue : t1"
    assert variable["allValue"] == ".*"


def test_the_table_leads_from_an_alerts_name_to_its_runbook_and_to_a_silence(shop_plan: Plan) -> None:
    links = _properties(_panel(shop_plan, "table", "Firing now"), "Alert")["links"]
    urls = {link["title"]: link["url"] for link in links}
    assert urls["Runbook"] == (
        "https://git.shop.example/ops/alerting/blob/main/output/runbooks/${__value.raw}.md"
    )
    # Each row has the uid of its group's dashboard.
    kept = "${__url_time_range}&${prometheus_datasource:queryparam}"
    assert urls["Dashboard"] == f"/d/${{__data.fields.tocsin_dashboard}}?{kept}"
    alert = shop_plan.groups[0].alerts[0]
    assert urls["Silence"].replace("${__value.raw}", alert.name) == alert.links.silence
    assert urls["Rule in Prometheus"].replace("${__value.raw}", alert.name) == alert.links.rule


def test_the_table_lists_the_most_urgent_first_and_says_since_when(shop_plan: Plan) -> None:
    panel = _panel(shop_plan, "table", "Firing now")
    assert panel["targets"][0]["format"] == "table"
    expr = panel["targets"][0]["expr"]
    assert expr.index('severity="critical"') < expr.index('severity="warning"')
    assert expr.count("sort_desc(ALERTS_FOR_STATE{") == 2
    hidden = _properties(panel, "tocsin_dashboard")
    assert hidden == {"custom.hidden": True}
    assert _properties(panel, "Active since")["unit"] == "dateTimeFromNow"


def test_an_empty_cell_of_the_table_does_not_say_that_nothing_fires(shop_plan: Plan) -> None:
    panel = _panel(shop_plan, "table", "Firing now")
    assert panel["fieldConfig"]["defaults"]["noValue"] == "Nothing is firing"
    assert _properties(panel, "/.*/") == {"noValue": "-"}


def test_the_name_of_an_alert_has_the_width_that_it_needs(shop_plan: Plan) -> None:
    longest = max(len(alert.name) for group in shop_plan.groups for alert in group.alerts)
    assert _properties(_panel(shop_plan, "table", "Firing now"), "Alert")["custom.width"] >= 8 * longest


def test_the_timeline_has_a_colour_for_each_severity_and_for_nothing(shop_plan: Plan) -> None:
    panel = _panel(shop_plan, "state-timeline", "What fired when")
    (mapping,) = panel["fieldConfig"]["defaults"]["mappings"]
    assert {key: (one["text"], one["color"]) for key, one in mapping["options"].items()} == {
        "2": ("🔴 Critical", "red"),
        "1": ("🟡 Warning", "yellow"),
        "0": ("Nothing fired", "green"),
    }
    # Grafana puts thresholds in the place of values where they give the colour and values are merged.
    assert panel["options"]["mergeValues"] is True
    assert panel["fieldConfig"]["defaults"]["color"]["mode"] != "thresholds"


def test_the_overview_leads_to_every_group_to_the_runbooks_and_to_alertmanager(shop_plan: Plan) -> None:
    content = _panel(shop_plan, "text", "Groups")["options"]["content"]
    kept = "${__url_time_range}&${prometheus_datasource:queryparam}"
    assert content.splitlines() == [
        f"- [Checkout](https://grafana.shop.example/d/shop-checkout?{kept}) (2 alerts)",
        f"- [Web servers](https://grafana.shop.example/d/shop-web?{kept}) (3 alerts)",
    ]
    urls = {link["title"]: link["url"] for link in _overview(shop_plan)["links"]}
    assert urls["Alertmanager"] == "https://alertmanager.shop.example"
    assert urls["Runbooks"].endswith("/output/runbooks/README.md")


def test_it_says_that_alerts_of_loki_may_be_absent(shop_plan: Plan) -> None:
    assert "ruler.remote_write" in _panel(shop_plan, "table", "Firing now")["description"]
