"""Which answers of Prometheus say that the panel of a firing alert shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tocsin.targets import grafana
from tocsin.validate.panels import Panels
from tocsin.validate.verdicts import Fired

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan

SPEC = """
project: {name: p, title: P, urls: {grafana: "https://grafana.example"}}
severities: {critical: {rank: 1, title: Critical}}
receivers: {all: {webhook: [{url: "http://hooks.example/all"}]}}
routing: {catch_all: all}
groups:
  web:
    title: Web
    alerts:
      Lost: {summary: s, description: d, expr: EXPR, severity: critical}
"""
BOTH = "sum(a) > 5 and sum(b) > 1"
EITHER = "sum(a) > 5 or sum(b) > 1"


@pytest.mark.parametrize(
    ("expr", "answered", "is_shown"),
    [
        (BOTH, {"sum(a)": 6, "sum(b)": 2}, True),
        (BOTH, {"sum(b)": 2}, False),
        (EITHER, {"sum(b)": 2}, True),
        (EITHER, {}, False),
    ],
)
def test_the_side_that_holds_has_to_show_it(
    expr: str, answered: dict[str, float], is_shown: bool, plan_of: Callable[[str], Plan]
) -> None:
    plan = plan_of(SPEC.replace("EXPR", f"'{expr}'"))
    files = {file.path: file.content.decode() for file in grafana.emit(plan)}
    [alert] = plan.groups[0].alerts

    def ask(query: str) -> list[Any]:
        if "ALERTS" in query:
            return [{"metric": {}, "value": [0, "1"]}]
        return [{"metric": {}, "value": [0, str(answered[query])]}] if query in answered else []

    fired = Fired({}, {"dashboard_url": alert.rules[0].annotations["dashboard_url"]}, "")
    fault = Panels(files).fault(alert, alert.rules[0], [fired], ask)
    assert (fault is None) == is_shown, fault
