"""Dashboards of groups: each alert has the panel that its links lead to, and it shows what the rule asks."""

from __future__ import annotations

import json
from itertools import combinations
from typing import TYPE_CHECKING, Any

import promql_parser
import pytest

from tocsin.plan.model import Alert, Engine, Plan
from tocsin.targets import grafana

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = """
project: {name: tiny, title: Tiny, language: LANGUAGE}
severities:
  critical: {rank: 1, title: Critical, icon: 🔴, receiver: all}
  warning: {rank: 2, title: Warning, icon: 🟡, receiver: all}
receivers: {all: {webhook: [{url: "http://all.example"}]}}
routing: {catch_all: all}
groups:
  only:
    title: Only
    alerts:
"""


def _spec(alerts: str, language: str = "en") -> str:
    indented = "".join(f"      {line}\n" for line in alerts.strip("\n").splitlines())
    return HEAD.replace("LANGUAGE", language) + indented


def _dashboards(plan: Plan) -> dict[str, Any]:
    found = {}
    for file in grafana.emit(plan):
        if file.path.startswith("grafana/dashboards/"):
            dashboard = json.loads(file.content)
            assert file.path == f"grafana/dashboards/{dashboard['uid']}.json"
            found[dashboard["uid"]] = dashboard
    return found


def _panel(plan: Plan, alert: str) -> dict[str, Any]:
    for group in plan.groups:
        for one in group.alerts:
            if one.name == alert:
                panels = _dashboards(plan)[group.dashboard.uid]["panels"]
                (panel,) = (panel for panel in panels if panel["id"] == one.panel.id)
                assert isinstance(panel, dict)
                return panel
    raise AssertionError(alert)


def _alerts(plan: Plan) -> list[Alert]:
    return [alert for group in plan.groups for alert in group.alerts]


def test_there_is_an_overview_and_a_dashboard_for_each_group(shop_plan: Plan) -> None:
    dashboards = _dashboards(shop_plan)
    assert list(dashboards) == ["shop-overview", "shop-checkout", "shop-web"]
    assert {name: one["title"] for name, one in dashboards.items()} == {
        "shop-overview": "Web Shop",
        "shop-checkout": "Web Shop: Checkout",
        "shop-web": "Web Shop: Web servers",
    }


def test_every_alert_has_one_panel_with_its_id_its_title_and_its_query(shop_plan: Plan) -> None:
    dashboards = _dashboards(shop_plan)
    for group in shop_plan.groups:
        panels = dashboards[group.dashboard.uid]["panels"]
        for alert in group.alerts:
            (panel,) = (panel for panel in panels if panel["id"] == alert.panel.id)
            assert (panel["type"], panel["title"]) == ("timeseries", alert.panel.title)
            assert panel["targets"][0]["expr"] == alert.query
            assert panel["fieldConfig"]["defaults"]["unit"] == alert.unit.grafana


def test_the_lines_are_drawn_at_the_numbers_of_the_rules(shop_plan: Plan) -> None:
    for alert in _alerts(shop_plan):
        defaults = _panel(shop_plan, alert.name)["fieldConfig"]["defaults"]
        drawn = [step["value"] for step in defaults["thresholds"]["steps"][1:]]
        assert drawn == sorted(rule.threshold for rule in alert.rules if rule.threshold is not None)
        assert defaults["custom"]["thresholdsStyle"] == {"mode": "line"}


def test_an_axis_reaches_to_every_line(shop_plan: Plan) -> None:
    custom = _panel(shop_plan, "SlowPages")["fieldConfig"]["defaults"]["custom"]
    assert (custom["axisSoftMin"], custom["axisSoftMax"]) == (0.8, 3.0)
    custom = _panel(shop_plan, "ShopDown")["fieldConfig"]["defaults"]["custom"]
    assert (custom["axisSoftMin"], custom["axisSoftMax"]) == (0.0, 1.0)


