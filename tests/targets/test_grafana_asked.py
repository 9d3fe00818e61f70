"""What Prometheus answers to the queries of the overview, with alerts firing and without."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tocsin.targets import grafana

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan

SLOW = (
    'ALERTS{alertname="SlowPages", alertstate="firing", severity="warning", shop="a", '
    'system="shop", team="web"}'
)
DOWN = 'ALERTS{alertname="ShopDown", alertstate="firing", severity="critical", system="shop", team="web"}'
FOREIGN = (
    'ALERTS{alertname="KubePodCrashLooping", alertstate="firing", severity="critical", system="shop", '
    'team="web"}'
)


def _asked(plan: Plan, kind: str) -> list[str]:
    """The queries of the overview's panels of one kind, filled in as Grafana does."""
    path = f"grafana/dashboards/{plan.project.overview.uid}.json"
    (dashboard,) = (json.loads(file.content) for file in grafana.emit(plan) if file.path == path)
    values = {"alerts": "", "team": ".*", "__interval": "1m"}
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "constant":
            values[variable["name"]] = variable["current"]["value"]
    queries = []
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()) if panel["type"] == kind else ():
            expr = target["expr"]
            for name, value in values.items():
                expr = expr.replace(f"${name}", value)
            queries.append(expr)
    return queries


@pytest.fixture
def answers(promtool: Program, tmp_path: Path) -> Any:
    """Asserts what an expression returns over series that hold for ten minutes."""

    def judge(series: list[str], expr: str, samples: dict[str, float]) -> None:
        test = {
            "evaluation_interval": "1m",
            "tests": [
                {
                    "interval": "1m",
                    "input_series": [{"series": one, "values": "1x10"} for one in series],
                    "promql_expr_test": [
                        {
                            "expr": expr,
                            "eval_time": "5m",
                            "exp_samples": [
                                {"labels": labels, "value": value} for labels, value in samples.items()
                            ],
                        }
                    ],
                }
            ],
        }
        file = tmp_path / "test.yaml"
        file.write_text(json.dumps(test), encoding="utf-8")
        done = promtool.run(["test", "rules", str(file)])
        assert done.returncode == 0, done.stdout + done.stderr

    return judge


def test_alerts_of_others_are_not_counted(answers: Any, shop_plan: Plan) -> None:
    critical, warning, pending = _asked(shop_plan, "stat")
    answers([SLOW, FOREIGN], critical, {"{}": 0})
    answers([SLOW, DOWN, FOREIGN], critical, {"{}": 1})
    answers([SLOW, FOREIGN], warning, {"{}": 1})
    answers([SLOW, FOREIGN], pending, {"{}": 0})


def test_a_team_for_which_nothing_fires_has_nought(answers: Any, shop_plan: Plan) -> None:
    (by_team,) = _asked(shop_plan, "bargauge")
    answers([FOREIGN], by_team, {'{team="web"}': 0, '{team="payments"}': 0})
    answers([SLOW, DOWN], by_team, {'{team="web"}': 2, '{team="payments"}': 0})


def test_the_timeline_has_the_most_urgent_severity_of_each_alert(answers: Any, shop_plan: Plan) -> None:
    (timeline,) = _asked(shop_plan, "state-timeline")
    urgent = SLOW.replace("warning", "critical").replace('shop="a"', 'shop="b"')
    answers([SLOW], timeline, {'{alertname="SlowPages"}': 1})
    answers([SLOW, urgent, DOWN], timeline, {'{alertname="SlowPages"}': 2, '{alertname="ShopDown"}': 2})


def test_the_timeline_has_a_row_while_nothing_fires(answers: Any, shop_plan: Plan) -> None:
    (timeline,) = _asked(shop_plan, "state-timeline")
    answers([FOREIGN], timeline, {'{alertname="Nothing fired"}': 0})


def test_the_history_has_a_number_for_each_severity_at_any_time(answers: Any, shop_plan: Plan) -> None:
    (history,) = _asked(shop_plan, "timeseries")
    answers([FOREIGN], history, {'{severity="critical"}': 0, '{severity="warning"}': 0})
    answers([SLOW, DOWN], history, {'{severity="critical"}': 1, '{severity="warning"}': 1})


def test_the_table_has_a_row_for_each_alert_that_fires(answers: Any, shop_plan: Plan) -> None:
    (table,) = _asked(shop_plan, "table")
    labels = {
        one: one.replace('alertstate="firing", ', "").replace("ALERTS", "ALERTS_FOR_STATE")
        for one in (SLOW, DOWN, FOREIGN)
    }
    answers(
        [SLOW, DOWN, FOREIGN, *labels.values()],
        table,
        {
            labels[one].removeprefix("ALERTS_FOR_STATE").replace("}", ', tocsin_dashboard="shop-web"}'): 1000
            for one in (SLOW, DOWN)
        },
    )
