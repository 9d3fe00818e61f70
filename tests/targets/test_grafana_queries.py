"""How the dashboards ask Prometheus for the alerts of one spec."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from tocsin.plan.model import Rule
from tocsin.targets.grafana.queries import alert_state_selector, fired_alerts, shared_labels

if TYPE_CHECKING:
    from tocsin.plan.model import Plan


def _relabelled(plan: Plan, name: str, value: str) -> Plan:
    """The plan with a label added to all of its alerting rules."""
    groups = tuple(
        dataclasses.replace(
            group,
            rules=tuple(
                dataclasses.replace(rule, labels={**rule.labels, name: value})
                if isinstance(rule, Rule)
                else rule
                for rule in group.rules
            ),
        )
        for group in plan.rule_groups
    )
    return dataclasses.replace(plan, rule_groups=groups)


def test_labels_that_differ_between_rules_do_not_narrow_the_query(shop_plan: Plan) -> None:
    assert shared_labels(shop_plan) == {"system": "shop"}


def test_a_label_that_a_template_fills_in_does_not_narrow_the_query(shop_plan: Plan) -> None:
    assert shared_labels(_relabelled(shop_plan, "host", "{{ $labels.instance }}")) == {"system": "shop"}


def test_the_severity_does_not_narrow_the_query_even_where_there_is_only_one(shop_plan: Plan) -> None:
    assert shared_labels(_relabelled(shop_plan, "severity", "critical")) == {"system": "shop"}


def test_quotes_in_a_label_value_stay_inside_the_matcher() -> None:
    assert alert_state_selector("ALERTS", {"a": 'x"y\\'}) == 'ALERTS{a="x\\"y\\\\"}'


def test_an_alert_that_fired_between_two_steps_is_not_lost() -> None:
    assert fired_alerts({"severity": "critical"}) == (
        '(ALERTS{alertstate="firing", severity="critical"} or '
        'max_over_time(ALERTS{alertstate="firing", severity="critical"}[$__interval]))'
    )