def test_an_expression_without_a_threshold_has_no_lines(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(_spec("Gone: {summary: s, description: d, expr: absent(up), severity: critical}"))
    defaults = _panel(plan, "Gone")["fieldConfig"]["defaults"]
    assert defaults["custom"]["thresholdsStyle"] == {"mode": "off"}
    assert [step["value"] for step in defaults["thresholds"]["steps"]] == [None]
    assert _panel(plan, "Gone")["targets"][0]["expr"] == "absent(up)"


def test_limits_of_the_axis_and_the_legend_are_the_authors(shop_plan: Plan) -> None:
    slow = _panel(shop_plan, "SlowPages")
    assert slow["fieldConfig"]["defaults"]["min"] == 0
    assert "max" not in slow["fieldConfig"]["defaults"]
    assert slow["targets"][0]["legendFormat"] == "{{shop}}"


def test_a_legend_is_made_of_the_labels_that_tell_instances_apart(shop_plan: Plan) -> None:
    assert _panel(shop_plan, "DiskFull")["targets"][0]["legendFormat"] == "{{instance}} {{mountpoint}}"


def test_without_such_labels_each_datasource_chooses_in_its_own_way(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(
        _spec("""
Metric: {summary: s, description: d, promql: sum(up), thresholds: {critical: {below: 1}}}
Log:
  summary: s
  description: d
  logql: sum(rate({app="a"}[5m]))
  thresholds: {critical: {above: 1}}
""")
    )
    assert _panel(plan, "Metric")["targets"][0]["legendFormat"] == "__auto"
    assert _panel(plan, "Log")["targets"][0]["legendFormat"] == ""


def test_a_panel_shows_when_each_severity_fired(shop_plan: Plan) -> None:
    panel = _panel(shop_plan, "SlowPages")
    band = panel["targets"][1]
    assert band["refId"] == "B"
    assert 'alertname="SlowPages"' in band["expr"]
    assert 'alertstate="firing"' in band["expr"]
    overrides = {
        entry["matcher"]["options"]: entry["properties"] for entry in panel["fieldConfig"]["overrides"]
    }
    assert {"id": "custom.axisPlacement", "value": "hidden"} in overrides["B"]
    colours = [
        next(item["value"]["fixedColor"] for item in overrides[name] if item["id"] == "color")
        for name in ("firing: critical", "firing: warning")
    ]
    assert colours == ["red", "yellow"]


def test_a_log_alert_is_asked_of_loki_and_has_its_log_lines_beside_it(shop_plan: Plan) -> None:
    panels = _dashboards(shop_plan)["shop-checkout"]["panels"]
    metric = _panel(shop_plan, "PaymentDeclined")
    assert metric["datasource"]["uid"] == "-- Mixed --"
    assert [target["datasource"] for target in metric["targets"]] == [
        {"type": "loki", "uid": "${loki_datasource}"},
        {"type": "prometheus", "uid": "${prometheus_datasource}"},
    ]
    assert "remote_write" in metric["description"]
    (logs,) = (panel for panel in panels if panel["type"] == "logs")
    assert logs["datasource"] == {"type": "loki", "uid": "${loki_datasource}"}
    assert logs["targets"][0]["expr"] == '{app="payments"} |= "declined" | json | __error__=""'
    assert logs["gridPos"]["y"] == metric["gridPos"]["y"]
    assert logs["gridPos"]["x"] == metric["gridPos"]["x"] + metric["gridPos"]["w"]


def test_a_log_alert_of_two_selections_has_two_log_panels(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(
        _spec("""
Share:
  summary: s
  description: d
  logql: sum(rate({app="a"} |= "bad" [5m])) / sum(rate({app="a"}[5m]))
  unit: ratio
  thresholds: {critical: {above: 5%}}
""")
    )
    logs = [panel for panel in _dashboards(plan)["tiny-only"]["panels"] if panel["type"] == "logs"]
    assert [panel["title"] for panel in logs] == ["Share: log lines (1)", "Share: log lines (2)"]


def test_panels_tell_in_words_when_the_alert_fires(shop_plan: Plan) -> None:
    assert _panel(shop_plan, "CheckoutErrors")["description"] == (
        "Checkout of ‹shop› fails\n\n"
        "- **🔴 Critical**: above 10 % for 5m\n"
        "- **🟡 Warning**: above 2 % for 10m\n\n"
        "**When data is missing:** Nobody has bought anything for five minutes, or the shop is down."
    )


def test_panels_speak_the_language_of_the_project(plan_of: Callable[[str], Plan]) -> None:
    spec = _spec("Low: {summary: s, description: d, promql: up, thresholds: {critical: {below: 1}}}", "pt-BR")
    assert "abaixo de 1, imediatamente" in _panel(plan_of(spec), "Low")["description"]


def test_panels_lead_to_the_runbook_the_rule_the_query_and_the_silence_form(shop_plan: Plan) -> None:
    for alert in _alerts(shop_plan):
        links = {link["title"]: link["url"] for link in _panel(shop_plan, alert.name)["links"]}
        expected = {
            "Runbook": alert.runbook.page.url,
            "Rule in Prometheus": alert.links.rule,
            "Query": alert.links.query,
            "Silence": alert.links.silence,
        }
        if alert.engine is Engine.LOKI:
            del expected["Rule in Prometheus"]
        assert links == expected


def test_without_addresses_there_are_no_dead_links(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(_spec("Low: {summary: s, description: d, promql: up, thresholds: {critical: {below: 1}}}"))
    assert _panel(plan, "Low")["links"] == []
    links = _dashboards(plan)["tiny-only"]["links"]
    assert [link["title"] for link in links] == ["Overview", "Dashboards"]
    assert links[0]["url"] == "/d/tiny-overview"


_MANY = """
A: {summary: s, description: d, promql: up, thresholds: {critical: {below: 1}}}
B: {summary: s, description: d, logql: 'sum(rate({app="b"}[5m]))', thresholds: {critical: {above: 1}}}
C: {summary: s, description: d, promql: up, thresholds: {critical: {below: 1}}}
D: {summary: s, description: d, promql: up, thresholds: {critical: {below: 1}}}
E: {summary: s, description: d, promql: up, thresholds: {critical: {below: 1}}}
F:
  summary: s
  description: d
  logql: sum(rate({app="f"} |= "bad" [5m])) / sum(rate({app="f"}[5m]))
  thresholds: {critical: {above: 1}}
"""


def test_ids_differ_and_panels_fill_the_grid_without_overlap(
    shop_plan: Plan, plan_of: Callable[[str], Plan]
) -> None:
    for plan in (shop_plan, plan_of(_spec(_MANY))):
        for dashboard in _dashboards(plan).values():
            panels = dashboard["panels"]
            assert len({panel["id"] for panel in panels}) == len(panels)
            assert all(0 < panel["id"] < 2**31 for panel in panels)
            cells = [_cells(panel["gridPos"]) for panel in panels]
            assert not any(one & other for one, other in combinations(cells, 2))
            bottom = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
            assert sum(map(len, cells)) == 24 * bottom


def _cells(place: dict[str, int]) -> set[tuple[int, int]]:
    return {
        (x, y)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    }


def test_another_alert_does_not_change_the_ids_of_log_panels(plan_of: Callable[[str], Plan]) -> None:
    def ids(text: str) -> dict[str, int]:
        panels = _dashboards(plan_of(_spec(text)))["tiny-only"]["panels"]
        return {panel["title"]: panel["id"] for panel in panels}

    before = ids(_MANY)
    fewer = ids("\n".join(line for line in _MANY.splitlines() if not line.startswith(("A:", "B:"))))
    assert fewer == {title: number for title, number in before.items() if title in fewer}
    assert len(fewer) == len(before) - 3


def test_every_panel_has_a_title_a_description_and_a_datasource(shop_plan: Plan) -> None:
    for dashboard in _dashboards(shop_plan).values():
        for panel in dashboard["panels"]:
            assert panel["title"]
            assert panel["description"]
            assert panel["type"] == "text" or (panel["datasource"] and panel["targets"])


def test_every_query_to_prometheus_is_promql(shop_plan: Plan, plan_of: Callable[[str], Plan]) -> None:
    for plan in (shop_plan, plan_of(_spec(_MANY))):
        for dashboard in _dashboards(plan).values():
            for panel in dashboard["panels"]:
                for target in panel.get("targets", []):
                    if target["datasource"]["type"] == "prometheus":
                        promql_parser.parse(target["expr"].replace("$__interval", "1m"))


def test_dashboards_belong_to_their_spec_and_find_each_other(shop_plan: Plan) -> None:
    for dashboard in _dashboards(shop_plan).values():
        assert dashboard["tags"] == ["shop", "tocsin"]
        assert dashboard["editable"] is False
        assert dashboard["id"] is None
        (others,) = (link for link in dashboard["links"] if link["type"] == "dashboards")
        assert others["tags"] == dashboard["tags"]


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_no_text_is_left_unfilled(plan_of: Callable[[str], Plan], language: str) -> None:
    for dashboard in _dashboards(plan_of(_spec(_MANY, language))).values():
        for panel in dashboard["panels"]:
            for text in (panel["title"], panel["description"]):
                assert "{" not in text


def test_two_runs_give_the_same_bytes(shop_plan: Plan) -> None:
    assert list(grafana.emit(shop_plan)) == list(grafana.emit(shop_plan))
