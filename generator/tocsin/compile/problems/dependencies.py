"""Inhibitions that cannot work: labels one side lacks, instances nobody can tell apart, circles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.alert_sources import alert_sources
from tocsin.compile.spec_alert_labels import identity_labels, severities_of
from tocsin.diagnostics.problem import Problem
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.compile.alert_source import AlertSource
    from tocsin.compile.spec_alert_labels import SpecAlertLabels
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.spec.alerts import Alert
    from tocsin.spec.model import Spec

    Found = dict[str, AlertSource]

_USUAL = ("instance", "job")
"""Labels that Prometheus gives to what it scrapes."""


def impossible_inhibitions(spec: Spec, flows: QueryFlows) -> Iterator[Problem]:
    """Inhibitions that would never act, or act on what they should not."""
    alerts = alert_sources(spec)
    for name, source in alerts.items():
        alert, path = source.settings, source.place.path
        if alert.per is not None or len(_severities(spec, alert)) > 1:
            yield from _instances(spec, flows, source)
        for index, dependency in enumerate(alert.depends_on):
            place = (*path, "depends_on", index)
            if isinstance(dependency, str):
                yield from _shared(flows, alerts, name, dependency, place)
            else:
                yield from _equal(flows, alerts, name, dependency.alert, dependency.equal, place)
    yield from _circles(alerts)


def _instances(spec: Spec, flows: QueryFlows, source: AlertSource) -> Iterator[Problem]:
    name, alert, path = source.name, source.settings, source.place.path
    labels = identity_labels(source, flows)
    for index, label in enumerate(alert.per or ()):
        if not labels.can_have(label):
            yield Problem(
                "inhibition/label",
                f"`{name}` cannot have the label `{label}`: its query does not return it",
                Place((*path, "per", index)),
                help="keep the label in the query, for example by `by (…)`, or leave it out here",
            )
    if not labels.sure and len(_severities(spec, alert)) > 1 and spec.routing.derive_inhibitions:
        yield Problem(
            "inhibition/instances",
            f"nothing says which labels distinguish the instances of `{name}`, so the worst one would "
            "inhibit all the others",
            Place(path, key=True),
            help="write for example `per: [instance]`, or aggregate the query `by (…)` them",
        )


def _severities(spec: Spec, alert: Alert) -> set[str]:
    """Those of which one inhibits another."""
    return spec.severities.keys() & {*severities_of(alert)}


def _equal(
    flows: QueryFlows,
    alerts: Found,
    name: str,
    other: str,
    equal: list[str],
    path: tuple[str | int, ...],
) -> Iterator[Problem]:
    for side in (name, other):
        labels = identity_labels(alerts[side], flows)
        for index, label in enumerate(equal):
            if not labels.can_have(label):
                yield Problem(
                    "inhibition/label",
                    f"`{side}` cannot have the label `{label}`, so the two could never agree in it",
                    Place((*path, "equal", index)),
                    help="name labels that both alerts carry; `equal: []` means anywhere",
                )


def _shared(
    flows: QueryFlows, alerts: Found, name: str, other: str, path: tuple[str | int, ...]
) -> Iterator[Problem]:
    """Where the author names no labels, both queries have to show some that the two share."""
    mine, its = (identity_labels(alerts[side], flows) for side in (name, other))
    if not set(mine.per) & set(its.per):
        both = next((label for label in (*mine.per, *its.per, *_USUAL) if _can_agree(label, mine, its)), None)
        anywhere = f"`{{alert: {other}, equal: []}}`"
        yield Problem(
            "inhibition/equal",
            f"nothing says in which labels `{name}` and `{other}` have to agree",
            Place(path),
            help=f"no label is in both, so write {anywhere} if anywhere is meant"
            if both is None
            else f"write `{{alert: {other}, equal: [{both}]}}`, or {anywhere} for anywhere",
        )


def _can_agree(label: str, *sides: SpecAlertLabels) -> bool:
    """Whether both alerts may have the label from their queries."""
    return all(label not in side.own and side.can_have(label) for side in sides)


def _circles(alerts: Found) -> Iterator[Problem]:
    """Alerts that would silence each other: then nobody is notified of any of them."""
    waits = {
        name: [d if isinstance(d, str) else d.alert for d in source.settings.depends_on]
        for name, source in alerts.items()
    }
    done: set[str] = set()
    for start in waits:
        path: list[str] = []
        waiting = [(start, 0)]
        while waiting:
            name, depth = waiting.pop()
            del path[depth:]
            if name in path:
                circle = [*path[path.index(name) :], name]
                yield Problem(
                    "inhibition/circle",
                    "these alerts would silence each other: " + " → ".join(circle),
                    Place((*alerts[circle[-2]].place.path, "depends_on")),
                    help="let one of them depend on nothing",
                )
            elif name not in done:
                path.append(name)
                done.add(name)
                waiting += [(other, depth + 1) for other in waits[name]]
