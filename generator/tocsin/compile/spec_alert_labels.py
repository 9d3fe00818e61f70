"""Which labels an alert's rules carry, and which of them tell its instances apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.severity_labels import NO_SEVERITY
from tocsin.lang.flow.algebra import unknown_flow
from tocsin.lang.flow.model import Why
from tocsin.plan.model import Engine
from tocsin.spec.conditions import named_severities, query_key
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.compile.alert_source import AlertSource
    from tocsin.lang.flow.model import Flow
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.spec.alerts import Alert
    from tocsin.spec.conditions import Condition

    Path = tuple[str | int, ...]


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


def conditions_of(alert: Alert) -> list[tuple[Path, Condition]]:
    """What says when an alert fires, each with its path below the alert: itself, or its `rules`."""
    if not alert.rules:
        return [((), alert)]
    return [(("rules", number), rule) for number, rule in enumerate(alert.rules)]


def engine_of(alert: Alert) -> Engine:
    """Which program evaluates the alert."""
    for _, one in conditions_of(alert):
        if one.expr is None:
            return Engine.PROMETHEUS if one.logql is None else Engine.LOKI
    return Engine.LOKI if alert.engine == "loki" else Engine.PROMETHEUS


def query_of(alert: Alert) -> str:
    """The alert's query as its author wrote it, with or without a threshold; empty with several `rules`."""
    return alert.promql or alert.logql or alert.expr or ""


def queries_of(alert: Alert) -> list[tuple[Path, str]]:
    """The queries of an alert as its author wrote them, each with its path below the alert."""
    return [((*path, key := query_key(one)), getattr(one, key)) for path, one in conditions_of(alert)]


def severities_of(alert: Alert) -> list[str]:
    """The severities that an alert names, each once, in the order in which they are written."""
    return list(dict.fromkeys(name for _, one in conditions_of(alert) for name in named_severities(one)))


def identity_labels(source: AlertSource, flows: QueryFlows) -> SpecAlertLabels:
    """The labels of one alert; a query that cannot be read may return any."""
    alert, engine = source.settings, engine_of(source.settings)
    queries = dict.fromkeys(text for _, text in queries_of(alert))
    read = (flows.labels(query, engine) for query in queries)
    results = tuple(one or unknown_flow(Why("the query cannot be read", (0, 0))) for one in read)
    # The name and the severity are never empty.
    has_severity = severities_of(alert) != [NO_SEVERITY]
    own = {"alertname": "?", **({"severity": "?"} if has_severity else {}), **source.labels}
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
