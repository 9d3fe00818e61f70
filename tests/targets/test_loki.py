"""Loki's rule files: one folder for each tenant, in the shape of Prometheus' rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import yaml

from tocsin.plan.model import Engine
from tocsin.targets import loki

if TYPE_CHECKING:
    from tocsin.plan.model import Plan


def test_a_log_alert_is_a_rule_in_its_tenants_folder(shop_plan: Plan) -> None:
    (file,) = loki.emit(shop_plan)
    assert file.path == "loki/rules/fake/checkout.yaml"
    (group,) = yaml.safe_load(file.content)["groups"]
    assert (group["name"], group["interval"]) == ("checkout", "30s")
    (rule,) = group["rules"]
    assert rule["alert"] == "PaymentDeclined"
    assert rule["expr"].startswith('sum by (provider) (\n  rate({app="payments"} |= "declined" | json')
    assert rule["expr"].endswith(") > 0.5")
    assert rule["for"] == "5m"
    assert rule["labels"] == {"severity": "warning", "team": "payments", "system": "shop"}
    assert rule["annotations"]["description"] == "{{ $value | humanize }} payments a second are declined."


def test_tenants_with_a_group_of_one_name_have_two_files(shop_plan: Plan) -> None:
    (group,) = (group for group in shop_plan.rule_groups if group.engine is Engine.LOKI)
    plan = replace(shop_plan, rule_groups=(replace(group, tenant="a"), replace(group, tenant="b")))
    assert [file.path for file in loki.emit(plan)] == [
        "loki/rules/a/checkout.yaml",
        "loki/rules/b/checkout.yaml",
    ]


def test_there_is_no_file_without_log_rules(shop_plan: Plan) -> None:
    metrics = tuple(group for group in shop_plan.rule_groups if group.engine is Engine.PROMETHEUS)
    assert list(loki.emit(replace(shop_plan, rule_groups=metrics))) == []
