"""From the spec to the plan: defaults, references, names and links are settled here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.diagnostics.model import Diagnostic, sort_diagnostics
from tocsin.plan import model
from tocsin.plan.build.alerts import build_alert, with_told
from tocsin.plan.build.allowances import allowances
from tocsin.plan.build.inhibitions import dependencies, inhibitions
from tocsin.plan.build.policy import policy
from tocsin.plan.build.routes import route_tree, time_intervals
from tocsin.plan.build.routing_cases import routing_cases
from tocsin.plan.build.rule_groups import rule_groups
from tocsin.plan.build.runbooks import escalation, procedures, response_targets
from tocsin.plan.build.slos import slos
from tocsin.plan.build.told import teller
from tocsin.plan.links import dashboard_url, urls
from tocsin.plan.names import dashboard_uid, panel_ids
from tocsin.plan.problems import late_problems, problems
from tocsin.source.place import Place
from tocsin.spec.integrations import INTEGRATIONS

if TYPE_CHECKING:
    from tocsin.plan.model import Plan
    from tocsin.source.place import Sources
    from tocsin.spec.model import Spec


@dataclass(frozen=True, slots=True)
class Built:
    """The plan, or None and everything that keeps the spec from becoming one."""

    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]


def build(spec: Spec, sources: Sources) -> Built:
    """The plan of a spec; `sources` are the files that it was read from, for the places of what is wrong."""
    found = list(problems(spec)) or list(late_problems(spec))
    if found:
        return Built(None, sort_diagnostics(problem.located(sources) for problem in found))
    return Built(_plan(spec), ())


def _plan(spec: Spec) -> Plan:
    project = _project(spec)
    root = route_tree(spec)
    told = teller(root)
    depends_on = dependencies(spec)
    groups = []
    for name, written in sorted(spec.groups.items(), key=lambda item: (item[1].order, item[0])):
        uid = dashboard_uid(project.name, name)
        dashboard = model.DashboardRef(
            uid, f"{project.title}: {written.title}", dashboard_url(project.urls, uid)
        )
        ids = panel_ids(written.alerts)
        alerts = []
        for alert_name in written.alerts:
            alert = build_alert(
                spec, project, name, alert_name, dashboard, ids[alert_name], depends_on[alert_name]
            )
            alerts.append(with_told(alert, told(alert)))
        groups.append(model.Group(name, written.title, written.description, dashboard, tuple(alerts)))
    return model.Plan(
        project=project,
        severities=_severities(spec),
        teams=tuple(model.Team(name, team.title, team.contact) for name, team in spec.teams.items()),
        receivers=_receivers(spec),
        route=root,
        time_intervals=time_intervals(spec),
        inhibitions=inhibitions(alert for group in groups for alert in group.alerts),
        groups=tuple(groups),
        rule_groups=rule_groups(spec, groups),
        procedures=procedures(spec, project.urls),
        escalation=escalation(spec),
        policy=None if spec.policy is None else policy(spec.policy),
        allowances=tuple(allowances(spec)),
        routing_cases=tuple(routing_cases(spec, groups)),
        slos=tuple(slos(spec)),
    )


def _project(spec: Spec) -> model.Project:
    project = spec.project
    base = urls(project)
    overview = project.dashboards.overview
    return model.Project(
        name=project.name,
        title=project.title,
        language=project.language,
        urls=base,
        prometheus_uid=project.datasources.prometheus,
        loki_uid=project.datasources.loki,
        folder=project.dashboards.folder or project.title,
        overview=model.DashboardRef(overview, project.title, dashboard_url(base, overview)),
        alertmanager={}
        if project.alertmanager is None
        else project.alertmanager.model_dump(mode="json", by_alias=True, exclude_none=True),
    )


def _severities(spec: Spec) -> tuple[model.Severity, ...]:
    return tuple(
        model.Severity(
            name,
            severity.rank,
            severity.title,
            severity.icon,
            model.Timing(
                severity.notify.group_wait, severity.notify.group_interval, severity.notify.repeat_interval
            ),
            response_targets(severity.respond),
        )
        for name, severity in sorted(spec.severities.items(), key=lambda item: item[1].rank)
    )


def _receivers(spec: Spec) -> tuple[model.Receiver, ...]:
    return tuple(
        model.Receiver(
            name,
            receiver.title,
            tuple(
                (
                    key,
                    tuple(
                        channel.model_dump(mode="json", by_alias=True, exclude_none=True)
                        for channel in getattr(receiver, integration)
                    ),
                )
                for integration, key in INTEGRATIONS.items()
                if getattr(receiver, integration)
            ),
            Place(("receivers", name), key=True),
        )
        for name, receiver in spec.receivers.items()
    )
