"""What is known of the labels of alerts, and that queries are inferred only where that decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.checks.cases import planned

from tocsin.checks import CHECKS
from tocsin.lang.flow.label_values import ANY, MISSING, single_value
from tocsin.plan.query_flows import QueryFlows
from tocsin.plan_outputs import PlanOutputs
from tocsin.routing.alert_labels import alert_labels

if TYPE_CHECKING:
    from tocsin.lang.flow.label_values import LabelValues
    from tocsin.lang.flow.model import Flow
    from tocsin.plan.model import Recording, Rule

ROUTES = """
route:
  receiver: all
  routes:
    - matchers: [team="web"]
      receiver: web
      routes:
        - {matchers: [severity="critical"], receiver: all}
    - {matchers: [team="db"], receiver: all}
receivers:
  - name: all
    webhook_configs: [{url: "http://hooks.shop.example/all"}]
  - name: web
    webhook_configs: [{url: "http://hooks.shop.example/web"}]
inhibit_rules:
  - source_matchers: [severity="critical"]
    target_matchers: [severity="warning"]
    equal: [alertname, team]
---
- alert: Slow
  expr: latency_seconds > 1
  labels: {severity: warning, team: web}
- alert: Slow
  expr: latency_seconds > 5
  labels: {severity: critical, team: web}
- alert: Full
  expr: sum by (job) (disk_used) > 9
  labels: {severity: warning, team: db}
"""


def test_queries_are_not_inferred_where_rules_set_the_labels_that_routes_ask_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = planned(ROUTES)
    assert made is not None
    asked: list[str] = []
    infer = QueryFlows.result

    def result(facts: QueryFlows, rule: Rule | Recording, *, conventions: bool = False) -> Flow | None:
        asked.append(rule.expr)
        return infer(facts, rule, conventions=conventions)

    monkeypatch.setattr(QueryFlows, "result", result)
    outputs = PlanOutputs(made.plan)
    for check in CHECKS.values():
        if check.run_share is None and check.id != "inhibit/unrelated":
            assert not list(check.run(made.plan, outputs)), check.id
    assert asked == []
    list(CHECKS["inhibit/unrelated"].run(made.plan, outputs))
    assert asked == ["latency_seconds > 5"]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ('up{shop="a"} == 0', MISSING),
        ("sum by (shop) (up) == 0", ANY),
        ("up == 0", ANY),
        ('label_replace(up, "sh\\x6fp", "a", "", "")', MISSING),
    ],
)
def test_a_label_that_some_query_surely_returns_is_added_by_no_server(
    other: str, expected: LabelValues
) -> None:
    made = planned(f"- alert: Full\n  expr: sum by (job) (disk_used) > 9\n- alert: Down\n  expr: '{other}'\n")
    assert made is not None
    full, _ = alert_labels(made.plan)
    assert full.values("shop") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("alertname", single_value("Full")), ("team", single_value("a")), ("cluster", ANY), ("pod", MISSING)],
)
def test_a_label_is_what_the_rule_makes_it(name: str, expected: LabelValues) -> None:
    text = """
- alert: Full
  expr: sum by (squad) (disk_used{squad="a"}) > 9
  labels: {team: "{{ $labels.squad }}"}
"""
    made = planned(text)
    assert made is not None
    (alert,) = alert_labels(made.plan)
    assert alert.values(name) == expected
