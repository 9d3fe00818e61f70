"""How the Loki datasource asks for the tenants whose rules the spec holds."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tocsin.plan.model import Engine
from tocsin.targets import grafana

if TYPE_CHECKING:
    from tocsin.plan.model import Plan


def _loki(plan: Plan, *tenants: str) -> dict[str, Any]:
    """The Loki datasource of the plan with its log rules in each of the tenants."""
    logs = [group for group in plan.rule_groups if group.engine is Engine.LOKI]
    groups = tuple(dataclasses.replace(group, tenant=tenant) for tenant in tenants for group in logs)
    path = "grafana/provisioning/datasources/shop.yaml"
    files = grafana.emit(dataclasses.replace(plan, rule_groups=groups))
    (content,) = (file.content for file in files if file.path == path)
    (loki,) = (source for source in yaml.safe_load(content)["datasources"] if source["type"] == "loki")
    assert isinstance(loki, dict)
    return loki


def test_a_loki_for_everybody_is_asked_for_no_tenant(shop_plan: Plan) -> None:
    loki = _loki(shop_plan, "fake")
    assert "httpHeaderName1" not in loki["jsonData"]
    assert "secureJsonData" not in loki


@pytest.mark.parametrize(("tenants", "header"), [(("web",), "web"), (("web", "app"), "app|web")])
def test_tenants_are_named_in_loki_s_header(shop_plan: Plan, tenants: tuple[str, ...], header: str) -> None:
    loki = _loki(shop_plan, *tenants)
    assert loki["jsonData"]["httpHeaderName1"] == "X-Scope-OrgID"
    assert loki["secureJsonData"] == {"httpHeaderValue1": header}
