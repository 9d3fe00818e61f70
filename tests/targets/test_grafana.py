"""Dashboards of groups: each alert has the panel that its links lead to, and it shows what the rule asks."""

from __future__ import annotations

import json
import re
from itertools import combinations
from typing import TYPE_CHECKING, Any

import promql_parser
import pytest

from tocsin.lang.promql.filtering import filtered
from tocsin.plan.model import Alert, Engine, Plan
from tocsin.targets import grafana, sections
from tocsin.targets.grafana.colours import severity_colours
from tocsin.translations import TEXTS

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


def _drawn(panel: dict[str, Any]) -> list[dict[str, Any]]:
    """The panel's targets without its firing periods."""
    return [target for target in panel["targets"] if target["refId"] != "B"]


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
            assert panel["type"] == "timeseries"
            assert panel["title"].startswith(f"{alert.name}: ")
            (drawn,) = _drawn(panel)
            assert drawn["expr"] == filtered(alert.query, alert.filters, lambda x: f'{x}=~"${x}"')[0]
            if alert.unit.kind != "boolean":
                assert panel["fieldConfig"]["defaults"]["unit"] == alert.unit.grafana


def test_further_panels_of_a_group_stand_below_those_of_its_alerts(shop_plan: Plan) -> None:
    panels = _dashboards(shop_plan)["shop-checkout"]["panels"]
    ids = [panel["id"] for panel in panels]
    assert len(set(ids)) == len(ids)
    *alerts, heading, checkouts = sorted(panels, key=lambda panel: panel["gridPos"]["y"])
    assert (heading["type"], checkouts["title"]) == ("row", "Checkouts")
    assert heading["gridPos"]["y"] >= max(one["gridPos"]["y"] + one["gridPos"]["h"] for one in alerts)
    (target,) = checkouts["targets"]
    assert (target["expr"], target["legendFormat"]) == (
        "sum by (shop) (rate(checkouts_total[5m]))",
        "{{shop}}",
    )
    defaults = checkouts["fieldConfig"]["defaults"]
    assert (defaults["unit"], defaults["min"], "max" in defaults) == ("cps", 0, False)


