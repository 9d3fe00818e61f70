"""What each group of a spec gives to the plan, apart from all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.frozen import frozen
from tocsin.plan import model
from tocsin.plan.build.alerts import build_alert
from tocsin.plan.build.allowances import allowances_in_group
from tocsin.plan.build.inhibitions import dependencies
from tocsin.plan.build.routes import route_tree
from tocsin.plan.build.rule_groups import alerting_groups
from tocsin.plan.build.told import teller
from tocsin.plan.links import dashboard_url, urls
from tocsin.plan.names import dashboard_uid, panel_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tocsin.plan.model import Allowance, Dependency, Project, Route, RuleGroup, Told
    from tocsin.spec.model import Spec


@frozen
class Frame:
    """What holds for every group."""

    project: Project
    root: Route
    told: Callable[[str, tuple[model.Rule, ...]], tuple[Told, ...]]

    @classmethod
    def of(cls, spec: Spec) -> Frame:
        """The frame of a spec, which need not hold its groups."""
        root = route_tree(spec)
        return cls(_project(spec), root, teller(root))


@frozen
class Part:
    """What one group gives to the plan."""

    order: int
    group: model.Group
    rule_groups: tuple[RuleGroup, ...]
    allowances: tuple[Allowance, ...]


def parts(spec: Spec, frame: Frame, names: Iterable[str]) -> list[Part]:
    """The parts of the groups of these names; every alert on which theirs depend has to be in the spec."""
    depends_on = dependencies(spec)
    return [_part(spec, frame, name, depends_on) for name in names]


def _part(spec: Spec, frame: Frame, name: str, depends_on: dict[str, tuple[Dependency, ...]]) -> Part:
    written, project = spec.groups[name], frame.project
    uid = dashboard_uid(project.name, name)
    dashboard = model.DashboardRef(uid, f"{project.title}: {written.title}", dashboard_url(project.urls, uid))
    ids = panel_ids(written.alerts)
    alerts = tuple(
        build_alert(spec, project, name, alert, dashboard, ids[alert], depends_on[alert], frame.told)
        for alert in written.alerts
    )
    return Part(
        written.order,
        model.Group(name, written.title, written.description, dashboard, alerts),
        tuple(alerting_groups(spec, name, alerts)),
        tuple(allowances_in_group(name, written)),
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
