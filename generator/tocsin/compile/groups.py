"""What each group of a spec gives to the plan, apart from all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.alerts import build_alert
from tocsin.compile.allowances import allowances_in_group
from tocsin.compile.inhibitions import dependencies
from tocsin.compile.rule_groups import alerting_groups
from tocsin.plan import model
from tocsin.plan.links import dashboard_url
from tocsin.plan.names import dashboard_uid, panel_ids
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.compile.frame import Frame
    from tocsin.plan.model import Allowance, Dependency, RuleGroup
    from tocsin.spec.model import Spec


@value_object
class CompiledGroup:
    """What one group gives to the plan."""

    order: int
    group: model.Group
    rule_groups: tuple[RuleGroup, ...]
    allowances: tuple[Allowance, ...]


def compile_groups(spec: Spec, frame: Frame, names: Iterable[str]) -> list[CompiledGroup]:
    """The parts of the groups of these names; every alert on which theirs depend has to be in the spec."""
    depends_on = dependencies(spec, frame.flows)
    return [_part(spec, frame, name, depends_on) for name in names]


def _part(
    spec: Spec, frame: Frame, name: str, depends_on: dict[str, tuple[Dependency, ...]]
) -> CompiledGroup:
    written, project = spec.groups[name], frame.project
    uid = dashboard_uid(project.name, name)
    dashboard = model.DashboardRef(uid, f"{project.title}: {written.title}", dashboard_url(project.urls, uid))
    ids = panel_ids(written.alerts)
    alerts = tuple(
        build_alert(spec, frame, name, alert, dashboard, ids[alert], depends_on[alert])
        for alert in written.alerts
    )
    return CompiledGroup(
        written.order,
        model.Group(name, written.title, written.description, dashboard, alerts),
        tuple(alerting_groups(spec, name, alerts)),
        tuple(allowances_in_group(name, written)),
    )
