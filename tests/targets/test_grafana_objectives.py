"""Panels of objectives: what Prometheus answers to them, and that they are about one objective each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tocsin.targets import grafana, runbooks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan

SPEC = """
project: {name: shop, title: Shop, urls: {grafana: "https://grafana.example"}}
severities: {critical: {rank: 1, title: Critical}, warning: {rank: 2, title: Warning}}
receivers: {all: {webhook: [{url: "http://hooks.example/all"}]}}
routing: {catch_all: all}
slos:
  checkout:
    title: Checkouts succeed
    objective: OBJECTIVE
    window: 30d
    ratio:
      bad: sum by (shop) (rate(checkouts_total{result="failed"}[30d]))
      total: sum by (shop) (rate(checkouts_total[30d]))
    burn: {page: critical, ticket: warning}
  pages:
    title: Pages are fast
    objective: 95%
    window: 7d
    latency: {histogram: page_seconds, within: 500ms}
    burn: {page: critical, ticket: warning}
"""


def _plan(plan_of: Callable[[str], Plan], objective: str = "90%") -> Plan:
    return plan_of(SPEC.replace("OBJECTIVE", objective))


def _dashboards(plan: Plan) -> dict[str, dict[str, Any]]:
    files = [file for file in grafana.emit(plan) if file.path.startswith("grafana/dashboards/")]
    return {one["uid"]: one for one in (json.loads(file.content) for file in files)}


def _panels(dashboard: dict[str, Any], title: str) -> list[dict[str, Any]]:
    return [panel for panel in dashboard["panels"] if panel["title"] == title]


def test_each_objective_has_a_row_here_and_on_the_dashboard_of_all(plan_of: Callable[[str], Plan]) -> None:
    found = _dashboards(_plan(plan_of))
    titles = {"Checkouts succeed: 90 % over 30d", "Pages are fast: 95 % over 7d"}
    for uid in ("shop-slos", "shop-slos-overview"):
        rows = {panel["title"] for panel in found[uid]["panels"] if panel["type"] == "row"}
        assert titles <= rows
        numbers = [panel["id"] for panel in found[uid]["panels"]]
        assert len(set(numbers)) == len(numbers)
    assert len({one["title"] for one in found.values()}) == len(found)


@pytest.mark.parametrize("title", ["Error budget left", "Good this month"])
def test_a_budget_of_which_nothing_is_known_has_not_the_colour_of_a_spent_one(
    title: str, plan_of: Callable[[str], Plan]
) -> None:
    panel = _panels(_dashboards(_plan(plan_of))["shop-slos"], title)[0]
    unknown, spent, *_ = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert unknown["value"] is None
    assert (unknown["color"] == "red", spent["color"] == "red") == (False, True)


def test_panels_do_not_cover_each_other(plan_of: Callable[[str], Plan]) -> None:
    for dashboard in _dashboards(_plan(plan_of)).values():
        cells = [
            (x, y)
            for panel in dashboard["panels"]
            for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
            for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
        ]
        assert len(set(cells)) == len(cells)


def test_series_are_called_by_the_groups_of_their_own_objective(plan_of: Callable[[str], Plan]) -> None:
    [checkout, pages] = _panels(_dashboards(_plan(plan_of))["shop-slos"], "Error budget over time")
    assert checkout["targets"][0]["legendFormat"] == "{{shop}}"
    assert pages["targets"][0]["legendFormat"] == "Error budget left"


@pytest.mark.parametrize(
    ("objective", "title", "expected"),
    [
        # Of 100 events a second 4 fail, for ten minutes: 4 % of what 10 % allow.
        ("90%", "Error budget left", {'slo:budget_left:ratio{shop="a", slo="checkout"}': 0.6}),
        ("90%", "Good this month", {'{shop="a", slo="checkout"}': 0.96}),
        ("90%", "What spent the error budget", {'{shop="a", slo="checkout"}': 0.4}),
        (
            "{default: 90%, by: shop, values: {a: 80%}}",
            "What spent the error budget",
            {'{shop="a", slo="checkout"}': 0.2},
        ),
    ],
)
def test_prometheus_answers(
    objective: str,
    title: str,
    expected: dict[str, float],
    plan_of: Callable[[str], Plan],
    promtool: Program,
    tmp_path: Path,
) -> None:
    plan = _plan(plan_of, objective)
    panels = _panels(_dashboards(plan)["shop-slos-overview"], title)
    [expr] = [one["expr"] for panel in panels for one in panel["targets"] if 'slo="checkout"' in one["expr"]]
    expr = expr.replace("$__interval", "30d").replace("$__range", "30d")
    samples = [{"labels": labels, "value": value} for labels, value in expected.items()]
    series = {
        'slo:bad:rate5m{slo="checkout", shop="a"}': "4x10",
        'slo:total:rate5m{slo="checkout", shop="a"}': "100x10",
        'slo:budget_left:ratio{slo="checkout", shop="a"}': "0.6x10",
        'slo:objective:ratio{slo="checkout", shop="a"}': "0.8x10",
        'slo:bad:rate5m{slo="pages"}': "1x10",
        'slo:total:rate5m{slo="pages"}': "1x10",
        'slo:budget_left:ratio{slo="pages"}': "0x10",
    }
    test = {
        "evaluation_interval": "1m",
        "fuzzy_compare": True,
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": one, "values": values} for one, values in series.items()],
                "promql_expr_test": [{"expr": expr, "eval_time": "10m", "exp_samples": samples}],
            }
        ],
    }
    file = tmp_path / "test.yaml"
    file.write_text(yaml.safe_dump(test))
    result = promtool.run(["test", "rules", str(file)])
    assert result.returncode == 0, result.stdout + result.stderr


def test_pages_tell_how_soon_an_outage_is_noticed_and_lead_to_the_budget(
    plan_of: Callable[[str], Plan],
) -> None:
    pages = {file.path: file.content.decode() for file in runbooks.emit(_plan(plan_of))}
    assert "https://grafana.example/d/shop-slos-overview" in pages["runbooks/slos.md"]
    for page in ("runbooks/slos.md", "runbooks/CheckoutBudgetBurn.md"):
        assert "| Critical | 30m and 6h | 60 % | 5 % | 3h36m |" in pages[page]
        assert "| Critical | 5m and 1h | 144 % | 2 % | never |" in pages[page]
    assert "Full outage" not in pages["runbooks/CheckoutBudgetMissing.md"]
