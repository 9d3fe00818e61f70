"""Alerts whose rules have conditions of their own: which is the most urgent, and what is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.severity_labels import severity_rank
from tocsin.compile.spec_alert_labels import engine_of
from tocsin.lang.logql import shape as logql
from tocsin.lang.promql import shape as promql
from tocsin.plan.model import Engine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.plan.model import Rule
    from tocsin.spec.alert_rules import AlertRule
    from tocsin.spec.alerts import Alert
    from tocsin.spec.model import Spec


def by_urgency(spec: Spec, alert: Alert) -> list[tuple[int, AlertRule]]:
    """The alert's `rules` with their places among them, the most urgent severity first."""
    return sorted(enumerate(alert.rules), key=lambda one: severity_rank(spec, one[1].severity))


def shared_query(alert: Alert) -> str | None:
    """The query that all `rules` of an alert compare with a number; None where they have several."""
    shape = promql if engine_of(alert) is Engine.PROMETHEUS else logql
    split = [shape.split_comparison(rule.expr.strip("\n")) for rule in alert.rules]
    queries: list[str] = [one[0] for one in split if one is not None and _is_number(one[2])]
    if len(queries) < len(split) or len({"".join(query.split()) for query in queries}) != 1:
        return None
    return queries[0]


def condition_drawn(spec: Spec, alert: Alert) -> str:
    """What the panel of an alert with `rules` draws: their query, or the condition of the most urgent one."""
    return shared_query(alert) or by_urgency(spec, alert)[0][1].expr.strip("\n")


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