def test_a_title_has_the_words_of_the_summary_or_of_the_author(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(
        _spec("""
A: {summary: "{{ $labels.instance }} is slow", description: d, promql: up, thresholds: {critical: {below: 1}}}
B:
  summary: s
  description: d
  promql: up
  thresholds: {critical: {below: 1}}
  panel: {title: Servers}
C: {summary: C is down, description: d, promql: up, thresholds: {critical: {below: 1}}}
""")
    )
    assert [_panel(plan, name)["title"] for name in "ABC"] == [
        "A: ‹instance› is slow",
        "B: Servers",
        "C is down",
    ]


def test_the_lines_are_drawn_at_the_numbers_of_the_rules(shop_plan: Plan) -> None:
    for alert in _alerts(shop_plan):
        defaults = _panel(shop_plan, alert.name)["fieldConfig"]["defaults"]
        if alert.unit.kind != "boolean":
            drawn = [step["value"] for step in defaults["thresholds"]["steps"][1:]]
            assert drawn == sorted(rule.threshold for rule in alert.rules if rule.threshold is not None)
        assert defaults["custom"]["thresholdsStyle"] == {"mode": "dashed"}


def test_an_axis_begins_at_its_minimum_and_reaches_beyond_every_line(shop_plan: Plan) -> None:
    defaults = _panel(shop_plan, "SlowPages")["fieldConfig"]["defaults"]
    assert defaults["min"] == 0
    # Beside a soft minimum Grafana would not take the hard one for the end of the axis.
    assert "axisSoftMin" not in defaults["custom"]
    assert defaults["custom"]["axisSoftMax"] == pytest.approx(3.15)


@pytest.mark.parametrize(
    ("unit", "threshold", "panel", "least", "most"),
    [
        ("ratio", "{above: 5%}", "{}", 0, 0.0525),
        ("ratio", "{below: 99.9%}", "{maximum: 1}", 0.998, None),
        ("ratio", "{below: 60%}", "{}", 0.2, 0.63),
        ("seconds", "{below: 10}", "{}", 0, 10.5),
        ("celsius", "{below: -10}", "{}", -10.5, -9.5),
        ("count", "{above: 0}", "{}", 0, 1),
    ],
)
def test_an_axis_shows_what_is_well_and_what_is_not(
    plan_of: Callable[[str], Plan], unit: str, threshold: str, panel: str, least: float, most: float | None
) -> None:
    plan = plan_of(
        _spec(
            f"A: {{summary: s, description: d, promql: some_value, unit: {unit}, "
            f"thresholds: {{critical: {threshold}}}, panel: {panel}}}"
        )
    )
    custom = _panel(plan, "A")["fieldConfig"]["defaults"]["custom"]
    assert (custom["axisSoftMin"], custom.get("axisSoftMax")) == (least, most)


@pytest.mark.parametrize(
    ("threshold", "failing"),
    [("{below: 1}", "0"), ("{equals: 0}", "0"), ("{above: 0}", "1"), ("{equals: 1}", "1")],
)
def test_a_truth_is_said_from_the_alert_s_point_of_view(
    plan_of: Callable[[str], Plan], threshold: str, failing: str
) -> None:
    plan = plan_of(
        _spec(
            "A: {summary: s, description: d, promql: some_gate, unit: boolean, "
            f"thresholds: {{critical: {threshold}}}}}"
        )
    )
    panel = _panel(plan, "A")
    defaults = panel["fieldConfig"]["defaults"]
    (mapping,) = defaults["mappings"]
    assert {key: (one["text"], one["color"]) for key, one in mapping["options"].items()} == {
        failing: ("failing", "red"),
        str(1 - int(failing)): ("OK", "green"),
    }
    assert defaults["unit"] == "none"
    # On the healthy value itself the line could not be told from the series.
    assert [step["value"] for step in defaults["thresholds"]["steps"]] == [None, 0.5]
    assert panel["options"]["legend"]["calcs"][1] == ("min" if failing == "0" else "max")


def test_what_fires_low_has_its_least_value_in_the_legend(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(_spec("Low: {summary: s, description: d, promql: x, thresholds: {critical: {below: 1}}}"))
    assert _panel(plan, "Low")["options"]["legend"]["calcs"] == ["lastNotNull", "min"]


def test_limits_of_the_axis_and_the_legend_are_the_authors(shop_plan: Plan) -> None:
    slow = _panel(shop_plan, "SlowPages")
    assert slow["fieldConfig"]["defaults"]["min"] == 0
    assert "max" not in slow["fieldConfig"]["defaults"]
    assert _drawn(slow)[0]["legendFormat"] == "{{shop}}"


def test_a_label_of_which_there_is_one_value_is_not_in_the_legend(shop_plan: Plan) -> None:
    assert _panel(shop_plan, "DiskFull")["targets"][0]["legendFormat"] == "{{instance}}"


@pytest.mark.parametrize(
    ("query", "legend"),
    [
        ("promql: sum(up)", "A"),
        ("logql: 'sum(rate({app=\"a\"}[5m]))'", "A"),
        ("logql: 'sum by (svc) (rate({app=\"a\"}[5m]))'", "{{svc}}"),
        # What every scraped series has, what the alert prints, and what its tests use.
        ("promql: up", "{{instance}}"),
        ("promql: slo:errors:ratio1h", "A"),
        ("promql: up, description: 'on {{ $labels.shard }}'", "{{instance}} {{shard}}"),
        ("promql: up, tests: [{series: {'up{canal=\"a\"}': 1x9}}]", "{{canal}} {{instance}}"),
        ("promql: 'sum by (job, zone) (up{job=\"api\"})'", "{{zone}}"),
    ],
)
def test_series_are_called_by_the_labels_that_tell_them_apart(
    plan_of: Callable[[str], Plan], query: str, legend: str
) -> None:
    described = "" if "description:" in query else "description: d, "
    plan = plan_of(_spec(f"A: {{summary: s, {described}{query}, thresholds: {{critical: {{below: 1}}}}}}"))
    (target,) = _drawn(_panel(plan, "A"))
    assert target["legendFormat"] == legend


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("promql: up, thresholds: {critical: {below: 1}}", "No data: the query returns no series"),
        ("expr: 'kube_pod_evicted', severity: critical", "Nothing meets the condition"),
        (
            "logql: 'sum by (c) (rate({a=\"b\"}[5m]))', thresholds: {critical: {above: 1}}",
            "No log lines match",
        ),
    ],
)
def test_an_empty_panel_says_what_its_emptiness_means(
    plan_of: Callable[[str], Plan], query: str, text: str
) -> None:
    plan = plan_of(_spec(f"A: {{summary: s, description: d, {query}}}"))
    assert _panel(plan, "A")["fieldConfig"]["defaults"]["noValue"] == text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ('sum(count_over_time({a="b"}[5m]))', " or vector(0)"),
        ('sum by () (rate({a="b"}[5m]))', " or vector(0)"),
        # Nobody knows which series are missing.
        ('sum by (c) (rate({a="b"}[5m]))', ""),
        # No lines is not a value of 0.
        ('sum(sum_over_time({a="b"} | json | unwrap took [5m]))', ""),
        ('max(rate({a="b"}[5m]))', ""),
    ],
)
def test_no_log_lines_are_drawn_as_none_instead_of_the_last_that_were_there(
    plan_of: Callable[[str], Plan], query: str, shown: str
) -> None:
    alert = "A: {{summary: s, description: d, logql: '{query}', thresholds: {{critical: {{{limit}: 1}}}}}}"
    plan = plan_of(_spec(alert.format(query=query, limit="above")))
    assert _panel(plan, "A")["targets"][0]["expr"] == query + shown
    # Without lines this rule is silent, and a 0 would say otherwise.
    below = plan_of(_spec(alert.format(query=query, limit="below")))
    assert _panel(below, "A")["targets"][0]["expr"] == query


