"""The flow of operators in both languages: arithmetic, comparisons, set operators."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from tocsin.lang.comparisons import MIRRORED
from tocsin.lang.flow.algebra import pair_series, union, with_value
from tocsin.lang.flow.arithmetic import range_of_operation
from tocsin.lang.flow.model import Flow, Why
from tocsin.lang.flow.value_range import TRUTH, exact_range
from tocsin.lang.tokens import COMPARISONS
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.lang.comparisons import Comparison
    from tocsin.lang.flow.algebra import Matching


@value_object
class Operator:
    """A binary operator as it is written."""

    op: str
    returns_bool: bool
    span: tuple[int, int]


def with_result(
    operator: Operator, labels: Flow, left: Flow, right: Flow, *, keeps_right: bool = False
) -> Flow:
    """The flow with these labels whose value is that of the operator; a filter keeps that of one side."""
    op, span = operator.op, operator.span
    if op not in COMPARISONS:
        return with_value(labels, range_of_operation(op, left.value, right.value), op, span)
    if operator.returns_bool:
        holds = left.value.holds(cast("Comparison", op), right.value)
        return with_value(labels, TRUTH if holds is None else exact_range(float(holds)), op, span)
    return _filtered(operator, labels, left, right, keeps_right)


def set_operator(operator: Operator, left: Flow, right: Flow, matching: Matching) -> Flow:
    """The series that `and`, `or` or `unless` leaves."""
    if operator.op == "or":
        return union(left, right)
    if operator.op == "and":
        return pair_series(left, right, matching, Why("`and` pairs series by their labels", operator.span))
    if left.empty is None and right.empty is None and right.always and _always_pairs(left, right, matching):
        reason = "`unless` takes everything away: the right side always has a partner for the left one"
        return replace(left, empty=Why(reason, operator.span), always=False)
    return replace(left, always=left.always and right.empty is not None)


def _filtered(operator: Operator, labels: Flow, left: Flow, right: Flow, keeps_right: bool) -> Flow:
    op = cast("Comparison", operator.op)
    by, kept, other = (MIRRORED[op], right, left) if keeps_right else (op, left, right)
    value = kept.value.narrowed(by, other.value)
    if value is None or other.value.narrowed(MIRRORED[by], kept.value) is None:
        return replace(labels, empty=labels.empty or _never(operator, left, right), always=False)
    always = kept.always and kept.value.always_holds(by, other.value)
    if value == kept.value:
        return Flow(labels.others, kept.value_why, labels.labels, kept.value, labels.empty, always)
    reason = f"the comparison keeps only what is {value.described().removeprefix('always ')}"
    return Flow(labels.others, Why(reason, operator.span), labels.labels, value, labels.empty, always)


def _never(operator: Operator, left: Flow, right: Flow) -> Why:
    sides = f"the left side is {left.value.described()}, the right side {right.value.described()}"
    # Why a side is what it is, where that is more than what its outermost part is called.
    deeper = (side.value_why for side in (left, right) if side.value.constant is None)
    because = next((why for why in deeper if why.span != (0, 0) and not why.reason.startswith("`")), None)
    return Why(f"the comparison `{operator.op}` can never be true: {sides}", operator.span, because)


def _always_pairs(left: Flow, right: Flow, matching: Matching) -> bool:
    """Whether every series of the left side matches every series of the right side."""
    if matching.how == "on":
        names = set(matching.labels)
    elif left.is_open or right.is_open:
        return False
    else:
        names = {name for name in {**left.labels, **right.labels} if matching.pairs(name)}
    both = [(left.label(name).texts.listed, right.label(name).texts.listed) for name in names]
    return all(mine is not None and len(mine) == 1 and mine == its for mine, its in both)
