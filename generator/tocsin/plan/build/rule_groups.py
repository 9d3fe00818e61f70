"""Rule groups as the engines load them: one for each group and engine, and those of recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.build.written import of_recording
from tocsin.plan.model import Engine, Recording, RuleGroup
from tocsin.plan.names import recordings_group
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.plan.model import Alert, Group, Rule
    from tocsin.spec.alerts import RecordingGroup
    from tocsin.spec.model import Spec


def rule_groups(spec: Spec, groups: Iterable[Group]) -> tuple[RuleGroup, ...]:
    """Recordings first, as alerts may read them; then the alerts' groups in their order."""
    recordings = [
        group for name, written in spec.recordings.items() for group in _of_recordings(spec, name, written)
    ]
    alerts = [rules for group in groups for rules in _of_alerts(spec, group.name, group.alerts)]
    return (*recordings, *alerts)


def _of_alerts(spec: Spec, name: str, alerts: tuple[Alert, ...]) -> Iterator[RuleGroup]:
    written = spec.groups[name]
    for engine in Engine:
        rules: list[Rule | Recording] = [
            rule for alert in alerts if alert.engine is engine for rule in alert.rules
        ]
        if rules:
            interval = written.interval or spec.project.defaults.interval
            tenant = _tenant(spec, engine, written.tenant)
            place = Place(("groups", name), key=True)
            yield RuleGroup(name, engine, tenant, f"{name}.yaml", interval, tuple(rules), place)


def _of_recordings(spec: Spec, name: str, written: RecordingGroup) -> Iterator[RuleGroup]:
    place = Place(("recordings", name))
    for engine in Engine:
        rules = tuple(
            Recording(
                rule.record,
                engine,
                (rule.promql or rule.logql or "").strip("\n"),
                {**spec.project.labels, **rule.labels},
                rule.description,
                of_recording(spec, rule, (*place.path, "rules", number)),
                Place((*place.path, "rules", number)),
            )
            for number, rule in enumerate(written.rules)
            if (rule.logql is not None) == (engine is Engine.LOKI)
        )
        if rules:
            interval = written.interval or spec.project.defaults.interval
            tenant = _tenant(spec, engine, written.tenant)
            group = recordings_group(name)
            yield RuleGroup(group, engine, tenant, f"{name}.yaml", interval, rules, place)


def _tenant(spec: Spec, engine: Engine, own: str | None) -> str | None:
    return (own or spec.project.tenant) if engine is Engine.LOKI else None
