"""The whole answer at one moment: receivers, groups, and what keeps them quiet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.matchers import parse_matcher
from tocsin.routing.config import FiringAlert, RoutingConfig, Silence, routing_config
from tocsin.routing.decision import decide

if TYPE_CHECKING:
    from tocsin.plan.model import Plan

MONDAY = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LABELS = {"alertname": "CheckoutErrors", "team": "payments", "severity": "warning", "shop": "a"}


def _table(plan: Plan) -> RoutingConfig:
    table = routing_config(plan)
    assert table is not None
    return table


def test_an_interval_that_does_not_hold_mutes_and_is_named(shop_plan: Plan) -> None:
    table = _table(shop_plan)
    office = decide(table, LABELS, MONDAY)
    night = decide(table, LABELS, MONDAY + timedelta(hours=12))
    assert (office.receivers, office.told, office.muted_by) == (("payments",), ("payments",), ())
    assert (night.receivers, night.told, night.muted_by) == (("payments",), (), ("office-hours",))


def test_a_more_urgent_severity_keeps_the_less_urgent_quiet(shop_plan: Plan) -> None:
    critical = FiringAlert({**LABELS, "severity": "critical"}, MONDAY - timedelta(hours=1))
    verdict = decide(_table(shop_plan), LABELS, MONDAY, [critical])
    assert verdict.told == ()
    assert verdict.inhibited is not None
    assert verdict.inhibited.source is critical
    over = FiringAlert(critical.labels, critical.starts, MONDAY)
    assert decide(_table(shop_plan), LABELS, MONDAY, [over]).inhibited is None


def test_a_silence_holds_from_its_start_until_its_end(shop_plan: Plan) -> None:
    silence = Silence((parse_matcher("shop=a"),), MONDAY, MONDAY + timedelta(hours=1))
    table = _table(shop_plan)
    assert decide(table, LABELS, MONDAY, silences=[silence]).silence is silence
    for minutes in (-1, 60):
        moment = MONDAY + timedelta(minutes=minutes)
        assert decide(table, LABELS, moment, silences=[silence]).silence is None


def test_a_group_has_the_labels_that_the_alert_has(shop_plan: Plan) -> None:
    (notice,) = decide(_table(shop_plan), {"alertname": "A", "team": ""}, MONDAY).notices
    assert notice.group == {"alertname": "A"}
