"""The flow of what makes and combines series: range aggregations, aggregations, operators, functions."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.flow.aggregates import aggregate_range
from tocsin.lang.flow.algebra import (
    Matching,
    drop_labels,
    join_series,
    keep_labels,
    no_labels,
    not_always,
    with_label,
    with_value,
)
from tocsin.lang.flow.label_values import MISSING, single_value
from tocsin.lang.flow.model import Flow, LabelFact, Why
from tocsin.lang.flow.operators import Operator, set_operator, with_result
from tocsin.lang.flow.relabelling import replaced_texts
from tocsin.lang.flow.value_range import AT_LEAST_ONE, COUNT, NOT_NEGATIVE, UNBOUNDED, ValueRange, exact_range
from tocsin.lang.logql.ast import is_number
from tocsin.lang.logql.flow.lines import unwrapped_lines, without_errors
from tocsin.lang.logql.flow.share import is_part_of_whole
from tocsin.lang.logql.functions import KEEPING
from tocsin.lang.tokens import SET_OPERATORS

if TYPE_CHECKING:
    from tocsin.lang.logql.ast import Aggregation, Binary, Grouping, LabelReplace, RangeAggregation
    from tocsin.lang.logql.flow.lines import Lines

# A `sum` directly around one of these is carried out where the lines are read.
_CARRIED_INWARDS = frozenset({"bytes_over_time", "bytes_rate", "count_over_time", "rate", "sum_over_time"})
_OVER_TIME = "_over_time"


def range_flow(node: RangeAggregation, lines: Lines, around: Aggregation | None = None) -> Flow:
    """The series of an aggregation of the lines; `around` is the aggregation directly around it."""
    if node.op == "absent_over_time":
        return _absent(node)
    unwrap = node.range.unwrap
    grouping = node.grouping
    if unwrap is not None:
        lines = unwrapped_lines(lines, unwrap.label, unwrap.filters, unwrap.span)
    flow = lines.flow
    if not (lines.keeps_errors or lines.drops_errors):
        flow = without_errors(flow, Why("a line with an error makes the query fail", node.op_span))
    if unwrap is not None and not _names_its_own(grouping, around, node.op):
        flow = drop_labels(flow, [unwrap.label], Why("`unwrap` turns it into the value", unwrap.span))
    if grouping is not None:
        flow = grouped_labels(flow, grouping, node.op)
    value = _numbers(node) if unwrap is not None else _counts(node.op)
    why = Why(f"`{node.op}` is {value.described()}", node.op_span)
    return Flow(flow.others, why, flow.labels, value, flow.empty, flow.always)


def grouped_labels(flow: Flow, grouping: Grouping, op: str) -> Flow:
    """The labels that a grouping leaves."""
    named = ", ".join(f"`{label}`" for label in grouping.labels)
    if grouping.how == "by":
        reason = f"`{op} by` keeps only {named}" if named else f"`{op} by ()` removes every label"
        return keep_labels(flow, grouping.labels, Why(reason, grouping.span))
    why = Why(f"`{op} without` removes {named or 'nothing'}", grouping.span)
    return drop_labels(flow, grouping.labels, why)


def aggregation_flow(node: Aggregation, inner: Flow) -> Flow:
    """The groups that an aggregation can give, or the series that it chooses or sorts."""
    if node.op in KEEPING:
        if node.op == "approx_topk":
            return with_value(inner, UNBOUNDED, node.op, node.op_span)
        return inner
    if node.grouping is None:
        flow = keep_labels(inner, (), Why(f"`{node.op}` without `by` removes every label", node.op_span))
    else:
        flow = grouped_labels(inner, node.grouping, node.op)
    return with_value(flow, aggregate_range(node.op, inner.value), node.op, node.op_span)


def replace_flow(node: LabelReplace, inner: Flow) -> Flow:
    """The result of `label_replace`."""
    target = node.target.value
    texts = replaced_texts(
        inner.label(target).texts,
        inner.label(node.source.value).texts,
        node.replacement.value,
        node.regex.value,
        across_lines=False,
    )
    if texts == inner.label(target).texts:
        return inner
    return with_label(inner, target, texts, Why("`label_replace` writes it", node.target.span))


def binary_flow(node: Binary, left: Flow, right: Flow) -> Flow:
    """The result of an operator between two vectors, a vector and a number, or two numbers."""
    written = node.matching
    matching = Matching(written.how, written.labels, written.many, written.include)
    operator = Operator(node.op, node.returns_bool, node.op_span)
    if node.op in SET_OPERATORS:
        return set_operator(operator, left, right, matching)
    if is_number(node):
        return replace(_number(node, left, right), always=True)
    if is_number(node.left):
        flow = with_result(operator, right, left, right, keeps_right=True)
    elif is_number(node.right):
        flow = with_result(operator, left, left, right)
    else:
        many, single = (right, left) if matching.many == "right" else (left, right)
        why = Why(f"`{node.op}` pairs series by their labels", written.span or node.op_span)
        flow = with_result(operator, join_series(many, single, matching, why), left, right)
        if node.op == "/" and is_part_of_whole(node):
            reason = "lines that pass a filter are a part of all lines, between 0 and 1"
            flow = replace(flow, value=ValueRange(0, 1, nan=False), value_why=Why(reason, node.op_span))
        flow = not_always(flow)
    return _over_zero(node, flow, right.value)


def _number(node: Binary, left: Flow, right: Flow) -> Flow:
    """Two numbers make one; a comparison of them gives 0 or 1, with `bool` and without."""
    why = Why("a number has no labels", node.span)
    operator = Operator(node.op, True, node.op_span)
    return _over_zero(node, with_result(operator, no_labels(why), left, right), right.value)


def _over_zero(node: Binary, flow: Flow, right: ValueRange) -> Flow:
    """Loki gives NaN where something is divided by zero."""
    if node.op not in ("/", "%") or not right.contains(0) or flow.value.nan:
        return flow
    value = UNBOUNDED if right.constant == 0 else replace(flow.value, nan=True)
    return with_value(flow, value, node.op, node.op_span)


def _absent(node: RangeAggregation) -> Flow:
    """The labels that the selector names once, with `=`."""
    matchers = node.range.query.selector.matchers
    none = Why("`absent_over_time` has only labels that the selector demands with `=`", node.op_span)
    labels: dict[str, LabelFact] = {}
    for matcher in matchers:
        alone = sum(other.name == matcher.name for other in matchers) == 1
        if matcher.op == "=" and alone:
            taken = Why("`absent_over_time` takes it from the selector", matcher.span)
            labels[matcher.name] = LabelFact(single_value(matcher.value), taken)
        else:
            several = Why(
                "`absent_over_time` only keeps labels that are matched once, with `=`", matcher.span
            )
            labels[matcher.name] = LabelFact(MISSING, several)
    return Flow(LabelFact(MISSING, none), none, labels, exact_range(1))


def _names_its_own(grouping: Grouping | None, around: Aggregation | None, op: str) -> bool:
    """Whether the label that becomes the value stays, as a grouping `by` names the labels that do."""
    if grouping is None and around is not None and around.op == "sum" and op in _CARRIED_INWARDS:
        grouping = around.grouping
    return grouping is not None and grouping.how == "by" and bool(grouping.labels)


def _counts(op: str) -> ValueRange:
    """The values of an aggregation of the lines themselves: a series is there only where lines are."""
    match op:
        case "count_over_time":
            return AT_LEAST_ONE
        case "bytes_over_time":
            return COUNT
        case "rate":
            return ValueRange(low=0, low_open=True, nan=False)
        case _:
            return replace(NOT_NEGATIVE, nan=False)


def _numbers(node: RangeAggregation) -> ValueRange:
    """The values of an aggregation of unwrapped labels."""
    unwrap = node.range.unwrap
    value = (
        replace(COUNT, high=math.inf) if unwrap is not None and unwrap.conversion == "bytes" else UNBOUNDED
    )
    match node.op:
        case "rate":
            return replace(aggregate_range("sum", value), integral=False)
        case "rate_counter":
            return UNBOUNDED
        case "first_over_time" | "last_over_time":
            return value
        case "quantile_over_time":
            return aggregate_range("quantile", value, exact_range(node.param or 0))
        case _:
            return aggregate_range(node.op.removesuffix(_OVER_TIME), value)
