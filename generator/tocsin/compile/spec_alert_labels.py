"""Which labels an alert's rules carry, and which of them tell its instances apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.flow.algebra import unknown_flow
from tocsin.lang.flow.model import Why
from tocsin.plan.model import Engine
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.compile.alert_source import AlertSource
    from tocsin.lang.flow.model import Flow
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.spec.alerts import Alert


@value_object
class SpecAlertLabels:
    """The labels of an alert: those of its query's result, and those that its rules set."""

    result: Flow
    own: Mapping[str, str]
    """An empty value takes a label of the result away."""
    per: tuple[str, ...]
    """What tells instances apart: said by the author, or all that the query's result surely has."""
    sure: bool
    """Whether `per` is known to be complete."""

    def can_have(self, label: str) -> bool:
        """Whether an instance of the alert may carry the label."""
        if label in self.own:
            return bool(self.own[label])
        return not self.result.label(label).is_impossible


def engine_of(alert: Alert) -> Engine:
    """Which program evaluates the alert."""
    loki = alert.logql is not None or (alert.expr is not None and alert.engine == "loki")
    return Engine.LOKI if loki else Engine.PROMETHEUS


def query_of(alert: Alert) -> str:
    """The alert's query as its author wrote it, with or without a threshold."""
    return alert.promql or alert.logql or alert.expr or ""


def identity_labels(source: AlertSource, flows: QueryFlows) -> SpecAlertLabels:
    """The labels of one alert; a query that cannot be read may return any."""
    alert = source.settings
    result = flows.labels(query_of(alert), engine_of(alert))
    if result is None:
        result = unknown_flow(Why("the query cannot be read", (0, 0)))
    # The name and the severity are never empty.
    own = {"alertname": "?", "severity": "?", **source.labels}
    if alert.per is not None:
        return SpecAlertLabels(result, own, tuple(alert.per), True)
    found = result.guaranteed if result.is_open else sorted((*result.guaranteed, *result.possible))
    per = tuple(label for label in found if own.get(label) != "")
    return SpecAlertLabels(result, own, per, not result.is_open)
