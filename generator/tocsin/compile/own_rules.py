"""Alerts whose rules have conditions of their own: each rule, which is the most urgent, and what is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.severity_labels import severity_rank
from tocsin.compile.spec_alert_labels import engine_of
from tocsin.compile.thresholds import threshold_limit
from tocsin.lang.logql import shape as logql
from tocsin.lang.promql import shape as promql
from tocsin.plan.model import Engine
from tocsin.spec.conditions import query_key
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.compile.thresholds import ThresholdLimit
    from tocsin.plan.model import Rule
    from tocsin.spec.alert_rules import AlertRule
    from tocsin.spec.alerts import Alert
    from tocsin.spec.conditions import Threshold
    from tocsin.spec.model import Spec


@value_object
class OwnRule:
    """One rule of an alert that has several: an item of its `rules`, or one threshold of such an item."""

    item: AlertRule
    number: int
    """The place of the item among the `rules`."""
    order: int
    """The place of the rule among all that the items make."""
    severity: str
    expr: str
    """The whole condition."""
    threshold: Threshold | None = None
    """None of a complete expression, as the limit."""
    limit: ThresholdLimit | None = None


def own_rules(alert: Alert) -> Iterator[OwnRule]:
    """The rules of an alert with `rules`, in order of evaluation; LangError for a threshold that is none."""
    shape = promql if engine_of(alert) is Engine.PROMETHEUS else logql
    order = 0
    for number, item in enumerate(alert.rules):
        text = getattr(item, query_key(item)).strip("\n")
        if not item.thresholds:
            yield OwnRule(item, number, order, item.severity or "", text)
            order += 1
        for severity, threshold in item.thresholds.items():
            limit = threshold_limit(threshold, alert.unit)
            expr = f"{shape.comparable(text)}{limit.operator} {limit.number}"
            yield OwnRule(item, number, order, severity, expr, threshold, limit)
            order += 1


def by_urgency(spec: Spec, alert: Alert) -> list[OwnRule]:
    """The rules of an alert with `rules`, the most urgent severity first."""
    return sorted(own_rules(alert), key=lambda one: severity_rank(spec, one.severity))


def shared_query(alert: Alert) -> str | None:
    """The query that all `rules` of an alert compare with a number; None where they have several."""
    shape = promql if engine_of(alert) is Engine.PROMETHEUS else logql
    split = [shape.split_comparison(rule.expr) for rule in own_rules(alert)]
    queries: list[str] = [one[0] for one in split if one is not None and _is_number(one[2])]
    if len(queries) < len(split) or len({"".join(query.split()) for query in queries}) != 1:
        return None
    return queries[0]


def condition_drawn(spec: Spec, alert: Alert) -> str:
    """What the panel of an alert with `rules` draws: their query, or the condition of the most urgent one."""
    return shared_query(alert) or by_urgency(spec, alert)[0].expr


def inhibiting_severities(spec: Spec, rules: Iterable[Rule]) -> tuple[str, ...]:
    """The severities of an alert's rules of which each inhibits those after it."""
    named = dict.fromkeys(rule.severity for rule in rules)
    found = tuple(name for name in named if name in spec.severities)
    return found if len(found) > 1 and spec.routing.derive_inhibitions else ()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
