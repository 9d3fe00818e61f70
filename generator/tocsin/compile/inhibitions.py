"""Inhibitions: an alert's more urgent severity silences the others, a cause silences its consequences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.alert_sources import alert_sources
from tocsin.compile.routes import any_of
from tocsin.compile.spec_alert_labels import identity_labels
from tocsin.lang.alertmanager.matchers import Matcher, parse_matcher
from tocsin.plan.model import Dependency, Inhibition
from tocsin.source.place import Place
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.plan.model import Alert
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.spec.model import Spec


@value_object
class InhibitingAlert:
    """What of an alert decides which inhibitions follow from it."""

    name: str
    alertname: str
    per: tuple[str, ...]
    depends_on: tuple[Dependency, ...]
    inhibiting: tuple[str, ...]
    place: Place

    @staticmethod
    def of(alert: Alert) -> InhibitingAlert:
        """That of an alert of the plan."""
        return InhibitingAlert(
            alert.name, alert.alertname, alert.per, alert.depends_on, alert.inhibiting, alert.place
        )


def inhibitions(spec: Spec, alerts: Iterable[InhibitingAlert]) -> tuple[Inhibition, ...]:
    """All of them: those that are written as such; between severities, alerts of the same shape together,
    unless that is not wanted; then between alerts."""
    alerts = tuple(alerts)
    return (*_written(spec), *_between_severities(alerts), *_between_alerts(alerts))


def dependencies(spec: Spec, flows: QueryFlows) -> dict[str, tuple[Dependency, ...]]:
    """What each alert depends on, with the labels in which the two have to agree.

    Where the author names none, these are the labels that tell instances of both apart.
    """
    linked: set[str] = set()
    for group in spec.groups.values():
        for name, alert in group.alerts.items():
            plain = [d for d in alert.depends_on if isinstance(d, str)]
            linked.update(plain, [name] if plain else [])
    sources = alert_sources(spec) if linked else {}
    per = {name: identity_labels(sources[name], flows).per for name in linked}
    found: dict[str, tuple[Dependency, ...]] = {}
    for group in spec.groups.values():
        for name, alert in group.alerts.items():
            found[name] = tuple(
                Dependency(d, tuple(label for label in per[name] if label in per[d]))
                if isinstance(d, str)
                else Dependency(d.alert, tuple(d.equal))
                for d in alert.depends_on
            )
    return found


def _written(spec: Spec) -> Iterable[Inhibition]:
    for number, rule in enumerate(spec.routing.inhibitions):
        path = ("routing", "inhibitions", number)
        yield Inhibition(
            tuple(map(parse_matcher, rule.source)),
            tuple(map(parse_matcher, rule.target)),
            tuple(rule.equal),
            Place(path),
            tuple(Place((*path, "source", at)) for at in range(len(rule.source))),
            tuple(Place((*path, "target", at)) for at in range(len(rule.target))),
            name=rule.name,
        )


def _between_severities(alerts: tuple[InhibitingAlert, ...]) -> Iterable[Inhibition]:
    shapes: dict[tuple[tuple[str, ...], tuple[str, ...]], list[InhibitingAlert]] = {}
    for alert in alerts:
        if alert.inhibiting:
            shapes.setdefault((alert.inhibiting, alert.per), []).append(alert)
    for (severities, per), same in sorted(shapes.items()):
        names = any_of("alertname", sorted({alert.alertname for alert in same}))
        for number, severity in enumerate(severities[:-1]):
            yield Inhibition(
                (Matcher("severity", "=", severity), names),
                # Their names agree by `equal`, so the target need not say them again.
                (any_of("severity", severities[number + 1 :]),),
                ("alertname", *per),
                Place(same[0].place.path, key=True),
            )


def _between_alerts(alerts: tuple[InhibitingAlert, ...]) -> Iterable[Inhibition]:
    names = {alert.name: alert.alertname for alert in alerts}
    for alert in sorted(alerts, key=lambda alert: alert.name):
        for number, dependency in enumerate(alert.depends_on):
            yield Inhibition(
                (Matcher("alertname", "=", names.get(dependency.alert, dependency.alert)),),
                (Matcher("alertname", "=", alert.alertname),),
                dependency.equal,
                Place((*alert.place.path, "depends_on", number)),
            )