@pytest.mark.parametrize(
    ("window", "step"), [("5m", None), ("1h", None), ("1d", "30s"), ("7d", "5m"), ("30d", "15m")]
)
def test_a_query_over_a_long_time_is_not_evaluated_at_hundreds_of_steps(
    plan_of: Callable[[str], Plan], window: str, step: str | None
) -> None:
    plan = plan_of(
        _spec(
            f"A: {{summary: s, description: d, promql: 'sum(rate(x_total[{window}]))', "
            "thresholds: {critical: {above: 1}}}"
        )
    )
    drawn, band = _panel(plan, "A")["targets"]
    assert drawn.get("interval") == step
    assert "interval" not in band
    refreshed = _dashboards(plan)["tiny-only"]["refresh"]
    assert refreshed == ("5m" if window.endswith("d") else "1m")


def test_a_panel_shows_when_each_severity_fired(shop_plan: Plan) -> None:
    panel = _panel(shop_plan, "SlowPages")
    band = panel["targets"][-1]
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


def test_firing_periods_do_not_change_the_colours_of_series(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(
        _spec("""
One: {summary: s, description: d, promql: sum(up), thresholds: {critical: {below: 1}}}
Many: {summary: s, description: d, promql: up, thresholds: {critical: {below: 1}}}
""")
    )
    one = _panel(plan, "One")["fieldConfig"]["defaults"]["color"]
    assert one["mode"] == "fixed"
    assert one["fixedColor"] not in severity_colours(plan.severities).values()
    # Grafana gives colours in the order of the series, and there is no firing period most of the time.
    many = _panel(plan, "Many")
    assert many["fieldConfig"]["defaults"]["color"] == {"mode": "palette-classic"}
    assert [target["refId"] for target in many["targets"]] == ["A", "B"]


def test_firing_periods_are_the_first_row_of_the_legend(shop_plan: Plan) -> None:
    panel = _panel(shop_plan, "SlowPages")
    assert (panel["options"]["legend"]["sortBy"], panel["options"]["legend"]["sortDesc"]) == ("Name", False)
    names = [
        item["value"]
        for override in panel["fieldConfig"]["overrides"]
        for item in override["properties"]
        if item["id"] == "displayName"
    ]
    assert names == ["▌ firing: 🔴 Critical", "▌ firing: 🟡 Warning"]


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


def _variables(plan: Plan, uid: str) -> dict[str, Any]:
    return {one["name"]: one for one in _dashboards(plan)[uid]["templating"]["list"]}


def test_a_link_opens_the_panel_with_just_the_instance_that_fired(shop_plan: Plan) -> None:
    alert = next(one for one in _alerts(shop_plan) if one.name == "SlowPages")
    link = alert.rules[0].annotations["dashboard_url"]
    assert (
        link == f"{alert.panel.url}{{{{ with $labels.shop }}}}&var-shop={{{{ . | urlquery }}}}{{{{ end }}}}"
    )
    variable = _variables(shop_plan, "shop-web")["shop"]
    assert (variable["multi"], variable["includeAll"], variable["allValue"]) == (True, True, ".*")
    assert all('shop=~"$shop"' in target["expr"] for target in _panel(shop_plan, "SlowPages")["targets"])


def test_every_variable_that_a_link_sets_is_on_the_dashboard_and_asks_for_its_values(
    shop_plan: Plan,
) -> None:
    for group in shop_plan.groups:
        variables = _variables(shop_plan, group.dashboard.uid)
        for alert in group.alerts:
            for label in re.findall(r"&var-(\w+)=", alert.rules[0].annotations["dashboard_url"]):
                assert variables[label]["definition"].startswith("label_values(")
                assert f'{label}=~"${label}"' in json.dumps(_panel(shop_plan, alert.name)).replace('\\"', '"')


@pytest.mark.parametrize(
    ("alert", "filters"),
    [
        ("promql: up", ("instance", "job")),
        ("promql: 'up{job=\"api\"}'", ("instance",)),
        ("promql: 'sum by (zone) (up)'", ("zone",)),
        ("promql: sum(up)", ()),
        # The rule sets the label to something else: the alert does not have that of the series.
        ("promql: 'sum by (zone, job) (up)', labels: {zone: all}", ("job",)),
        ("promql: 'sum by (alerts) (up)'", ()),
        ("logql: 'sum by (zone) (rate({a=\"b\"}[5m]))'", ()),
    ],
)
def test_a_panel_is_filtered_by_labels_that_its_query_and_its_alert_have(
    plan_of: Callable[[str], Plan], alert: str, filters: tuple[str, ...]
) -> None:
    plan = plan_of(
        _spec(f"A: {{summary: s, description: d, {alert}, thresholds: {{critical: {{below: 1}}}}}}")
    )
    assert _alerts(plan)[0].filters == filters


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


def test_a_group_begins_with_what_fires_of_it(shop_plan: Plan) -> None:
    for group in shop_plan.groups:
        dashboard = _dashboards(shop_plan)[group.dashboard.uid]
        heading, counts, table, alerts, *_ = dashboard["panels"]
        assert [heading["type"], counts["type"], table["type"], alerts["type"]] == [
            "row",
            "stat",
            "table",
            "row",
        ]
        assert (heading["title"], alerts["title"]) == ("Firing now", "Alerts")
        assert all('alertname=~"$alerts"' in target["expr"] for target in counts["targets"])
        assert _variables(shop_plan, group.dashboard.uid)["alerts"]["current"]["value"].split("|") == sorted(
            alert.name for alert in group.alerts
        )


def test_every_panel_of_a_group_shows_when_its_alerts_fired(shop_plan: Plan) -> None:
    built_in, *firing = _dashboards(shop_plan)["shop-web"]["annotations"]["list"]
    assert built_in["builtIn"] == 1
    assert [(one["name"], one["iconColor"]) for one in firing] == [
        ("firing: 🔴 Critical", "red"),
        ("firing: 🟡 Warning", "yellow"),
    ]
    for one in firing:
        assert one["enable"] is True
        assert one["expr"].startswith('max by (alertname) (ALERTS{alertstate="firing", severity="')
        # Releases differ in which of the two they ask.
        assert one["target"]["expr"] == one["expr"]


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
            if panel["type"] == "row":
                continue
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


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_no_text_is_left_unfilled(plan_of: Callable[[str], Plan], language: str) -> None:
    for dashboard in _dashboards(plan_of(_spec(_MANY, language))).values():
        for panel in dashboard["panels"]:
            for text in (panel["title"], panel.get("description", "")):
                assert "{" not in text


def test_two_runs_give_the_same_bytes(shop_plan: Plan) -> None:
    assert list(grafana.emit(shop_plan)) == list(grafana.emit(shop_plan))


def test_several_processes_draw_the_same_dashboards(shop_plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = list(grafana.emit(shop_plan))
    monkeypatch.setattr(grafana, "MUCH", 1)
    monkeypatch.setattr(sections, "useful_processes", lambda *_: 2)
    assert list(grafana.emit(shop_plan)) == alone
