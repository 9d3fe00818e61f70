"""Provisioning: Grafana finds the dashboards and the datasources that they ask."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from tocsin.targets import grafana

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan


def _provisioning(plan: Plan, what: str) -> Any:
    path = f"grafana/provisioning/{what}/{plan.project.name}.yaml"
    (content,) = (file.content for file in grafana.emit(plan) if file.path == path)
    return yaml.safe_load(content)


def _dashboards(plan: Plan) -> list[Any]:
    return [
        json.loads(file.content) for file in grafana.emit(plan) if file.path.startswith("grafana/dashboards/")
    ]


def _tiny(project: str) -> str:
    return f"""
project: {project}
severities: {{critical: {{rank: 1, title: Critical, icon: 🔴, receiver: all}}}}
receivers: {{all: {{webhook: [{{url: "http://all.example"}}]}}}}
routing: {{catch_all: all}}
groups:
  only:
    title: Only
    alerts:
      A: {{summary: s, description: d, promql: up, thresholds: {{critical: {{below: 1}}}}}}
"""


def test_dashboards_are_read_from_the_usual_folder_into_the_projects(shop_plan: Plan) -> None:
    (provider,) = _provisioning(shop_plan, "dashboards")["providers"]
    assert (provider["type"], provider["folder"]) == ("file", "Web Shop")
    assert provider["options"]["path"] == "/var/lib/grafana/dashboards/shop"


def test_every_datasource_that_a_dashboard_asks_is_provided(shop_plan: Plan) -> None:
    provided = {(one["type"], one["uid"]) for one in _provisioning(shop_plan, "datasources")["datasources"]}
    chosen = set()
    for dashboard in _dashboards(shop_plan):
        variables = {
            f"${{{one['name']}}}": (one["query"], one["current"]["value"])
            for one in dashboard["templating"]["list"]
            if one["type"] == "datasource"
        }
        asked = {
            (target["datasource"]["type"], target["datasource"]["uid"])
            for panel in dashboard["panels"]
            for target in panel.get("targets", [])
        }
        assert {name for _, name in asked} == set(variables)
        assert all(variables[name][0] == kind for kind, name in asked)
        chosen |= set(variables.values())
    assert chosen == {("prometheus", "shop-prometheus"), ("loki", "shop-loki")}
    assert chosen <= provided


def test_two_projects_can_share_one_grafana(plan_of: Callable[[str], Plan]) -> None:
    one, other = (
        plan_of(_tiny(f"{{name: {name}, title: {name}, urls: {{alertmanager: 'http://am'}}}}"))
        for name in ("one", "other")
    )
    assert not {file.path for file in grafana.emit(one)} & {file.path for file in grafana.emit(other)}
    for key in ("name", "uid"):
        values = [
            {source[key] for source in _provisioning(plan, "datasources")["datasources"]}
            for plan in (one, other)
        ]
        assert not values[0] & values[1]
    folders = [_provisioning(plan, "dashboards")["providers"][0]["options"]["path"] for plan in (one, other)]
    assert folders[0] != folders[1]


def test_alertmanager_is_the_one_of_prometheus(shop_plan: Plan) -> None:
    sources = {one["type"]: one for one in _provisioning(shop_plan, "datasources")["datasources"]}
    assert sources["alertmanager"]["url"] == "https://alertmanager.shop.example"
    assert sources["alertmanager"]["jsonData"]["implementation"] == "prometheus"
    assert sources["prometheus"]["jsonData"]["alertmanagerUid"] == sources["alertmanager"]["uid"]


def test_a_spec_without_logs_and_addresses_has_prometheus_alone(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(_tiny("{name: tiny, title: Tiny, datasources: {prometheus: metrics}}"))
    (source,) = _provisioning(plan, "datasources")["datasources"]
    assert (source["uid"], source["url"]) == ("metrics", "http://prometheus:9090")


def test_a_dollar_sign_is_no_variable_of_the_environment(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(_tiny("{name: tiny, title: Big $HOME}"))
    assert _provisioning(plan, "dashboards")["providers"][0]["folder"] == "Big $$HOME"


def test_choices_are_listed_when_a_dashboard_is_opened_and_those_of_labels_for_the_time_shown(
    shop_plan: Plan,
) -> None:
    # Grafana's VariableRefresh: 0 never, 1 when the dashboard is loaded, 2 whenever the time changes as well.
    listed = {
        (variable["type"], variable["refresh"])
        for dashboard in _dashboards(shop_plan)
        for variable in dashboard["templating"]["list"]
        if "refresh" in variable
    }
    assert listed == {("datasource", 1), ("query", 2)}
