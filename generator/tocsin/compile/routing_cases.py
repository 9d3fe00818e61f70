"""Routing tests: names of alerts become their labels, texts become moments."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tocsin.plan.model import RoutingCase
from tocsin.routing.alert_labels import AlertLabels
from tocsin.routing.intervals import time_zone
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tocsin.plan.model import Alert
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.spec.model import Spec
    from tocsin.spec.routing import FiringAlert, RoutingTest

    Alerts = Callable[[str], Alert | None]
    """An alert of the plan by its name."""


def routing_cases(spec: Spec, alerts: Alerts, flows: QueryFlows) -> Iterator[RoutingCase]:
    """The cases, in the order in which they are written."""
    for number, test in enumerate(spec.routing.tests):
        yield RoutingCase(
            test.title,
            _labels(test, alerts, flows),
            _moment(test, spec.project.timezone),
            tuple(_labels(one, alerts, flows) for one in test.active),
            tuple(test.receivers),
            tuple(test.muted_by),
            _alertname(test.inhibited_by, alerts),
            Place(("routing", "tests", number)),
        )


def _alertname(name: str | None, alerts: Alerts) -> str | None:
    """What the rules of an alert call it; any other name may be that of alerts of others."""
    alert = None if name is None else alerts(name)
    return name if alert is None else alert.alertname


def _labels(said: FiringAlert, alerts: Alerts, flows: QueryFlows) -> dict[str, str]:
    """The labels of the alert's rule, the most urgent one if none is named, and those that are given."""
    labels = dict(said.labels)
    if said.severity is not None:
        labels.setdefault("severity", said.severity)
    alert = None if said.alert is None else alerts(said.alert)
    if alert is None:
        return labels
    rules = alert.rules
    rule = next((one for one in rules if one.severity == said.severity), rules[0])
    return {**AlertLabels(rule, flows).fixed, **labels}


def _moment(test: RoutingTest, timezone: str | None) -> datetime | None:
    if test.at is None:
        return None
    moment = datetime.fromisoformat(test.at)
    return (
        moment if moment.tzinfo is not None else moment.replace(tzinfo=time_zone(test.tz or timezone or ""))
    )
