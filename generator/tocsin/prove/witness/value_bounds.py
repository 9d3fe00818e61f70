"""The values that an expression can have whatever the data, and comparisons that can therefore never hold.

Only what holds for all data is used: a count is at least 1, what a comparison lets through satisfies it, a
series divided by itself is 1. A counter may be negative here: that is odd, but not impossible.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from tocsin.lang.flow.value_range import exact_range
from tocsin.lang.go_numbers import go_float
from tocsin.lang.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Number,
    Paren,
    Selector,
    Subquery,
    Unary,
    children,
)
from tocsin.lang.promql.clashes import why_contradictory
from tocsin.lang.promql.flow.clock import clock_distance
from tocsin.lang.promql.types import is_scalar
from tocsin.lang.tokens import COMPARISONS
from tocsin.prove.witness.evaluate.arithmetic import calculate
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.lang.flow.value_range import Comparison
    from tocsin.lang.promql.ast import Node

_SLACK = 1e-9
"""A part of a value by which rounding may make it differ."""
_MIRRORED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "==": "==", "!=": "!="}


@value_object
class Bounds:
    """The least and the greatest value; values that are not numbers apart."""

    least: float = -math.inf
    greatest: float = math.inf


ANY = Bounds()
_OF_CALLS = {
    "count_over_time": Bounds(1),
    "present_over_time": Bounds(1, 1),
    "absent": Bounds(1, 1),
    "absent_over_time": Bounds(1, 1),
    "changes": Bounds(0),
    "resets": Bounds(0),
    "stddev_over_time": Bounds(0),
    "stdvar_over_time": Bounds(0),
    "abs": Bounds(0),
    "sqrt": Bounds(0),
    "exp": Bounds(0),
    "sgn": Bounds(-1, 1),
    "minute": Bounds(0, 59),
    "hour": Bounds(0, 23),
    "day_of_week": Bounds(0, 6),
    "day_of_month": Bounds(1, 31),
    "day_of_year": Bounds(1, 366),
    "days_in_month": Bounds(28, 31),
    "month": Bounds(1, 12),
}
_OF_AGGREGATIONS = {
    "count": Bounds(1),
    "count_values": Bounds(1),
    "group": Bounds(1, 1),
    "stddev": Bounds(0),
    "stdvar": Bounds(0),
}
_AMONG = frozenset({"min", "max", "avg", "topk", "bottomk", "limitk", "limit_ratio"})
_AMONG_OVER_TIME = frozenset(
    {"min_over_time", "max_over_time", "avg_over_time", "last_over_time", "first_over_time"}
)
_KEEPING = frozenset(
    {"sort", "sort_desc", "sort_by_label", "sort_by_label_desc", "label_replace", "label_join"}
)


def why_never(node: Node) -> str | None:
    """Why an expression has no result whatever the data; None where it may have one."""
    match node:
        case Binary() if node.op in COMPARISONS and not node.returns_bool and not is_scalar(node):
            return _contradiction(node) or why_never(node.left) or why_never(node.right)
        case Binary(op="or"):
            left, right = why_never(node.left), why_never(node.right)
            return left if left and right else None
        case Binary(op="unless"):
            return why_never(node.left)
        case Binary(op="and"):
            return why_contradictory(node, _number) or why_never(node.left) or why_never(node.right)
        case Binary():
            filled = node.matching.fill_left is not None or node.matching.fill_right is not None
            return None if filled else why_never(node.left) or why_never(node.right)
        case Call(function="absent" | "absent_over_time" | "scalar" | "vector"):
            return None
        case Aggregation():
            return why_never(node.expr)
        case Call() | Paren() | Unary() | Subquery():
            return next((reason for inner in children(node) if (reason := why_never(inner))), None)
        case _:
            return None


def _number(node: Node) -> float | None:
    """The value of a constant."""
    values = value_bounds(node)
    return values.least if _is_point(values) else None


def _contradiction(node: Binary) -> str | None:
    distance = clock_distance(node.left, node.right, _number)
    if distance is not None:
        if exact_range(distance).holds(cast("Comparison", node.op), exact_range(0)):
            return None
        apart = f", {abs(distance):g} s apart" if distance else ""
        return f"both sides of its `{node.op}` are the moment of the evaluation{apart}"
    if is_scalar(node.right):
        vector, number, op = node.left, node.right, node.op
    elif is_scalar(node.left):
        vector, number, op = node.right, node.left, _MIRRORED[node.op]
    else:
        return None
    limit, values = value_bounds(number), value_bounds(vector)
    if limit.least != limit.greatest or math.isinf(limit.least):
        return None
    value = limit.least
    slack = _SLACK * max(1.0, abs(value)) if _is_calculated(vector) else 0.0
    can = {
        ">": values.greatest > value - slack if slack else values.greatest > value,
        ">=": values.greatest >= value - slack,
        "<": values.least < value + slack if slack else values.least < value,
        "<=": values.least <= value + slack,
        "==": values.least - slack <= value <= values.greatest + slack,
        "!=": True,
    }[op]
    if can:
        return None
    return f"its value is {_said(values)}, so it is never {op} {go_float(value)}"


def _said(values: Bounds) -> str:
    if values.least == values.greatest:
        return f"always {go_float(values.least)}"
    if math.isinf(values.greatest):
        return f"at least {go_float(values.least)}"
    if math.isinf(values.least):
        return f"at most {go_float(values.greatest)}"
    return f"between {go_float(values.least)} and {go_float(values.greatest)}"


def _is_calculated(node: Node) -> bool:
    """Whether rounding may have a part in the value."""
    match node:
        case Binary() if node.op not in COMPARISONS:
            return node.op not in ("and", "unless")
        case Aggregation():
            return node.op in ("avg", "stddev", "stdvar", "quantile") or _is_calculated(node.expr)
        case Call():
            return node.function not in _OF_CALLS
        case Paren() | Unary():
            return _is_calculated(node.expr)
        case _:
            return False


def value_bounds(node: Node) -> Bounds:
    """The values that the results of an expression can have."""
    match node:
        case Number():
            return Bounds(node.value, node.value) if node.value == node.value else ANY
        case Paren():
            return value_bounds(node.expr)
        case Unary():
            inner = value_bounds(node.expr)
            return Bounds(-inner.greatest, -inner.least) if node.sign == "-" else inner
        case Aggregation():
            return _of_aggregation(node)
        case Call():
            return _of_call(node)
        case Binary():
            return _of_binary(node)
        case _:
            return ANY


def _of_aggregation(node: Aggregation) -> Bounds:
    if node.op in _OF_AGGREGATIONS:
        return _OF_AGGREGATIONS[node.op]
    inner = value_bounds(node.expr)
    if node.op in _AMONG:
        return inner
    return _sum(inner) if node.op == "sum" else ANY


def _sum(inner: Bounds) -> Bounds:
    """A sum of one or more such values."""
    least = inner.least if inner.least >= 0 else -math.inf
    greatest = inner.greatest if inner.greatest <= 0 else math.inf
    return Bounds(least, greatest)


def _of_call(node: Call) -> Bounds:
    if node.function in _OF_CALLS:
        return _OF_CALLS[node.function]
    if not node.arguments:
        return ANY
    first = node.arguments[0]
    if node.function in _KEEPING or node.function == "vector":
        return value_bounds(first)
    while isinstance(first, Paren):
        first = first.expr
    if isinstance(first, Subquery) and node.function in _AMONG_OVER_TIME:
        return value_bounds(first.expr)
    if isinstance(first, Subquery) and node.function == "sum_over_time":
        return _sum(value_bounds(first.expr))
    return ANY


def _of_binary(node: Binary) -> Bounds:
    if node.op in COMPARISONS:
        return Bounds(0, 1) if node.returns_bool else _filtered(node)
    distance = clock_distance(node.left, node.right, _number) if node.op == "-" else None
    if distance is not None:
        return Bounds(distance, distance)
    left, right = value_bounds(node.left), value_bounds(node.right)
    if node.op in ("and", "unless"):
        return left
    if node.op == "or":
        return Bounds(min(left.least, right.least), max(left.greatest, right.greatest))
    factors = _factors(node)
    if factors is not None and not any(factors[1].values()):
        return Bounds(factors[0], factors[0])
    if node.op not in ("+", "-", "*", "/") or not (_is_point(left) or _is_point(right)):
        return ANY
    if node.op == "/" and not _is_point(right):
        return ANY
    if _is_point(right) and right.least == 0 and node.op in ("*", "/"):
        return ANY
    corners = [
        calculate(node.op, a, b) for a in (left.least, left.greatest) for b in (right.least, right.greatest)
    ]
    if any(corner != corner for corner in corners):
        return ANY
    return Bounds(min(corners), max(corners))


def _is_point(values: Bounds) -> bool:
    return values.least == values.greatest and math.isfinite(values.least)


def _filtered(node: Binary) -> Bounds:
    """What a comparison with a number lets through."""
    if is_scalar(node.right):
        values, limit, op = value_bounds(node.left), value_bounds(node.right), node.op
    elif is_scalar(node.left):
        values, limit, op = value_bounds(node.right), value_bounds(node.left), _MIRRORED[node.op]
    else:
        return value_bounds(node.left)
    if not _is_point(limit):
        return values
    if op in (">", ">="):
        return Bounds(max(values.least, limit.least), values.greatest)
    if op in ("<", "<="):
        return Bounds(values.least, min(values.greatest, limit.least))
    return limit if op == "==" else values


def _factors(node: Node) -> tuple[float, dict[object, int]] | None:
    """A product as a number and powers of series; None where it is anything else.

    Two selectors of one metric whose labels all have to agree stand for the same series.
    """
    match node:
        case Number():
            return node.value, {}
        case Paren():
            return _factors(node.expr)
        case Selector() if node.name is not None and node.at is None:
            return 1.0, {(node.name, None if node.offset is None else node.offset.seconds): 1}
        case Binary(op="*" | "/") if node.matching.how is None and node.matching.many is None:
            left, right = _factors(node.left), _factors(node.right)
            if left is None or right is None or (node.op == "/" and right[0] == 0):
                return None
            sign = 1 if node.op == "*" else -1
            powers = {
                key: left[1].get(key, 0) + sign * right[1].get(key, 0) for key in {**left[1], **right[1]}
            }
            return calculate(node.op, left[0], right[0]), powers
        case _:
            return None
