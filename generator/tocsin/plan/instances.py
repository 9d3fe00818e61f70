"""Which labels an alert's rules carry, and which of them tell its instances apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.frozen import frozen
from tocsin.lang.logql.flow import logql_flow
from tocsin.lang.promql.flow import promql_flow
from tocsin.plan.model import Engine

if TYPE_CHECKING:
    from tocsin.lang.flow.model import Flow
    from tocsin.spec.alerts import Alert, Group
    from tocsin.spec.model import Spec


@frozen
class Carried:
    """The labels of an alert: those of its query's result, and those that its rules set."""

    result: Flow
    own: frozenset[str]
    per: tuple[str, ...]
    """What tells instances apart: said by the author, or all that the query's result surely has."""
    sure: bool
    """Whether `per` is known to be complete."""

    def can_have(self, label: str) -> bool:
        """Whether an instance of the alert may carry the label."""
        return label in self.own or not self.result.label(label).is_impossible


def engine_of(alert: Alert) -> Engine:
    """Which program evaluates the alert."""
    loki = alert.logql is not None or (alert.expr is not None and alert.engine == "loki")
    return Engine.LOKI if loki else Engine.PROMETHEUS


def carried(spec: Spec, group: Group, alert: Alert) -> Carried:
    """The labels of one alert; its expression has to be sound."""
    text = alert.promql or alert.logql or alert.expr or ""
    result = promql_flow(text) if engine_of(alert) is Engine.PROMETHEUS else logql_flow(text)
    own = {"alertname", "severity", *spec.project.labels, *group.labels, *alert.labels}
    if alert.team or group.team:
        own.add("team")
    if alert.per is not None:
        return Carried(result, frozenset(own), tuple(alert.per), True)
    per = result.guaranteed if result.is_open else sorted((*result.guaranteed, *result.possible))
    return Carried(result, frozenset(own), tuple(per), not result.is_open)
