"""The flow of an aggregation: which labels its grouping leaves, and what its operator can give."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.flow.aggregates import aggregate_range
from tocsin.lang.flow.algebra import drop_labels, keep_labels, not_always, with_label, with_value
from tocsin.lang.flow.label_values import PRESENT, single_value
from tocsin.lang.flow.model import METRIC_NAME, Flow, Why
from tocsin.lang.promql.ast import Aggregation, String

if TYPE_CHECKING:
    from tocsin.lang.promql.flow.evaluation import Evaluation

_CHOOSING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})


def aggregation_flow(node: Aggregation, evaluation: Evaluation) -> Flow:
    """The groups that an aggregation can give, or the series that it chooses."""
    inner = evaluation.of(node.expr)
    if node.op in _CHOOSING:
        return _chosen(node, inner, evaluation)
    flow = _grouped(node, inner)
    if node.op == "count_values" and isinstance(node.param, String):
        flow = _with_value_label(node.param.value, flow, inner, node)
    param = None if node.param is None else evaluation.of(node.param).value
    return with_value(flow, aggregate_range(node.op, inner.value, param), node.op, node.op_span)


def _chosen(node: Aggregation, inner: Flow, evaluation: Evaluation) -> Flow:
    if node.op == "limit_ratio" or node.param is None:
        return not_always(inner)
    wanted = evaluation.of(node.param).value.constant
    if wanted is None:
        return not_always(inner)
    if not wanted >= 1 and inner.empty is None:
        return replace(inner, empty=Why(f"`{node.op}` of less than 1 chooses nothing", node.param.span))
    return inner


def _grouped(node: Aggregation, inner: Flow) -> Flow:
    if node.grouping is None:
        return keep_labels(inner, (), Why(f"`{node.op}` without `by` removes every label", node.op_span))
    named = ", ".join(f"`{label}`" for label in node.grouping.labels)
    span = node.grouping.span
    if node.grouping.how == "by":
        reason = f"`{node.op} by` keeps only {named}" if named else f"`{node.op} by ()` removes every label"
        return keep_labels(inner, node.grouping.labels, Why(reason, span))
    flow = drop_labels(
        inner, node.grouping.labels, Why(f"`{node.op} without` removes {named or 'nothing'}", span)
    )
    return drop_labels(flow, [METRIC_NAME], Why(f"`{node.op}` removes the metric's name", node.op_span))


def _with_value_label(label: str, flow: Flow, inner: Flow, node: Aggregation) -> Flow:
    if node.grouping is not None and node.grouping.how == "without" and label in node.grouping.labels:
        return flow
    constant = inner.value.constant
    whole = constant is not None and math.isfinite(constant) and constant == math.floor(constant)
    texts = single_value(f"{constant:.0f}") if whole and constant else PRESENT
    return with_label(flow, label, texts, Why("`count_values` writes each value into it", node.op_span))
