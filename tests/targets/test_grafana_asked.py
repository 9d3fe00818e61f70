"""What Prometheus answers to the queries of the overview, with alerts firing and without."""

from __future__ import annotations

import json
import re
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


def _overview(plan: Plan) -> dict[str, Any]:
    path = f"grafana/dashboards/{plan.project.overview.uid}.json"
    (dashboard,) = (json.loads(file.content) for file in grafana.emit(plan) if file.path == path)
    assert isinstance(dashboard, dict)
    return dashboard


def _panels(plan: Plan, kind: str) -> list[dict[str, Any]]:
    return [panel for panel in _overview(plan)["panels"] if panel["type"] == kind]


def _asked(plan: Plan, kind: str) -> list[str]:
    """The queries of the overview's panels of one kind, filled in as Grafana does."""
    dashboard = _overview(plan)
    values = {"alerts": "", "team": ".*", "__interval": "1m"}
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "constant":
            values[variable["name"]] = variable["current"]["value"]
    queries = []
    for panel in _panels(plan, kind):
        for target in panel["targets"]:
            expr = target["expr"]
            for name, value in values.items():
                expr = expr.replace(f"${name}", value)
            queries.append(expr)
    return queries


@pytest.fixture
def answers(promtool: Program, tmp_path: Path) -> Any:
    """Asserts what an expression returns over series that hold for ten minutes, and over others."""

    def judge(
        series: list[str], expr: str, samples: dict[str, float], other: dict[str, str] | None = None
    ) -> None:
        test = {
            "evaluation_interval": "1m",
            "tests": [
                {
                    "interval": "1m",
                    "input_series": [
                        *({"series": one, "values": "1x10"} for one in series),
                        *({"series": one, "values": values} for one, values in (other or {}).items()),
                    ],
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


@pytest.mark.parametrize(
    ("up", "is_known"),
    [("1x10", True), ("1 _x10", False), ("_x10", True)],
    ids=["it ran", "it did not run", "it never has targets"],
)
def test_the_timeline_does_not_say_that_nothing_fired_while_prometheus_did_not_run(
    up: str, is_known: bool, answers: Any, shop_plan: Plan
) -> None:
    (timeline,) = _asked(shop_plan, "state-timeline")
    # promtool knows nothing of the time after the moment that it asks for: here the end lies before it.
    expr = timeline.replace("@ end()", "@ 0")
    answers([], expr, {'{alertname="Nothing fired"}': 0} if is_known else {}, {'up{job="web"}': up})


def test_the_history_has_a_number_for_each_severity_at_any_time(answers: Any, shop_plan: Plan) -> None:
    history = dict(zip(("critical", "warning"), _asked(shop_plan, "timeseries"), strict=True))
    for name, expr in history.items():
        answers([FOREIGN], expr, {f'{{severity="{name}"}}': 0})
        answers([SLOW, DOWN], expr, {f'{{severity="{name}"}}': 1})


def test_the_history_stacks_the_most_urgent_severity_first_and_ends_above_nought(shop_plan: Plan) -> None:
    (history,) = _panels(shop_plan, "timeseries")
    order = re.findall(r"critical|warning", " ".join(one["expr"] for one in history["targets"]))
    assert [*dict.fromkeys(order)] == ["critical", "warning"]
    # Else Grafana draws an axis up to a hundred while nothing has fired.
    assert history["fieldConfig"]["defaults"]["custom"]["axisSoftMax"] == 1


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
