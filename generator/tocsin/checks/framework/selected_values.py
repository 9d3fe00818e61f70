"""What the selectors of a query ask of a label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.query_trees import promql_parts
from tocsin.lang.flow.label_values import ANY
from tocsin.lang.promql.ast import Selector
from tocsin.plan.model import Engine

if TYPE_CHECKING:
    from tocsin.lang.flow.label_values import LabelValues
    from tocsin.plan.model import Rule


def selected_values(rule: Rule, label: str) -> LabelValues | None:
    """The values that the selectors of a PromQL rule ask for; None where none of them asks."""
    if rule.engine is not Engine.PROMETHEUS:
        return None
    found: LabelValues | None = None
    for node in promql_parts(rule.expr):
        if isinstance(node, Selector) and any(one.name == label for one in node.matchers):
            values = ANY
            for matcher in node.matchers:
                if matcher.name == label:
                    values = values.narrowed(matcher.op, matcher.value)
            found = values if found is None else found.either(values)
    return found
