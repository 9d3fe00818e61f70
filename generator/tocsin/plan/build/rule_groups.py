"""Rule groups as the engines load them: one for each group and engine, and those of recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.build.written import of_recording
from tocsin.plan.model import Engine, Recording, RuleGroup
from tocsin.plan.names import recordings_group
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Alert, Rule
    from tocsin.spec.alerts import RecordingGroup
    from tocsin.spec.model import Spec


def recording_groups(spec: Spec) -> Iterator[RuleGroup]:
    """The groups of recording rules."""
    for name, written in spec.recordings.items():
        yield from _of_recordings(spec, name, written)


def alerting_groups(spec: Spec, name: str, alerts: tuple[Alert, ...]) -> Iterator[RuleGroup]:
    """The rules of one group of alerts: a rule group for each engine that evaluates any."""
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
