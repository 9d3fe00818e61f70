"""The files with which Grafana finds the dashboards and their datasources when it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.files import File, text_file
from tocsin.plan.model import Engine
from tocsin.plan.names import SINGLE_TENANT, datasource_uid
from tocsin.targets.heading import generated_heading
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from tocsin.plan.model import Plan

DASHBOARDS_FOLDER = "/var/lib/grafana/dashboards"
"""Where Grafana's own documentation keeps provisioned dashboards; each project has a folder below it."""

_MOUNTS = """\
Mount the files of grafana/provisioning below /etc/grafana/provisioning, and grafana/dashboards at
{folder}."""

_ADDRESSES = """\
The dashboards begin with the datasources of these uids, and any other can be chosen on them. Where Grafana
reaches these programs under other addresses than people do, leave this file out."""


def provide_dashboards(plan: Plan) -> File:
    """The provider of the dashboards' folder."""
    folder = f"{DASHBOARDS_FOLDER}/{plan.project.name}"
    provider = {
        "name": plan.project.name,
        "orgId": 1,
        "folder": _literal(plan.project.folder),
        "type": "file",
        "disableDeletion": False,
        "allowUiUpdates": False,
        "updateIntervalSeconds": 30,
        "options": {"path": folder, "foldersFromFilesStructure": False},
    }
    value = {"apiVersion": 1, "providers": [provider]}
    return text_file(
        f"grafana/provisioning/dashboards/{plan.project.name}.yaml",
        yaml_text(value, heading=_heading(plan, _MOUNTS.format(folder=folder))),
    )


def provide_datasources(plan: Plan) -> File:
    """The datasources that the dashboards ask, and Alertmanager where its address is known."""
    urls = plan.project.urls
    alerting: dict[str, Any] = {"manageAlerts": True}
    alertmanager_uid = datasource_uid(plan.project.name, "alertmanager")
    if urls.alertmanager is not None:
        alerting["alertmanagerUid"] = alertmanager_uid
    prometheus = {"httpMethod": "POST", **alerting}
    url = urls.prometheus or "http://prometheus:9090"
    sources = [_source(plan, "Prometheus", plan.project.prometheus_uid, "prometheus", url, prometheus)]
    if urls.loki is not None or _asks_loki(plan):
        url = urls.loki or "http://loki:3100"
        source = _source(plan, "Loki", plan.project.loki_uid, "loki", url, dict(alerting))
        if tenants := _tenants(plan):
            source["jsonData"]["httpHeaderName1"] = "X-Scope-OrgID"
            source["secureJsonData"] = {"httpHeaderValue1": "|".join(tenants)}
        sources.append(source)
    if urls.alertmanager is not None:
        settings = {"implementation": "prometheus", "handleGrafanaManagedAlerts": False}
        sources.append(
            _source(plan, "Alertmanager", alertmanager_uid, "alertmanager", urls.alertmanager, settings)
        )
    value = {"apiVersion": 1, "datasources": sources}
    return text_file(
        f"grafana/provisioning/datasources/{plan.project.name}.yaml",
        yaml_text(value, heading=_heading(plan, _ADDRESSES)),
    )


def _heading(plan: Plan, advice: str) -> str:
    return f"{generated_heading(plan)}\n{advice}"


def _source(
    plan: Plan, program: str, uid: str, kind: str, url: str, settings: dict[str, Any]
) -> dict[str, Any]:
    """A datasource; Grafana would replace one of the same name, so the project's title is part of it."""
    return {
        "name": _literal(f"{' '.join(plan.project.title.split())}: {program}"),
        "uid": uid,
        "type": kind,
        "access": "proxy",
        "orgId": 1,
        "url": _literal(url),
        "editable": False,
        "jsonData": settings,
    }


def _asks_loki(plan: Plan) -> bool:
    return any(group.engine is Engine.LOKI for group in plan.rule_groups) or any(
        alert.engine is Engine.LOKI or alert.log_queries for group in plan.groups for alert in group.alerts
    )


def _tenants(plan: Plan) -> list[str]:
    """The tenants that Loki has to be asked for; without any it serves a single one and needs no name."""
    named = {group.tenant for group in plan.rule_groups if group.engine is Engine.LOKI and group.tenant}
    return sorted(named) if named != {SINGLE_TENANT} else []


def _literal(text: str) -> str:
    """The text for a provisioning file, where Grafana fills in the environment after a dollar sign."""
    return text.replace("$", "$$")
