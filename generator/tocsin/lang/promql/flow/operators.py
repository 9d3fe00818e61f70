"""The flow of operators: arithmetic, comparisons that filter or give 0 and 1, and set operators."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from tocsin.lang.flow.algebra import Matching, anything, joined, no_labels, paired, union
from tocsin.lang.flow.arithmetic import arithmetic, negated
from tocsin.lang.flow.label_values import MISSING
from tocsin.lang.flow.model import Flow, LabelFact, Why
from tocsin.lang.flow.value_range import MIRRORED, TRUTH, UNBOUNDED, ValueRange, exactly
from tocsin.lang.promql.flow.evaluation import with_value, without_name
from tocsin.lang.promql.flow.ratio import is_part_of_whole
from tocsin.lang.tokens import COMPARISONS, SET_OPERATORS

if TYPE_CHECKING:
    from tocsin.lang.flow.value_range import Comparison
    from tocsin.lang.promql.ast import Binary, Unary
    from tocsin.lang.promql.flow.evaluation import Evaluation

_ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "^", "atan2"})


def unary_flow(node: Unary, evaluation: Evaluation) -> Flow:
    """`+` changes nothing; `-` computes a new value."""
    inner = evaluation.of(node.expr)
    if node.sign == "+":
        return inner
    flow = without_name(inner, "-", (node.span[0], node.span[0] + 1))
    return with_value(flow, negated(inner.value), "-", (node.span[0], node.span[0] + 1))


def binary_flow(node: Binary, evaluation: Evaluation) -> Flow:
    """The result of an operator between two vectors, a vector and a number, or two numbers."""
    left, right = evaluation.of(node.left), evaluation.of(node.right)
    if node.op in SET_OPERATORS:
        return _set_operator(node, left, right)
    left_is_number, right_is_number = evaluation.is_number(node.left), evaluation.is_number(node.right)
    if not left_is_number and not right_is_number:
        return _between_vectors(node, left, right, evaluation)
    if left_is_number and right_is_number:
        flow = replace(no_labels(Why("a number has no labels", node.span)), always=True)
        return _with_result(node, flow, left, right, left)
    vector = right if left_is_number else left
    labels = vector if node.op in COMPARISONS else without_name(vector, node.op, node.op_span)
    return _with_result(node, labels, left, right, vector)


def _with_result(node: Binary, labels: Flow, left: Flow, right: Flow, kept: Flow) -> Flow:
    """The flow with these labels whose value is that of the operator; a filter keeps that of one side."""
    if node.op in COMPARISONS:
        op = cast("Comparison", node.op)
        if node.returns_bool:
            holds = left.value.holds(op, right.value)
            value = TRUTH if holds is None else exactly(float(holds))
            return with_value(without_name(labels, f"{op} bool", node.op_span), value, op, node.op_span)
        return _filtered(node, op, labels, left, right, kept)
    value = arithmetic(node.op, left.value, right.value) if node.op in _ARITHMETIC else UNBOUNDED
    return with_value(labels, value, node.op, node.op_span)


def _filtered(node: Binary, op: Comparison, labels: Flow, left: Flow, right: Flow, kept: Flow) -> Flow:
    holds = left.value.holds(op, right.value)
    by, other = (MIRRORED[op], left) if kept is right else (op, right)
    value = kept.value.narrowed(by, other.value)
    always = kept.always and holds is True
    if holds is False or value is None:
        return replace(labels, empty=labels.empty or _never(node, left, right), always=False)
    flow = replace(labels, value=kept.value, value_why=kept.value_why, always=always)
    if value == kept.value:
        return flow
    reason = f"the comparison keeps only what is {_without_always(value)}"
    return replace(flow, value=value, value_why=Why(reason, node.op_span))


def _without_always(value: ValueRange) -> str:
    return value.described().removeprefix("always ")


def _never(node: Binary, left: Flow, right: Flow) -> Why:
    sides = f"the left side is {left.value.described()}, the right side {right.value.described()}"
    return Why(f"the comparison `{node.op}` can never be true: {sides}", node.op_span)


def _matching(node: Binary) -> Matching:
    written = node.matching
    return Matching(written.how, written.labels, written.many, written.include)


def _set_operator(node: Binary, left: Flow, right: Flow) -> Flow:
    why = Why(f"`{node.op}` pairs series by their labels", node.op_span)
    matching = _matching(node)
    if node.op == "or":
        return union(left, right)
    if node.op == "and":
        return paired(left, right, matching, why)
    if left.empty is None and right.empty is None and right.always and _always_pairs(left, right, matching):
        reason = "`unless` takes everything away: the right side always has a partner for the left one"
        return replace(left, empty=Why(reason, node.op_span), always=False)
    return replace(left, always=left.always and right.empty is not None)


def _always_pairs(left: Flow, right: Flow, matching: Matching) -> bool:
    """Whether every series of the left side agrees with every one of the right side."""
    if matching.how == "on":
        names = set(matching.labels)
    elif left.is_open or right.is_open:
        return False
    else:
        names = {name for name in {**left.labels, **right.labels} if matching.pairs(name)}
    both = [(left.label(name).texts.listed, right.label(name).texts.listed) for name in names]
    return all(mine is not None and len(mine) == 1 and mine == its for mine, its in both)


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
    labels = joined(many, one, matching, why)
    flow = _with_result(node, labels, left, right, left)
    if node.op == "/" and is_part_of_whole(node, evaluation):
        share = ValueRange(0, 1)
        reason = "a part of its own whole is between 0 and 1"
        flow = replace(flow, value=share, value_why=Why(reason, node.op_span))
    return replace(flow, always=False)


def _filled(node: Binary, left: Flow, right: Flow, matching: Matching, why: Why) -> Flow:
    """Where a missing side is filled in, a result may come from one side alone."""
    if left.empty is not None and right.empty is not None:
        return left
    flow = anything(Why("`fill` lets a series of one side stand alone", why.span))
    if matching.how == "on" and matching.many is None:
        named = {
            name: LabelFact(left.label(name).texts.either(right.label(name).texts), why)
            for name in matching.labels
        }
        flow = replace(flow, labels=named, others=LabelFact(MISSING, why))
    value = TRUTH if node.returns_bool else UNBOUNDED
    return with_value(flow, value, node.op, node.op_span)
