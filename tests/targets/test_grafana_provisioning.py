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
    path = f"grafana/provisioning/{what}/tocsin.yaml"
    (content,) = (file.content for file in grafana.emit(plan) if file.path == path)
    return yaml.safe_load(content)


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
    assert provider["options"]["path"] == "/var/lib/grafana/dashboards"


def test_every_datasource_that_a_dashboard_asks_is_provided(shop_plan: Plan) -> None:
    provided = {(one["type"], one["uid"]) for one in _provisioning(shop_plan, "datasources")["datasources"]}
    asked = {
        (target["datasource"]["type"], target["datasource"]["uid"])
        for file in grafana.emit(shop_plan)
        if file.path.startswith("grafana/dashboards/")
        for panel in json.loads(file.content)["panels"]
        for target in panel.get("targets", [])
    }
    assert asked == {("prometheus", "prometheus"), ("loki", "loki")}
    assert asked <= provided


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
