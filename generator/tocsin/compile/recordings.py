"""The rule groups of a spec's recording rules, as the engines load them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.burn.groups import burn_recordings
from tocsin.plan.model import Engine, Recording, RuleGroup, RulePlaces
from tocsin.plan.names import recordings_group
from tocsin.plan.query_flows import flows_beside, recordings_in
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tocsin.plan.query_flows import QueryFlows
    from tocsin.spec import alerts
    from tocsin.spec.model import Spec

    Path = tuple[str | int, ...]


def recording_groups(spec: Spec) -> Iterator[RuleGroup]:
    """The groups of recording rules: one for each group of the spec and engine."""
    for name, written in spec.recordings.items():
        yield from _groups(spec, name, written)


def spec_flows(spec: Spec) -> QueryFlows:
    """The flows of the queries of a spec, which know its recording rules."""
    apart = recordings_in([*recording_groups(spec), *burn_recordings(spec)])
    among_alerts = (one for name in spec.groups for _, one in group_recordings(spec, name))
    return flows_beside((*apart, *among_alerts))


def group_recordings(spec: Spec, name: str) -> list[tuple[str | None, Recording]]:
    """The recording rules among the alerts of a group, in order, each with the alert that it stands after."""
    group, above = spec.groups[name], ("groups", name)
    shared = {
        **_places(("project", "labels"), spec.project.labels),
        **_places((*above, "options", "labels"), group.options.labels),
        **_places((*above, "labels"), group.labels),
    }
    labels = {**group.options.labels, **spec.project.labels, **group.labels}
    return [
        (
            rule.after,
            _recording(
                rule,
                Engine.PROMETHEUS if rule.logql is None else Engine.LOKI,
                (*above, "recordings", number),
                labels,
                shared,
            ),
        )
        for number, rule in enumerate(group.recordings)
    ]


def tenant_of(spec: Spec, engine: Engine, own: str | None) -> str | None:
    """The tenant of a rule group; only Loki has any."""
    return (own or spec.project.tenant) if engine is Engine.LOKI else None


def query_offset_of(written: str | None, engine: Engine) -> str | None:
    """How far back the queries of a rule group look; Loki's ruler knows no such offset."""
    return written if engine is Engine.PROMETHEUS else None


def interval_of(spec: Spec, own: str | None) -> str | None:
    """How often a rule group is evaluated; None where that is left to the engine."""
    found = own or spec.project.defaults.interval
    return None if found == "none" else found


def _groups(spec: Spec, name: str, written: alerts.RecordingGroup) -> Iterator[RuleGroup]:
    place = Place(("recordings", name))
    for engine in Engine:
        rules = tuple(
            _recording(
                rule,
                engine,
                (*place.path, "rules", number),
                spec.project.labels,
                _places(("project", "labels"), spec.project.labels),
            )
            for number, rule in enumerate(written.rules)
            if (rule.logql is not None) == (engine is Engine.LOKI)
        )
        if rules:
            interval = interval_of(spec, written.interval)
            of = tenant_of(spec, engine, written.tenant)
            offset, file = query_offset_of(written.query_offset, engine), f"{name}.yaml"
            yield RuleGroup(
                recordings_group(name), engine, of, file, interval, rules, place, offset, written.limit or 0
            )


def _places(above: Path, labels: Iterable[str]) -> dict[str, Place]:
    return {name: Place((*above, name)) for name in labels}


def _recording(
    rule: alerts.Recording, engine: Engine, path: Path, labels: Mapping[str, str], places: Mapping[str, Place]
) -> Recording:
    """A recording rule with the labels that all rules around it have, which are written at the places."""
    return Recording(
        rule.record,
        engine,
        (rule.promql or rule.logql or "").strip("\n"),
        {**labels, **rule.labels},
        rule.description,
        _written(rule, path, places),
        Place(path),
    )


def _written(rule: alerts.Recording, path: Path, places: Mapping[str, Place]) -> RulePlaces:
    """The places of a recording rule."""
    key = "promql" if rule.promql is not None else "logql"
    return RulePlaces(
        text=rule.promql or rule.logql or "",
        name=Place((*path, "record")),
        expr=Place((*path, key)),
        threshold=None,
        for_=Place(path),
        labels={
            **places,
            **_places((*path, "labels"), rule.labels),
        },
        annotations={},
    )
