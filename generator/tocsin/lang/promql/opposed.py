"""Conditions that ask of a value the opposite of what they ask of it some time ago, and so pass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from tocsin.lang.comparisons import MIRRORED
from tocsin.lang.flow.value_range import UNBOUNDED, ValueRange, exact_range
from tocsin.lang.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Node,
    Paren,
    Range,
    Selector,
    calculated_number,
    without_parentheses,
    without_places,
)
from tocsin.lang.tokens import COMPARISONS
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.lang.comparisons import Comparison


@value_object
class Opposed:
    """An operator whose sides cannot both hold for longer than the `offset` between them."""

    operator: Binary
    seconds: float


def opposed_conditions(node: Node) -> list[Opposed]:
    """The pairs of demands on one series, now and an offset ago, that contradict each other.

    All of them have to hold, as far as `and` and `unless` join them by all labels.
    """
    found: list[Opposed] = []
    waiting = [node]
    while waiting:
        one = without_parentheses(waiting.pop())
        if not isinstance(one, Binary) or one.op not in ("and", "unless"):
            continue
        waiting.append(one.left)
        if one.op == "and":
            waiting.append(one.right)
        if one.matching.how is None:
            seconds = _apart(one)
            if seconds:
                found.append(Opposed(one, seconds))
    return found


def _apart(node: Binary) -> float | None:
    """By how much the two sides lie apart in time, where one cannot follow the other for longer."""
    left, right = _demand(node.left), _demand(node.right)
    if left is None or right is None or left[0] != right[0] or left[1] == right[1]:
        return None
    if node.op == "unless":
        # What holds now and did not, or the reverse, is so for as long as the offset.
        return abs(left[1] - right[1]) if left[2] == right[2] else None
    is_apart = _both(left[2], right[2]) is None
    return abs(left[1] - right[1]) if is_apart else None


def _both(one: ValueRange, other: ValueRange) -> ValueRange | None:
    low = one.narrowed(">" if other.low_open else ">=", exact_range(other.low))
    return None if low is None else low.narrowed("<" if other.high_open else "<=", exact_range(other.high))


def _demand(node: Node) -> tuple[object, float, ValueRange] | None:
    """What is read, how long ago, and the values that pass."""
    node = without_parentheses(node)
    if isinstance(node, Binary):
        if node.op not in COMPARISONS or node.returns_bool:
            return None
        value, op, limit = node.left, node.op, calculated_number(node.right)
        if limit is None:
            value, op, limit = node.right, MIRRORED[node.op], calculated_number(node.left)
        inner = None if limit is None else _demand(value)
        if inner is None or limit is None:
            return None
        narrowed = inner[2].narrowed(cast("Comparison", op), exact_range(limit))
        return None if narrowed is None else (inner[0], inner[1], narrowed)
    read = _at_once(node)
    return None if read is None else (without_places(read[0]), read[1], UNBOUNDED)


def _at_once(node: Node) -> tuple[Node, float] | None:
    """The same read without its `offset`, and that offset in seconds; None where it is no one moment."""
    match node:
        case Paren():
            return _at_once(node.expr)
        case Selector():
            seconds = 0.0 if node.offset is None else node.offset.seconds
            if node.name is None or seconds is None or node.at is not None or seconds < 0:
                return None
            return replace(node, offset=None), seconds
        case Range():
            inner = _at_once(node.selector)
            if inner is None or not isinstance(inner[0], Selector):
                return None
            return replace(node, selector=inner[0]), inner[1]
        case Call() if len(node.arguments) == 1:
            inner = _at_once(node.arguments[0])
            return None if inner is None else (replace(node, arguments=(inner[0],)), inner[1])
        case Aggregation() if node.param is None:
            inner = _at_once(node.expr)
            return None if inner is None else (replace(node, expr=inner[0]), inner[1])
        case _:
            return None
