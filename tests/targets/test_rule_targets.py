"""Rule files for Prometheus and Loki: every rule as the spec says it, in the words of the engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from tocsin.targets import loki, prometheus

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan


def _files(target: Any, plan: Plan) -> dict[str, Any]:
    return {file.path: yaml.safe_load(file.content) for file in target.emit(plan)}


def test_prometheus_gets_a_file_for_each_family_of_groups(shop_plan: Plan) -> None:
    files = _files(prometheus, shop_plan)
    assert list(files) == [f"prometheus/rules/{name}.yaml" for name in ("checkout", "shop", "web")]
    (group,) = files["prometheus/rules/checkout.yaml"]["groups"]
    assert (group["name"], group["interval"]) == ("checkout", "30s")
    assert [rule["labels"]["severity"] for rule in group["rules"]] == ["critical", "warning"]


def test_a_rule_has_all_that_the_spec_says(shop_plan: Plan) -> None:
    files = _files(prometheus, shop_plan)
    rule = files["prometheus/rules/checkout.yaml"]["groups"][0]["rules"][0]
    assert list(rule) == ["alert", "expr", "for", "keep_firing_for", "labels", "annotations"]
    assert (rule["alert"], rule["for"], rule["keep_firing_for"]) == ("CheckoutErrors", "5m", "10m")
    assert rule["expr"] == (
        '# failed against all\nsum by (shop) (rate(checkouts_total{result="failed"}[5m]))\n'
        "  /\nsum by (shop) (rate(checkouts_total[5m])) > 0.1"
    )
    assert rule["labels"] == {
        "severity": "critical",
        "team": "payments",
        "system": "shop",
        "component": "checkout",
    }
    assert list(rule["annotations"]) == ["summary", "description", "runbook_url", "dashboard_url"]


def test_a_query_of_several_lines_stays_readable(shop_plan: Plan) -> None:
    (text,) = (
        file.content.decode() for file in prometheus.emit(shop_plan) if file.path.endswith("checkout.yaml")
    )
    assert "        expr: |-\n          # failed against all\n          sum by (shop)" in text


def test_a_recording_rule_is_written_before_alerts_read_it(shop_plan: Plan) -> None:
    (group,) = _files(prometheus, shop_plan)["prometheus/rules/shop.yaml"]["groups"]
    assert group == {
        "name": "shop-recordings",
        "interval": "1m",
        "rules": [
            {
                "record": "shop:checkouts:rate5m",
                "expr": "sum by (shop) (rate(checkouts_total[5m]))",
                "labels": {"system": "shop"},
            }
        ],
    }


def test_loki_gets_its_rules_by_tenant(shop_plan: Plan) -> None:
    files = _files(loki, shop_plan)
    assert list(files) == ["loki/rules/fake/checkout.yaml"]
    (rule,) = files["loki/rules/fake/checkout.yaml"]["groups"][0]["rules"]
    assert rule["expr"].endswith(") > 0.5")
    assert rule["labels"]["team"] == "payments"


def test_texts_that_yaml_could_misread_arrive_unchanged(plan_of: Callable[[str], Plan]) -> None:
    summary = 'a: "b" #c — 🚨 {{ $value }}% | é'
    plan = plan_of(
        f"""
        project: {{name: p, title: P}}
        severities: {{"yes": {{rank: 1, title: Y}}}}
        receivers: {{all: {{}}}}
        routing: {{catch_all: all}}
        groups:
          g:
            title: G
            alerts:
              Off:
                summary: '{summary}'
                description: "line one\\n\\n  line two\\n"
                expr: 'up{{job="1"}} == 0'
                severity: "yes"
                labels: {{code: "0123", "on": "on"}}
        """
    )
    (rule,) = _files(prometheus, plan)["prometheus/rules/g.yaml"]["groups"][0]["rules"]
    assert rule["annotations"] == {"summary": summary, "description": "line one\n\n  line two\n"}
    assert rule["labels"] == {"severity": "yes", "code": "0123", "on": "on"}
    assert "for" not in rule
