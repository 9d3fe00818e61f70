"""What a query counts, apart from over how long: two queries with the same signal measure the same thing.

Matchers may stand in any order, parentheses and the labels behind an outer `sum` do not matter, and neither
does the range, which is returned beside the measure.
"""

from __future__ import annotations

import math
import operator
from dataclasses import field
from fractions import Fraction
from typing import TYPE_CHECKING

from tocsin.lang.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Node,
    Number,
    Paren,
    Range,
    Selector,
    String,
    Unary,
    walk,
)
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.lang.promql.ast import LabelMatcher

Matchers = frozenset[tuple[str, str, str]]
_NEGATED = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}
_MOST_PARTS = 200
_CALCULATED: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


@value_object
class Signal:
    """A counted thing; equal ones count the same, `reach` and `functions` aside."""

    shape: object
    """The expression with a hole for each selector."""
    selectors: tuple[Matchers, ...]
    """The conditions of the selectors, the metric's name among them, in the order of the text."""
    reach: float | None = field(compare=False)
    """The one range in seconds; None where there is none."""
    functions: frozenset[str] = field(compare=False)
    """`rate` or `increase`: by their quotient nobody can tell which it was."""

    def is_rest_of(self, other: Signal, whole: Signal) -> bool:
        """Whether it counts exactly what `other` leaves of the `whole`."""
        if not self.shape == other.shape == whole.shape or len(self.selectors) != 1:
            return False
        everything = whole.selectors[0]
        own, others = self.selectors[0] - everything, other.selectors[0] - everything
        if len(own) != 1 or len(others) != 1:
            return False
        if self.selectors[0] != everything | own or other.selectors[0] != everything | others:
            return False
        ((name, op, value),) = own
        return others == {(name, _NEGATED[op], value)}

    def compares_with(self, other: Signal) -> bool:
        """Whether a quotient of the two means something: both over the same time, counted alike."""
        return self.reach == other.reach and self.functions == other.functions


def measure_of(node: Node) -> Signal | None:
    """The signal of an expression; None where it has parts whose meaning depends on more than its range."""
    if sum(1 for _ in walk(node)) > _MOST_PARTS:
        return None
    reading = _Reading()
    try:
        shape = reading.shape(node)
    except _UnlikeError:
        return None
    if len(reading.reaches) > 1 or not reading.selectors:
        return None
    reach = next(iter(reading.reaches), None)
    return Signal(shape, tuple(reading.selectors), reach, frozenset(reading.functions))


def split_factor(node: Node) -> tuple[Fraction, Node]:
    """The expression without the numbers that it is multiplied with or divided by, and their product."""
    factor = Fraction(1)
    while True:
        match node:
            case Paren():
                node = node.expr
            case Unary(sign="-"):
                factor, node = -factor, node.expr
            case Binary(op="*" | "/"):
                right = constant_value(node.right)
                left = constant_value(node.left) if node.op == "*" else None
                if right:
                    factor, node = (factor * right if node.op == "*" else factor / right), node.left
                elif left:
                    factor, node = factor * left, node.right
                else:
                    return factor, node
            case _:
                return factor, node


def constant_value(node: Node, deepest: int = 10) -> Fraction | None:
    """The number that is written, perhaps as a small calculation such as `14.4 * (1 - 0.999)`."""
    match node:
        case Paren() if deepest:
            return constant_value(node.expr, deepest - 1)
        case Number():
            return exact_decimal(node.value) if math.isfinite(node.value) else None
        case Unary() if deepest:
            inner = constant_value(node.expr, deepest - 1)
            return -inner if inner is not None and node.sign == "-" else inner
        case Binary(op="+" | "-" | "*" | "/") if deepest:
            left, right = constant_value(node.left, deepest - 1), constant_value(node.right, deepest - 1)
            if left is None or right is None or (node.op == "/" and right == 0):
                return None
            return _CALCULATED[node.op](left, right)
        case _:
            return None


def exact_decimal(value: float) -> Fraction:
    """The number that somebody wrote, not the binary one next to it; it has to be finite."""
    return Fraction(repr(value))


class _UnlikeError(Exception):
    """A part that no other expression can be compared with."""


class _Reading:
    """What one walk over an expression gathers."""

    def __init__(self) -> None:
        self.selectors: list[Matchers] = []
        self.reaches: set[float] = set()
        self.functions: set[str] = set()

    def shape(self, node: Node) -> object:
        node = _without_sums(node)
        match node:
            case Selector():
                return self._selector(node)
            case Range():
                if node.range.seconds is None:
                    raise _UnlikeError
                self.reaches.add(node.range.seconds)
                return self._selector(node.selector)
            case Call(function="rate" | "increase"):
                self.functions.add(node.function)
                return ("counted", self.shape(node.arguments[0]))
            case Call():
                return (node.function, *(self._inner(part) for part in node.arguments))
            case Aggregation():
                grouping = node.grouping and (node.grouping.how, frozenset(node.grouping.labels))
                param = None if node.param is None else self._inner(node.param)
                return (node.op, grouping, param, self._inner(node.expr))
            case Binary(op="+", matching=matching) if matching.how is None and matching.span is None:
                return ("+", self.shape(node.left), self.shape(node.right))
            case Number():
                return ("number", node.value)
            case String():
                return ("string", node.value)
            case _:
                raise _UnlikeError

    def _inner(self, node: Node) -> object:
        """A part inside of something else than a sum, where the labels of a sum do matter."""
        while isinstance(node, Paren):
            node = node.expr
        if isinstance(node, Aggregation) and node.op == "sum":
            grouping = node.grouping and (node.grouping.how, frozenset(node.grouping.labels))
            return ("sum", grouping, self._inner(node.expr))
        return self.shape(node)

    def _selector(self, node: Selector) -> object:
        if node.offset is not None or node.at is not None or node.interpolation is not None:
            raise _UnlikeError
        named = () if node.name is None else (("__name__", "=", node.name),)
        self.selectors.append(frozenset((*named, *(_plain(one) for one in node.matchers))))
        return "selector"


def _without_sums(node: Node) -> Node:
    while True:
        if isinstance(node, Paren) or (isinstance(node, Aggregation) and node.op == "sum"):
            node = node.expr
        else:
            return node


def _plain(matcher: LabelMatcher) -> tuple[str, str, str]:
    """The matcher, with a pattern that has no sign of one as a plain text."""
    is_word = matcher.value.replace("_", "").replace("-", "").isalnum()
    op = {"=~": "=", "!~": "!="}.get(matcher.op, matcher.op) if is_word else matcher.op
    return matcher.name, op, matcher.value
