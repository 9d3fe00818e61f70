"""Which labels an alert's rules carry, and which of them tell its instances apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.severity_labels import NO_SEVERITY
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

    results: tuple[Flow, ...]
    """What the query returns, or each of the queries of an alert whose rules have their own."""
    own: Mapping[str, str]
    """An empty value takes a label of the result away."""
    per: tuple[str, ...]
    """What tells instances apart: said by the author, or all that each query's result surely has."""
    sure: bool
    """Whether `per` is known to be complete."""

    def can_have(self, label: str) -> bool:
        """Whether an instance of the alert may carry the label."""
        if label in self.own:
            return bool(self.own[label])
        return any(not result.label(label).is_impossible for result in self.results)

    def always_has(self, label: str) -> bool:
        """Whether the query, or each of them, returns the label with every series."""
        return all(result.label(label).is_guaranteed for result in self.results)


def engine_of(alert: Alert) -> Engine:
    """Which program evaluates the alert."""
    loki = alert.logql is not None or (alert.promql is None and alert.engine == "loki")
    return Engine.LOKI if loki else Engine.PROMETHEUS


def query_of(alert: Alert) -> str:
    """The alert's query as its author wrote it, with or without a threshold; empty with several `rules`."""
    return alert.promql or alert.logql or alert.expr or ""


def identity_labels(source: AlertSource, flows: QueryFlows) -> SpecAlertLabels:
    """The labels of one alert; a query that cannot be read may return any."""
    alert, engine = source.settings, engine_of(source.settings)
    queries = dict.fromkeys(rule.expr for rule in alert.rules) or [query_of(alert)]
    read = (flows.labels(query, engine) for query in queries)
    results = tuple(one or unknown_flow(Why("the query cannot be read", (0, 0))) for one in read)
    # The name and the severity are never empty.
    own = {"alertname": "?", **({} if alert.severity == NO_SEVERITY else {"severity": "?"}), **source.labels}
    apart = {label: text for rule in alert.rules for label, text in rule.labels.items()}
    if alert.per is not None:
        return SpecAlertLabels(results, {**own, **apart}, tuple(alert.per), True)
    shared = set.intersection(*({*_distinguishing(result)} for result in results))
    # What one rule sets tells rules apart, and no instances.
    per = tuple(
        label
        for label in _distinguishing(results[0])
        if label in shared and label not in apart and own.get(label) != ""
    )
    return SpecAlertLabels(results, {**own, **apart}, per, not any(result.is_open for result in results))


def _distinguishing(result: Flow) -> list[str]:
    return [*result.guaranteed] if result.is_open else sorted((*result.guaranteed, *result.possible))
