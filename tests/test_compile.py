"""The plan of the shop: thresholds, labels, links and references as its spec says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import Alert, Engine, Plan
from tocsin.plan.names import dashboard_uid, panel_ids

if TYPE_CHECKING:
    from collections.abc import Callable


def _alert(plan: Plan, name: str) -> Alert:
    return next(alert for group in plan.groups for alert in group.alerts if alert.name == name)


def test_thresholds_become_rules_the_most_urgent_first(shop_plan: Plan) -> None:
    critical, warning = _alert(shop_plan, "CheckoutErrors").rules
    assert (critical.severity, critical.threshold, critical.threshold_text) == ("critical", 0.1, "10 %")
    assert critical.expr.endswith("sum by (shop) (rate(checkouts_total[5m])) > 0.1")
    assert (critical.for_, critical.keep_firing_for) == ("5m", "10m")
    assert (warning.threshold_text, warning.for_, warning.keep_firing_for) == ("2 %", "10m", None)
    assert warning.labels == {
        "severity": "warning",
        "team": "payments",
        "system": "shop",
        "component": "checkout",
    }


def test_a_complete_expression_gives_its_query_and_threshold(shop_plan: Plan) -> None:
    down = _alert(shop_plan, "ShopDown")
    assert down.query == 'max by (shop) (up{job="web"})'
    assert [(rule.expr, rule.comparison, rule.threshold) for rule in down.rules] == [
        ('max by (shop) (up{job="web"}) == 0', "==", 0.0)
    ]


def test_annotations_lead_to_the_page_and_the_very_panel(shop_plan: Plan) -> None:
    slow = _alert(shop_plan, "SlowPages")
    assert slow.rules[0].annotations["runbook_url"].endswith("/output/runbooks/SlowPages.md")
    url = f"https://grafana.shop.example/d/shop-web?viewPanel={slow.panel.id}"
    assert slow.panel.url == url
    assert slow.rules[0].annotations["dashboard_url"].startswith(url)


def test_an_alert_links_to_its_rule_and_to_a_silence_of_it_where_the_spec_has_addresses(
    shop_plan: Plan,
) -> None:
    slow = _alert(shop_plan, "SlowPages")
    assert slow.links.rule == "https://prometheus.shop.example/alerts?search=SlowPages"
    assert slow.links.silence is not None
    assert slow.links.silence.startswith("https://alertmanager.shop.example/#/silences/new?filter=")


def test_a_log_alert_belongs_to_loki(shop_plan: Plan) -> None:
    declined = _alert(shop_plan, "PaymentDeclined")
    assert declined.engine is Engine.LOKI
    assert declined.log_queries == ('{app="payments"} |= "declined" | json | __error__=""',)
    assert declined.links.rule is None
    assert declined.links.query is not None
    assert declined.links.query.startswith("https://grafana.shop.example/explore?")


def test_inhibitions_agree_in_labels_that_both_sides_carry(shop_plan: Plan) -> None:
    written = [
        ([m.text() for m in one.source], [m.text() for m in one.target], one.equal)
        for one in shop_plan.inhibitions
    ]
    both = 'alertname=~"CheckoutErrors|SlowPages"'
    assert written == [
        (['severity="critical"', both], ['severity="warning"'], ("alertname", "shop")),
        (['alertname="ShopDown"'], ['alertname="CheckoutErrors"'], ("shop",)),
    ]


def test_each_severity_is_told_where_and_how_soon(shop_plan: Plan) -> None:
    told = [
        (one.severity, one.receiver, one.timing.group_wait, one.timing.repeat_interval)
        for one in _alert(shop_plan, "SlowPages").told
    ]
    assert told == [("critical", "on-call", "10s", "30m"), ("warning", "web", "1m", "4h")]
    payments = _alert(shop_plan, "PaymentDeclined").told
    assert [(one.receiver, one.active_time_intervals) for one in payments] == [
        ("payments", ("office-hours",))
    ]


def test_rule_groups_keep_their_order_and_their_engine(shop_plan: Plan) -> None:
    assert [(group.name, group.engine.value, group.file) for group in shop_plan.rule_groups] == [
        ("shop-recordings", "prometheus", "shop.yaml"),
        ("checkout", "prometheus", "checkout.yaml"),
        ("checkout", "loki", "checkout.yaml"),
        ("web", "prometheus", "web.yaml"),
    ]


def test_a_severity_s_timing_holds_inside_a_route_unless_the_route_says_otherwise(
    plan_of: Callable[[str], Plan],
) -> None:
    plan = plan_of(
        """
        project: {name: p, title: P}
        severities:
          critical: {rank: 1, title: C, notify: {group_wait: 0s, repeat_interval: 5m}, receiver: pager}
        receivers: {all: {}, pager: {}, slo: {}}
        routing:
          catch_all: all
          time_intervals: {night: [{times: [{start_time: "00:00", end_time: "06:00"}]}]}
          routes:
            - {matchers: ['type="slo"'], receiver: slo, repeat_interval: 1h, continue: true,
               mute_time_intervals: [night]}
        groups:
          g:
            title: G
            alerts:
              A: {summary: s, description: d, expr: up == 0, severity: critical, labels: {type: slo}}
        """
    )
    slo, pager = _alert(plan, "A").told
    assert (slo.receiver, slo.timing.group_wait, slo.timing.repeat_interval) == ("slo", "0s", "1h")
    assert slo.mute_time_intervals == ("night",)
    assert (pager.receiver, pager.timing.repeat_interval) == ("pager", "5m")


def test_the_time_zone_of_the_project_holds_where_none_is_named(plan_of: Callable[[str], Plan]) -> None:
    spec = """
        project: {name: p, title: P, ZONE}
        severities: {bad: {rank: 1, title: B}}
        receivers: {all: {}}
        routing:
          catch_all: all
          time_intervals:
            night: [{times: [{start_time: "00:00", end_time: "06:00"}]}, {months: [may], location: UTC}]
          tests:
            - {labels: {a: b}, at: 2026-06-01T12:00, receivers: [all]}
            - {labels: {a: b}, at: 2026-06-01T12:00, tz: Asia/Tokyo, receivers: [all]}
        """
    plan = plan_of(spec.replace("ZONE", "timezone: America/Sao_Paulo"))
    (night,) = plan.time_intervals
    assert [period["location"] for period in night.periods] == ["America/Sao_Paulo", "UTC"]
    assert [str(case.at) for case in plan.routing_cases] == [
        "2026-06-01 12:00:00-03:00",
        "2026-06-01 12:00:00+09:00",
    ]
    plain = plan_of(spec.replace(", ZONE", ""))
    assert "location" not in plain.time_intervals[0].periods[0], (
        "Alertmanager takes UTC where nothing is written"
    )
    assert str(plain.routing_cases[0].at) == "2026-06-01 12:00:00+00:00"


def test_another_alert_moves_no_panel() -> None:
    assert panel_ids(["B", "C"]).items() <= panel_ids(["A", "B", "C", "D"]).items()


def test_a_dashboard_s_uid_fits_grafana() -> None:
    assert dashboard_uid("shop", "web") == "shop-web"
    long = dashboard_uid("shop", "x" * 60)
    assert len(long) == 40
    assert dashboard_uid("shop", "a.b") != dashboard_uid("shop", "a-b")
