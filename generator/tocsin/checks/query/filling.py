"""The check of `or vector(0)` beside series with labels, where it adds a series of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_units import threshold
from tocsin.checks.framework.rules import alerting_rules
from tocsin.checks.query.results import result_conditions
from tocsin.checks.query.scraped import labels_of, source_of
from tocsin.diagnostics.model import Level
from tocsin.lang.flow.value_range import exact_range
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.lang.flow.value_range import Comparison
    from tocsin.lang.promql.flow import Flows
    from tocsin.plan.query_flows import QueryFlows

_AGGREGATING = frozenset({"sum", "max", "min", "avg"})


@check_shares("query/or-vector", Level.WARNING)
def or_vector(share: Share) -> Iterator[Finding]:
    """`or vector(0)` adds a series without labels to others, and it always meets the condition.

    Why:
        `or` adds what has other labels than all series of its left side. Beside `sum by (queue) (…)` the
        series of `vector(0)`, which has no labels, is always there: `== 0` holds for it at any time, and
        the alert fires for no queue. The same goes for `sum by (queue) (… or vector(0))`, by convention:
        series have the labels that they are grouped by.

    Fix:
        Leave `or vector(0)` out, or sum up everything, which has no labels either. `absent(…)` asks
        whether there is nothing at all.

    Bad:
        - alert: QueueIdle
          expr: (sum by (queue) (rate(jobs_total[5m])) or vector(0)) == 0

    Good:
        - alert: QueueIdle
          expr: (sum(rate(jobs_total[5m])) or vector(0)) == 0
    """
    known = share.around.flows
    for _, rule in alerting_rules(share):
        # Few queries hold the word at all: to infer what the others return would cost more than all the rest.
        if rule.engine is not Engine.PROMETHEUS or "vector" not in rule.expr:
            continue
        flows = known.flows(rule.expr)
        if flows is None or flows.result.empty is not None:
            continue
        for condition in result_conditions(flows.tree):
            found = _filled(condition, flows, known)
            if found is not None:
                vector, label, number = found
                yield Finding(
                    f"this adds a series without labels to those with `{label}`, and its {number:g} "
                    "always meets the condition",
                    at=expr_piece(rule, vector.span),
                    also=((expr_piece(rule, condition.op_span), "the condition"),),
                    help="leave it out; `absent(…)` asks whether there is nothing at all",
                    about=rule.place,
                )


def _filled(
    condition: promql.Binary, flows: Flows, known: QueryFlows
) -> tuple[promql.Call, str, float] | None:
    """The call of `vector`, a label of the series beside it, and its number that meets the condition."""
    compared = threshold(condition)
    node = None if compared is None else _inner(cast("promql.Node", compared[0]))
    grouped: tuple[str, ...] | None = None
    if isinstance(node, promql.Aggregation):
        if node.op not in _AGGREGATING or node.grouping is None or node.grouping.how != "by":
            return None
        grouped, node = node.grouping.labels, _inner(node.expr)
    if compared is None or not isinstance(node, promql.Binary) or node.op != "or":
        return None
    vector = _inner(node.right)
    if not isinstance(vector, promql.Call) or vector.function != "vector" or node.matching.how is not None:
        return None
    number = flows.of(vector).value.constant
    if number is None or not exact_range(number).holds(
        cast("Comparison", compared[1]), exact_range(compared[2])
    ):
        return None
    if grouped is None:
        source = source_of(node.left, known)
        grouped = () if source is None else tuple(label for label, _ in labels_of(source))
    left = flows.of(node.left)
    label = next((one for one in grouped if not left.label(one).is_impossible), None)
    return None if label is None else (vector, label, number)


def _inner(node: promql.Node) -> promql.Node:
    while isinstance(node, promql.Paren):
        node = node.expr
    return node
