"""The rule groups of objectives with `burn`: recordings and alerts of each together, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.burn.recordings import recorded_series
from tocsin.compile.burn.tiers import interval_of
from tocsin.plan.model import Engine, Recording, RuleGroup, RulePlaces
from tocsin.plan.names import slo_group
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tocsin.compile.burn.recordings import Recorded
    from tocsin.plan.model import Alert, Rule
    from tocsin.spec.model import Spec


def burn_recordings(spec: Spec) -> Iterator[RuleGroup]:
    """The groups of all objectives with `burn`, without their alerts."""
    for name, slo in spec.slos.items():
        if slo.burn is not None:
            yield from burn_groups(spec, name, ())


def burn_groups(spec: Spec, name: str, alerts: Iterable[Alert]) -> Iterator[RuleGroup]:
    """The rule groups of an objective: one for each engine that evaluates any of its rules."""
    slo = spec.slos[name]
    recorded = tuple(recorded_series(spec, name))
    alerts = tuple(alerts)
    for engine in Engine:
        rules: list[Rule | Recording] = [
            _recording(spec, name, one) for one in recorded if one.engine is engine
        ]
        rules += [rule for alert in alerts if alert.engine is engine for rule in alert.rules]
        if rules:
            tenant = spec.project.tenant if engine is Engine.LOKI else None
            group = slo_group(name)
            place = Place(("slos", name), key=True)
            yield RuleGroup(
                group, engine, tenant, f"{group}.yaml", interval_of(spec, slo), tuple(rules), place
            )


def _recording(spec: Spec, name: str, one: Recorded) -> Recording:
    place = Place(("slos", name), key=True)
    labels, places = _labels(spec, name)
    return Recording(
        one.record,
        one.engine,
        one.expr,
        labels,
        one.description,
        RulePlaces(
            text="", name=place, expr=place, threshold=None, for_=place, labels=places, annotations={}
        ),
        place,
    )


def _labels(spec: Spec, name: str) -> tuple[Mapping[str, str], Mapping[str, Place]]:
    slo = spec.slos[name]
    return (
        {**spec.project.labels, "slo": name, **slo.labels},
        {
            **{label: Place(("project", "labels", label)) for label in spec.project.labels},
            "slo": Place(("slos", name), key=True),
            **{label: Place(("slos", name, "labels", label)) for label in slo.labels},
        },
    )
