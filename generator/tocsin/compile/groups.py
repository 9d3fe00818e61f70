"""What each group of a spec gives to the plan, apart from all others."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tocsin.compile.alert_rules import written_rules
from tocsin.compile.alert_source import written_alert
from tocsin.compile.alerts import build_alert
from tocsin.compile.allowances import allowances_in_group
from tocsin.compile.branches import divided_rules
from tocsin.compile.burn.alerts import burn_alerts, group_of
from tocsin.compile.burn.groups import burn_groups
from tocsin.compile.inhibitions import dependencies
from tocsin.compile.rule_groups import alerting_groups
from tocsin.lang.quantities import UNITS
from tocsin.plan import model
from tocsin.plan.links import dashboard_url
from tocsin.plan.names import dashboard_uid, panel_ids
from tocsin.source.place import Place
from tocsin.spec.alerts import Group
from tocsin.translations import TEXTS
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.compile.alert_source import AlertSource
    from tocsin.compile.branches import RulesOf
    from tocsin.compile.frame import Frame
    from tocsin.plan.model import Alert, Allowance, Dependency, RuleGroup
    from tocsin.spec.model import Spec


@value_object
class CompiledGroup:
    """What one group gives to the plan."""

    order: int
    group: model.Group
    rule_groups: tuple[RuleGroup, ...]
    allowances: tuple[Allowance, ...]


def all_groups(spec: Spec, names: Iterable[str]) -> list[str]:
    """The groups of these names, and the one that objectives put their alerts into without naming any."""
    own = dict.fromkeys(names)
    return [*own, *dict.fromkeys(group for group in _burning(spec) if group not in own)]


def compile_groups(spec: Spec, frame: Frame, names: Iterable[str]) -> list[CompiledGroup]:
    """The parts of the groups of these names; every alert on which theirs depend has to be in the spec."""
    depends_on = dependencies(spec, frame.flows)
    burning = _burning(spec)
    return [_part(spec, frame, name, depends_on, burning.get(name, ())) for name in names]


def _burning(spec: Spec) -> dict[str, list[str]]:
    """The objectives with `burn`, by the group that shows their alerts."""
    found: dict[str, list[str]] = {}
    for name, slo in spec.slos.items():
        if slo.burn is not None:
            found.setdefault(group_of(spec, name), []).append(name)
    return found


def _panels(name: str, group: Group) -> Iterator[model.GroupPanel]:
    for number, panel in enumerate(group.panels):
        path = ("groups", name, "panels", number)
        engine = model.Engine.PROMETHEUS if panel.logql is None else model.Engine.LOKI
        query = model.DrawnQuery(
            (panel.promql or panel.logql or "").strip("\n"),
            engine,
            panel.legend or "",
            Place((*path, "promql" if panel.logql is None else "logql")),
            Place((*path, "legend")),
        )
        yield model.GroupPanel(
            panel.title, panel.description, query, UNITS[panel.unit], panel.minimum, panel.maximum
        )


def _part(
    spec: Spec,
    frame: Frame,
    name: str,
    depends_on: dict[str, tuple[Dependency, ...]],
    objectives: Iterable[str],
) -> CompiledGroup:
    written, project = spec.groups.get(name) or _implied_group(spec), frame.project
    uid = dashboard_uid(project.name, name)
    dashboard = model.DashboardRef(uid, f"{project.title}: {written.title}", dashboard_url(project.urls, uid))
    generated = {slo: burn_alerts(spec, slo) for slo in objectives}
    ids = panel_ids([*written.alerts, *(one.source.name for found in generated.values() for one in found)])

    def built(source: AlertSource, rules_of: RulesOf) -> Alert:
        on = depends_on.get(source.name, ())
        divided = partial(divided_rules, spec, frame.flows, source, rules_of)
        return build_alert(spec, frame, source, divided, dashboard, ids[source.name], on)

    sources = [written_alert(spec, name, alert) for alert in written.alerts]
    alerts = tuple(built(source, partial(written_rules, spec)) for source in sources)
    burning = {
        slo: tuple(built(one.source, one.rules_with) for one in found) for slo, found in generated.items()
    }
    every = (*alerts, *(alert for found in burning.values() for alert in found))
    return CompiledGroup(
        written.order,
        model.Group(
            name, written.title, written.description, dashboard, every, tuple(_panels(name, written))
        ),
        (
            *(alerting_groups(spec, name, alerts) if name in spec.groups else ()),
            *(group for slo, found in burning.items() for group in burn_groups(spec, slo, found)),
        ),
        tuple(allowances_in_group(name, written)),
    )


def _implied_group(spec: Spec) -> Group:
    """The group of the alerts of objectives, where the spec has none of that name."""
    words = TEXTS[spec.project.language].slos
    return Group.model_construct(title=words.title, description=words.group_about, alerts={})
