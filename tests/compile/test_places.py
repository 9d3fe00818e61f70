"""Where findings about the rules of an alert point to: what an author has to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan

_SPEC = """
project: {{name: p, title: P{defaults}}}
severities: {{warning: {{rank: 2, title: W}}, critical: {{rank: 1, title: C}}}}
receivers: {{all: {{webhook: [{{url: "http://a.example"}}]}}}}
routing: {{catch_all: all}}
groups: {{g: {{title: G, alerts: {{A: {{summary: s, description: d, promql: sum(up), {alert}}}}}}}}}
"""
_STEPS = "thresholds: {warning: {above: 1}, critical: {above: 2, for: 1m}}"
_DEFAULTS = ", defaults: {for: 3m}"
_IN = ("groups", "g", "alerts", "A")


@pytest.mark.parametrize(
    ("alert", "defaults", "severities", "durations"),
    [
        (
            _STEPS,
            "",
            [("thresholds", "warning"), ("thresholds", "critical")],
            [("thresholds", "warning"), ("thresholds", "critical", "for")],
        ),
        (
            f"{_STEPS}, for: 2m",
            "",
            [("thresholds", "warning"), ("thresholds", "critical")],
            [("for",), ("thresholds", "critical", "for")],
        ),
        ("expr: up == 0, severity: critical", "", [("severity",)], [()]),
        ("expr: up == 0, severity: critical", _DEFAULTS, [("severity",)], [("project", "defaults", "for")]),
    ],
)
def test_the_severity_and_the_duration_of_a_rule_are_where_they_can_be_changed(
    plan_of: Callable[[str], Plan],
    alert: str,
    defaults: str,
    severities: list[tuple[str, ...]],
    durations: list[tuple[str, ...]],
) -> None:
    text = _SPEC.format(alert=alert, defaults=defaults)
    plan = plan_of(text.replace("promql: sum(up), expr", "expr"))
    (group,) = plan.groups
    places = {rule.severity: rule.written for rule in group.alerts[0].rules}
    found = [places[name] for name in ("warning", "critical") if name in places]
    assert [one.labels["severity"].path for one in found] == [(*_IN, *inner) for inner in severities]
    assert [one.for_.path for one in found] == [
        inner if inner[:1] == ("project",) else (*_IN, *inner) for inner in durations
    ]
