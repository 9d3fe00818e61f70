"""The rule groups of a spec's recording rules, as the engines load them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.burn.groups import burn_recordings
from tocsin.plan.model import Engine, Recording, RuleGroup, RulePlaces
from tocsin.plan.names import recordings_group
from tocsin.plan.query_flows import QueryFlows, recordings_in
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.spec import alerts
    from tocsin.spec.model import Spec

    Path = tuple[str | int, ...]


def recording_groups(spec: Spec) -> Iterator[RuleGroup]:
    """The groups of recording rules: one for each group of the spec and engine."""
    for name, written in spec.recordings.items():
        yield from _groups(spec, name, written)


def spec_flows(spec: Spec) -> QueryFlows:
    """The flows of the queries of a spec, which know its recording rules."""
    return QueryFlows(recordings_in([*recording_groups(spec), *burn_recordings(spec)]))


def tenant_of(spec: Spec, engine: Engine, own: str | None) -> str | None:
    """The tenant of a rule group; only Loki has any."""
    return (own or spec.project.tenant) if engine is Engine.LOKI else None


def query_offset_of(group: alerts.Group | alerts.RecordingGroup, engine: Engine) -> str | None:
    """How far back the queries of a rule group look; Loki's ruler knows no such offset."""
    return group.query_offset if engine is Engine.PROMETHEUS else None


def interval_of(spec: Spec, own: str | None) -> str | None:
    """How often a rule group is evaluated; None where that is left to the engine."""
    found = own or spec.project.defaults.interval
    return None if found == "none" else found


def _groups(spec: Spec, name: str, written: alerts.RecordingGroup) -> Iterator[RuleGroup]:
    place = Place(("recordings", name))
    for engine in Engine:
        rules = tuple(
            _recording(spec, rule, engine, (*place.path, "rules", number))
            for number, rule in enumerate(written.rules)
            if (rule.logql is not None) == (engine is Engine.LOKI)
        )
        if rules:
            interval = interval_of(spec, written.interval)
            of = tenant_of(spec, engine, written.tenant)
            offset, file = query_offset_of(written, engine), f"{name}.yaml"
            yield RuleGroup(
                recordings_group(name), engine, of, file, interval, rules, place, offset, written.limit or 0
            )


def _recording(spec: Spec, rule: alerts.Recording, engine: Engine, path: Path) -> Recording:
    return Recording(
        rule.record,
        engine,
        (rule.promql or rule.logql or "").strip("\n"),
        {**spec.project.labels, **rule.labels},
        rule.description,
        _written(spec, rule, path),
        Place(path),
    )


def _written(spec: Spec, rule: alerts.Recording, path: Path) -> RulePlaces:
    """The places of a recording rule."""
    key = "promql" if rule.promql is not None else "logql"
    return RulePlaces(
        text=rule.promql or rule.logql or "",
        name=Place((*path, "record")),
        expr=Place((*path, key)),
        threshold=None,
        for_=Place(path),
        labels={
            **{name: Place(("project", "labels", name)) for name in spec.project.labels},
            **{name: Place((*path, "labels", name)) for name in rule.labels},
        },
        annotations={},
    )
