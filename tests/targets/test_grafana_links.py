"""Where the overview's table of firing alerts leads, and what it says when nothing can be asked."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from tocsin.targets import grafana

if TYPE_CHECKING:
    from tocsin.plan.model import Plan

RUNBOOKS = "https://git.shop.example/ops/alerting/blob/main/output/runbooks"


def _panels(plan: Plan, kind: str) -> list[dict[str, Any]]:
    path = f"grafana/dashboards/{plan.project.overview.uid}.json"
    (content,) = (file.content for file in grafana.emit(plan) if file.path == path)
    return [panel for panel in json.loads(content)["panels"] if panel["type"] == kind]


def _name_links(plan: Plan) -> list[str]:
    (table,) = _panels(plan, "table")
    properties = [each for override in table["fieldConfig"]["overrides"] for each in override["properties"]]
    (links,) = (each["value"] for each in properties if each["id"] == "links")
    return [link["url"].replace("${__value.raw}", "SlowPages") for link in links]


def test_the_name_of_an_alert_leads_where_the_links_of_its_panel_lead(shop_plan: Plan) -> None:
    alert = next(alert for group in shop_plan.groups for alert in group.alerts if alert.name == "SlowPages")
    assert _name_links(shop_plan)[1:] == [alert.runbook.page.url, alert.links.rule, alert.links.silence]


def test_where_a_page_is_not_called_like_its_alert_the_names_lead_to_the_index(shop_plan: Plan) -> None:
    group = shop_plan.groups[0]
    alert = group.alerts[0]
    page = dataclasses.replace(alert.runbook.page, url=f"{RUNBOOKS}/Other.md")
    odd = dataclasses.replace(alert, runbook=dataclasses.replace(alert.runbook, page=page))
    groups = (dataclasses.replace(group, alerts=(odd, *group.alerts[1:])), *shop_plan.groups[1:])
    assert _name_links(dataclasses.replace(shop_plan, groups=groups))[1] == f"{RUNBOOKS}/README.md"


def test_an_unreachable_prometheus_is_not_shown_as_all_well(shop_plan: Plan) -> None:
    numbers = _panels(shop_plan, "stat")
    assert numbers
    for panel in numbers:
        assert "noValue" not in panel["fieldConfig"]["defaults"]
        assert all(target["expr"].endswith("or vector(0)") for target in panel["targets"])


def test_the_other_dashboards_open_with_the_time_and_the_choices_of_this_one(shop_plan: Plan) -> None:
    found = [
        link
        for file in grafana.emit(shop_plan)
        if file.path.startswith("grafana/dashboards/")
        for link in json.loads(file.content)["links"]
        if link["type"] == "dashboards"
    ]
    assert found
    assert all(link["keepTime"] and link["includeVars"] for link in found)
