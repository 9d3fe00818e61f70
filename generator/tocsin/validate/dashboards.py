"""The generated dashboards in a real Grafana: are they provisioned, and do their panels' queries run?"""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import yaml

from tocsin.engines.json_api import get, post
from tocsin.engines.loki import loki_of
from tocsin.engines.program import EngineError
from tocsin.engines.promtool import enabling
from tocsin.engines.stack import last_words, wait_until_ready
from tocsin.lang.grafana import interpolated
from tocsin.plan.model import Engine
from tocsin.text.yaml import yaml_text
from tocsin.validate.panels import variable_values
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from tocsin.engines.stack import Running, Stack
    from tocsin.plan.model import Plan

FOLDER = "grafana/"
_PROVISION = 30.0
_PAUSE = 0.5
_EVERY_MINUTE = {"intervalMs": 60_000, "maxDataPoints": 100}
_SETTINGS = """\
[auth.anonymous]
enabled = true
org_role = Admin
[analytics]
reporting_enabled = false
check_for_updates = false
check_for_plugin_updates = false
[log]
mode = console
level = warn
"""


@value_object
class DashboardFaults:
    """What Grafana does not show."""

    alerts: Mapping[str, str]
    """What is wrong with an alert's panel, by the alert's name."""
    others: tuple[str, ...]
    """What is wrong with panels that belong to no alert: those of the overview, log lines, summaries."""


def judge_dashboards(plan: Plan, output: Mapping[str, str], stack: Stack, stage: Path) -> DashboardFaults:
    """Whether Grafana has each dashboard, and runs each query of each panel.

    Prometheus, and Loki where it can be had, run beside it without samples: there a query that is sound
    returns nothing.
    """
    folder = stage / "grafana"
    with ExitStack() as beside:
        prometheus = _prometheus(stack, stage, plan.targets.features)
        beside.callback(stack.stop, prometheus)
        addresses = {"prometheus": prometheus.addresses["http"]}
        if _asks_loki(plan) and "loki" not in stack.missing:
            logs = stage / "loki-dashboards"
            logs.mkdir()
            addresses["loki"] = beside.enter_context(loki_of(stack, logs)).address
        _stage(output, folder, stack.inside(folder), addresses)
        arguments = ["server", f"--homepath={stack.home('grafana')}", "--config=grafana.ini"]
        # Where the program itself stands, nothing can be written.
        paths = {
            "provisioning": "provisioning",
            "data": "data",
            "logs": "data/log",
            "plugins": "data/plugins",
        }
        arguments += [f"cfg:paths.{key}={stack.inside(folder)}/{path}" for key, path in paths.items()]
        running = stack.start("grafana", "grafana", folder, arguments)
        beside.callback(stack.stop, running)
        try:
            wait_until_ready(stack, running, "/api/health")
            return dashboard_faults(running, plan, frozenset(addresses))
        except EngineError as error:
            if not stack.alive(running):
                raise EngineError(f"Grafana stopped:\n{last_words(stack, running)}") from None
            raise error from None


def _asks_loki(plan: Plan) -> bool:
    return any(group.engine is Engine.LOKI for group in plan.rule_groups)


def _prometheus(stack: Stack, stage: Path, features: Collection[str]) -> Running:
    folder = stage / "prometheus-dashboards"
    folder.mkdir()
    (folder / "prometheus.yaml").write_text(yaml_text({"global": {}}), encoding="utf-8")
    arguments = ["--config.file=prometheus.yaml", "--storage.tsdb.path=data", *enabling(features)]
    running = stack.start("prometheus", "prometheus-dashboards", folder, arguments)
    wait_until_ready(stack, running, "/-/ready")
    return running


def _stage(output: Mapping[str, str], folder: Path, inside: str, addresses: Mapping[str, str]) -> None:
    """The generated files, with the datasources' addresses and the dashboards' folder replaced."""
    for path, text in output.items():
        if not path.startswith(FOLDER):
            continue
        target = folder / path.removeprefix(FOLDER)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.startswith(f"{FOLDER}provisioning/"):
            urls = {kind: f"http://{address}" for kind, address in addresses.items()}
            text = yaml_text(provisioning_file(yaml.safe_load(text), inside, urls))
        target.write_text(text, encoding="utf-8")
    (folder / "grafana.ini").write_text(_SETTINGS, encoding="utf-8")


