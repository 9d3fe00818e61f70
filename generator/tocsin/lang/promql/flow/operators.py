"""The flow of operators: arithmetic, comparisons that filter or give 0 and 1, and set operators."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from tocsin.lang.flow.algebra import Matching, join_series, no_labels, not_always, unknown_flow, with_value
from tocsin.lang.flow.arithmetic import negate_range
from tocsin.lang.flow.label_values import MISSING
from tocsin.lang.flow.model import Flow, LabelFact, Why
from tocsin.lang.flow.operators import Operator, set_operator, with_result
from tocsin.lang.flow.value_range import TRUTH, UNBOUNDED, ValueRange, exact_range
from tocsin.lang.promql.clashes import why_contradictory
from tocsin.lang.promql.flow.clock import age, clock_distance
from tocsin.lang.promql.flow.evaluation import without_name
from tocsin.lang.promql.flow.ratio import cancelled, is_taken_from_itself
from tocsin.lang.promql.flow.share import share_of_whole
from tocsin.lang.tokens import COMPARISONS, SET_OPERATORS

if TYPE_CHECKING:
    from tocsin.lang.comparisons import Comparison
    from tocsin.lang.promql.ast import Binary, Unary
    from tocsin.lang.promql.flow.evaluation import Evaluation

_ROUNDING = 1e-9
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "^", "atan2"})


def unary_flow(node: Unary, evaluation: Evaluation) -> Flow:
    """`+` changes nothing; `-` computes a new value."""
    inner = evaluation.of(node.expr)
    if node.sign == "+":
        return inner
    flow = without_name(inner, "-", (node.span[0], node.span[0] + 1))
    return with_value(flow, negate_range(inner.value), "-", (node.span[0], node.span[0] + 1))


def binary_flow(node: Binary, evaluation: Evaluation) -> Flow:
    """The result of an operator between two vectors, a vector and a number, or two numbers."""
    flow = _operated(node, evaluation)
    if node.op == "-" or node.op in COMPARISONS:
        distance = clock_distance(node.left, node.right, evaluation.number)
        if distance is not None:
            return _by_clock(node, flow, distance)
        passed = age(node.left, node.right, evaluation.number) if evaluation.conventions else None
        return flow if passed is None or flow.empty is not None else _by_age(node, flow, *passed)
    if node.op == "and" and flow.empty is None:
        reason = why_contradictory(node, evaluation.number)
        return flow if reason is None else replace(flow, empty=Why(reason, node.op_span), always=False)
    return flow


def _by_clock(node: Binary, flow: Flow, distance: float) -> Flow:
    """The flow where both sides are the evaluation time, and the left one is later by a distance."""
    if node.op == "-":
        return with_value(flow, exact_range(distance), node.op, node.op_span)
    holds = exact_range(distance).holds(cast("Comparison", node.op), exact_range(0))
    if node.returns_bool:
        return with_value(flow, exact_range(float(bool(holds))), node.op, node.op_span)
    if holds or flow.empty is not None:
        return flow
    reason = f"the comparison `{node.op}` can never be true: both sides are the evaluation time"
    if distance:
        reason += f", the left one {abs(distance):g} s {'later' if distance > 0 else 'earlier'}"
    return replace(flow, empty=Why(reason, node.op_span), always=False)


def _by_age(node: Binary, flow: Flow, passed: ValueRange, reason: str) -> Flow:
    """The flow where one side is the moment of the evaluation, and the other a time that has passed."""
    if node.op == "-":
        return replace(flow, value=passed, value_why=Why(reason, node.op_span))
    holds = passed.without_nan().holds(cast("Comparison", node.op), exact_range(0))
    if holds is not False:
        return flow
    if node.returns_bool:
        return with_value(flow, exact_range(0), node.op, node.op_span)
    never = Why(f"the comparison `{node.op}` can never be true: {reason}", node.op_span)
    return replace(flow, empty=never, always=False)


def _operated(node: Binary, evaluation: Evaluation) -> Flow:
    left, right = evaluation.of(node.left), evaluation.of(node.right)
    if node.op in SET_OPERATORS:
        return set_operator(_operator(node), left, right, _matching(node))
    left_is_number, right_is_number = evaluation.is_number(node.left), evaluation.is_number(node.right)
    if not left_is_number and not right_is_number:
        return _between_vectors(node, left, right, evaluation)
    if left_is_number and right_is_number:
        flow = replace(no_labels(Why("a number has no labels", node.span)), always=True)
        return _with_result(node, flow, left, right)
    vector = right if left_is_number else left
    labels = vector if node.op in COMPARISONS else without_name(vector, node.op, node.op_span)
    return _with_result(node, labels, left, right, keeps_right=left_is_number)


def _with_result(node: Binary, labels: Flow, left: Flow, right: Flow, *, keeps_right: bool = False) -> Flow:
    if node.op in COMPARISONS and node.returns_bool:
        labels = without_name(labels, f"{node.op} bool", node.op_span)
    return with_result(_operator(node), labels, left, right, keeps_right=keeps_right)


def _operator(node: Binary) -> Operator:
    return Operator(node.op, node.returns_bool, node.op_span)


def _matching(node: Binary) -> Matching:
    written = node.matching
    return Matching(written.how, written.labels, written.many, written.include)


def _between_vectors(node: Binary, left: Flow, right: Flow, evaluation: Evaluation) -> Flow:
    span = node.matching.span or node.op_span
    why = Why(f"`{node.op}` pairs series by their labels", span)
    matching = _matching(node)
    if node.matching.fill_left is not None or node.matching.fill_right is not None:
        return _filled(node, left, right, matching, why)
    many, one = (right, left) if matching.many == "right" else (left, right)
    if node.op in _ARITHMETIC:
        # The name goes before `group_left (__name__)` may bring one.
        many = without_name(many, node.op, node.op_span)
    labels = join_series(many, one, matching, why)
    flow = _with_result(node, labels, left, right)
    left_over = cancelled(node) if node.op in ("*", "/") else None
    if left_over is not None:
        reason = "every series is divided by itself"
        flow = replace(flow, value=_about(left_over), value_why=Why(reason, node.op_span))
    elif node.op == "-" and is_taken_from_itself(node):
        reason = "every series is taken from itself"
        flow = replace(flow, value=ValueRange(0, 0, integral=True), value_why=Why(reason, node.op_span))
    elif node.op == "/" and (share := share_of_whole(node, evaluation)) is not None:
        value, reason = share
        flow = replace(flow, value=value, value_why=Why(reason, node.op_span))
    return not_always(flow)


def _about(value: float) -> ValueRange:
    """A number as it may come out of a calculation, or NaN where zeros were divided."""
    if value == 1:
        return ValueRange(1, 1, integral=True)
    return ValueRange(value - _ROUNDING * abs(value), value + _ROUNDING * abs(value))


def _filled(node: Binary, left: Flow, right: Flow, matching: Matching, why: Why) -> Flow:
    """Where a missing side is filled in, a result may come from one side alone."""
    if left.empty is not None and right.empty is not None:
        return left
    flow = unknown_flow(Why("`fill` keeps series that exist on one side only", why.span))
    if matching.how == "on" and matching.many is None:
        named = {
            name: LabelFact(left.label(name).texts.either(right.label(name).texts), why)
            for name in matching.labels
        }
        flow = replace(flow, labels=named, others=LabelFact(MISSING, why))
    value = TRUTH if node.returns_bool else UNBOUNDED
    return with_value(flow, value, node.op, node.op_span)
