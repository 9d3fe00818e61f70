"""The generated dashboards in a real Grafana: are they provisioned, and do their panels' queries run?"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import yaml

from tocsin.engines.json_api import get, post
from tocsin.engines.program import EngineError
from tocsin.engines.stack import last_words, wait_until_ready
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tocsin.engines.stack import Running, Stack
    from tocsin.plan.model import Alert, Group, Plan

FOLDER = "grafana/"
_PROVISION = 30.0
_PAUSE = 0.5
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


def judge_dashboards(plan: Plan, output: Mapping[str, str], stack: Stack, stage: Path) -> dict[str, str]:
    """What is wrong with an alert's panel in Grafana, by the alert's name.

    Prometheus runs beside it without samples: there a query that is sound returns nothing.
    """
    folder = stage / "grafana"
    prometheus = _prometheus(stack, stage)
    try:
        _stage(output, folder, stack.inside(folder), prometheus)
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
        try:
            wait_until_ready(stack, running, "/api/health")
            return {alert.name: fault for group in plan.groups for alert, fault in _faults(running, group)}
        except EngineError as error:
            if not stack.alive(running):
                raise EngineError(f"Grafana stopped:\n{last_words(stack, running)}") from None
            raise error from None
        finally:
            stack.stop(running)
    finally:
        stack.stop(prometheus)


def _prometheus(stack: Stack, stage: Path) -> Running:
    folder = stage / "prometheus-dashboards"
    folder.mkdir()
    (folder / "prometheus.yaml").write_text(yaml_text({"global": {}}), encoding="utf-8")
    arguments = ["--config.file=prometheus.yaml", "--storage.tsdb.path=data"]
    running = stack.start("prometheus", "prometheus-dashboards", folder, arguments)
    wait_until_ready(stack, running, "/-/ready")
    return running


def _stage(output: Mapping[str, str], folder: Path, inside: str, prometheus: Running) -> None:
    """The generated files, with the datasources' addresses and the dashboards' folder replaced."""
    for path, text in output.items():
        if not path.startswith(FOLDER):
            continue
        target = folder / path.removeprefix(FOLDER)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.startswith(f"{FOLDER}provisioning/"):
            text = yaml_text(
                provisioning_file(yaml.safe_load(text), inside, f"http://{prometheus.addresses['http']}")
            )
        target.write_text(text, encoding="utf-8")
    (folder / "grafana.ini").write_text(_SETTINGS, encoding="utf-8")


def provisioning_file(value: Any, inside: str, prometheus: str) -> Any:
    """A provisioning file for the folder that Grafana sees, with Prometheus at an address of the stack."""
    if "providers" in value:
        providers = [
            {**one, "options": {**one["options"], "path": f"{inside}/dashboards"}}
            for one in value["providers"]
        ]
        return {**value, "providers": providers}
    replaced = [
        {**one, "url": prometheus} if one["type"] == "prometheus" else one for one in value["datasources"]
    ]
    return {**value, "datasources": replaced}


def _faults(running: Running, group: Group) -> Iterator[tuple[Alert, str]]:
    """The alerts of a group whose panels do not work, and why."""
    dashboard = _dashboard(running, group.dashboard.uid)
    panels = {} if isinstance(dashboard, str) else {panel["id"]: panel for panel in dashboard["panels"]}
    for alert in group.alerts:
        if isinstance(dashboard, str):
            yield alert, dashboard
        elif (panel := panels.get(alert.panel.id)) is None:
            yield alert, f"Grafana shows no panel {alert.panel.id} on the dashboard {group.dashboard.uid}"
        elif (fault := _query_fault(running, panel)) is not None:
            yield alert, fault


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


def _query_fault(running: Running, panel: Mapping[str, Any]) -> str | None:
    queries = [
        {**target, "intervalMs": 60_000, "maxDataPoints": 100}
        for target in panel.get("targets", ())
        if target.get("datasource", {}).get("type") == "prometheus"
    ]
    if not queries:
        return None
    try:
        results = post(f"{running.url}/api/ds/query", {"queries": queries, "from": "now-1h", "to": "now"})[
            "results"
        ]
    except EngineError as error:
        return f"Grafana cannot run the panel's query: {error}"
    errors = [result["error"] for result in results.values() if result.get("error")]
    return f"Grafana cannot run the panel's query: {errors[0]}" if errors else None
