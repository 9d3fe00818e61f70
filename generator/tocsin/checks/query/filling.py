"""Checks of `or vector(0)` beside series with labels: it adds a series of its own, and fills in none."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_units import threshold
from tocsin.checks.framework.rules import alerting_rules, rules_with_groups
from tocsin.checks.query.always import result_conditions
from tocsin.checks.query.scraped import labels_of
from tocsin.diagnostics.model import Level
from tocsin.lang.flow.value_range import exact_range
from tocsin.lang.promql import ast as promql
from tocsin.lang.promql.label_sources import source_of
from tocsin.lang.promql.types import is_scalar
from tocsin.lang.tokens import SET_OPERATORS
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece
from tocsin.routing.alert_labels import EXTERNAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.lang.comparisons import Comparison
    from tocsin.lang.promql.flow import Flows
    from tocsin.plan.query_flows import QueryFlows

_AGGREGATING = frozenset({"sum", "max", "min", "avg"})


@check_shares("query/or-vector", Level.WARNING, of_one_text=True)
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


@check_shares("query/unfilled", Level.INFO)
def unfilled(share: Share) -> Iterator[Finding]:
    """`or vector(0)` fills in nothing, as its one series has no partner.

    Why:
        The series of `vector(0)` has no labels. Where the others are grouped by one and are joined by it,
        what is missing for a queue stays missing: without any error there is no sum, no ratio and no alert
        for it. Only series that do not have the label are filled in.

    Fix:
        Take the series to fill in from the other side, times 0: `or 0 * sum by (queue) (…)`.

    Bad:
        - alert: Failing
          expr: |
            ((sum by (queue) (rate(lost_total[5m])) or vector(0))
              + sum by (queue) (rate(late_total[5m]))) > 1

    Good:
        - alert: Failing
          expr: |
            ((sum by (queue) (rate(lost_total[5m]))
                or 0 * sum by (queue) (rate(late_total[5m])))
              + sum by (queue) (rate(late_total[5m]))) > 1
    """
    known = share.around.flows
    for _, rule in rules_with_groups(share):
        if rule.engine is not Engine.PROMETHEUS or "vector" not in rule.expr or " or " not in rule.expr:
            continue
        flows = known.flows(rule.expr)
        if flows is None or flows.result.empty is not None:
            continue
        told: set[int] = set()
        for node in promql.walk(flows.tree):
            if not isinstance(node, promql.Binary):
                continue
            for vector, label in _without_partner(node, flows):
                if id(vector) in told:
                    continue
                told.add(id(vector))
                yield Finding(
                    f"where the series have a `{label}`, this fills in nothing: it has none, and no partner",
                    at=expr_piece(rule, vector.span),
                    also=((expr_piece(rule, node.op_span), "both sides need one here"),),
                    help="take the series from the other side, as in `or 0 * sum by (…) (…)`",
                    about=rule.place,
                )


def _without_partner(node: promql.Binary, flows: Flows) -> Iterator[tuple[promql.Call, str]]:
    """The calls of `vector` on a side of a join, each with a label of the other side that it lacks."""
    if node.op in SET_OPERATORS or is_scalar(node.left) or is_scalar(node.right):
        return
    for side, other in ((node.left, node.right), (node.right, node.left)):
        found = _grouped_filling(_inner(side))
        if found is None:
            continue
        vector, grouped, left = found
        if isinstance(_inner(side), promql.Aggregation):
            # Of others, `query/gone-label` says that one side below the sum has lost them.
            grouped = tuple(label for label in grouped if label in EXTERNAL)
        for label in grouped:
            named = label in node.matching.labels
            agree = named if node.matching.how == "on" else not named
            if agree and not any(flows.of(one).label(label).is_impossible for one in (left, other)):
                yield vector, label
                break


def _grouped_filling(node: promql.Node) -> tuple[promql.Call, tuple[str, ...], promql.Node] | None:
    """The call of `vector` beside or below `sum by (…)`, its labels, and what stands before the `or`."""
    if isinstance(node, promql.Aggregation):
        if node.op not in _AGGREGATING or node.grouping is None or node.grouping.how != "by":
            return None
        vector = _or_vector(_inner(node.expr))
        return None if vector is None else (vector[0], node.grouping.labels, vector[1])
    vector = _or_vector(node)
    if vector is None:
        return None
    left = _inner(vector[1])
    if not isinstance(left, promql.Aggregation) or left.grouping is None or left.grouping.how != "by":
        return None
    return vector[0], left.grouping.labels, left


def _or_vector(node: promql.Node) -> tuple[promql.Call, promql.Node] | None:
    """The call of `vector` behind an `or`, and what stands before it."""
    if not isinstance(node, promql.Binary) or node.op != "or" or node.matching.how is not None:
        return None
    vector = _inner(node.right)
    is_vector = isinstance(vector, promql.Call) and vector.function == "vector"
    return (cast("promql.Call", vector), node.left) if is_vector else None


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
        source = source_of(node.left, known.recordings)
        grouped = () if source is None else tuple(label for label, _ in labels_of(source))
    left = flows.of(node.left)
    label = next((one for one in grouped if not left.label(one).is_impossible), None)
    return None if label is None else (vector, label, number)


def _inner(node: promql.Node) -> promql.Node:
    while isinstance(node, promql.Paren):
        node = node.expr
    return node