def provisioning_file(value: Any, inside: str, urls: Mapping[str, str]) -> Any:
    """A provisioning file for the folder that Grafana sees, with other addresses of programs, by kind."""
    if "providers" in value:
        providers = [
            {**one, "options": {**one["options"], "path": f"{inside}/dashboards"}}
            for one in value["providers"]
        ]
        return {**value, "providers": providers}
    return {**value, "datasources": [_moved(one, urls) for one in value["datasources"]]}


def _moved(source: Mapping[str, Any], urls: Mapping[str, str]) -> dict[str, Any]:
    moved = {**source, "url": urls.get(source["type"], source["url"])}
    if source["type"] == "loki" and "loki" in urls and "httpHeaderName1" not in source["jsonData"]:
        # The Loki of the stack keeps tenants apart, and refuses a question without one.
        moved["jsonData"] = {**source["jsonData"], "httpHeaderName1": "X-Scope-OrgID"}
        moved["secureJsonData"] = {"httpHeaderValue1": "fake"}
    return moved


def dashboard_faults(running: Running, plan: Plan, engines: frozenset[str]) -> DashboardFaults:
    """What a Grafana says of each dashboard, panel by panel; it is asked for engines that it can reach."""
    alerts: dict[str, str] = {}
    others = list(_dashboard_faults(running, plan.project.overview.uid, {}, alerts, engines))
    for group in plan.groups:
        panels = {alert.panel.id: alert.name for alert in group.alerts}
        others += _dashboard_faults(running, group.dashboard.uid, panels, alerts, engines)
    return DashboardFaults(alerts, tuple(others))


def _dashboard_faults(
    running: Running,
    uid: str,
    names: Mapping[int, str],
    alerts: dict[str, str],
    engines: frozenset[str],
) -> Iterator[str]:
    """The faults of panels that belong to no alert; those of the alerts, by panel, are added to `alerts`."""
    dashboard = _dashboard(running, uid)
    if isinstance(dashboard, str):
        alerts |= dict.fromkeys(names.values(), dashboard)
        if not names:
            yield dashboard
        return
    panels = {panel["id"]: panel for panel in dashboard["panels"]}
    for number, name in names.items():
        if number not in panels:
            alerts[name] = f"Grafana shows no panel {number} on the dashboard {uid}"
    values = variable_values(dashboard)
    for number, panel in panels.items():
        fault = _query_fault(running, panel, values, engines)
        if fault is not None and number in names:
            alerts[names[number]] = fault
        elif fault is not None:
            yield f"the panel `{panel.get('title')}` of the dashboard {uid}: {fault}"


def _dashboard(running: Running, uid: str) -> Any:
    """The dashboard as Grafana has it, or why it has none."""
    end = time.monotonic() + _PROVISION
    while True:
        try:
            return get(f"{running.url}/api/dashboards/uid/{uid}")["dashboard"]
        except EngineError as error:
            if time.monotonic() > end:
                return f"Grafana does not provision the dashboard {uid}: {error}"
        time.sleep(_PAUSE)


def _query_fault(
    running: Running, panel: Mapping[str, Any], values: Mapping[str, str], engines: frozenset[str]
) -> str | None:
    queries = [
        {**target, "datasource": _source(target["datasource"], values), "expr": expr} | _EVERY_MINUTE
        for target in panel.get("targets", ())
        if target.get("datasource", {}).get("type") in engines
        for expr in [interpolated(target["expr"], values)]
    ]
    if not queries:
        return None
    asked = {"queries": queries, "from": "now-1h", "to": "now"}
    try:
        results = post(f"{running.url}/api/ds/query", asked)["results"]
    except EngineError as error:
        return f"Grafana cannot run the panel's query: {error}"
    errors = [result["error"] for result in results.values() if result.get("error")]
    return f"Grafana cannot run the panel's query: {errors[0]}" if errors else None


def _source(source: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    return {"type": source["type"], "uid": interpolated(source["uid"], values)}
