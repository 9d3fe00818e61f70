"""The values of a series at which a comparison turns, solved from the arithmetic between the two."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from tocsin.lang.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Node,
    Paren,
    Range,
    Selector,
    Subquery,
    Unary,
    walk,
)
from tocsin.lang.promql.types import is_scalar
from tocsin.lang.tokens import COMPARISONS, SET_OPERATORS
from tocsin.prove.witness.constants import evaluate_constant
from tocsin.prove.witness.evaluate.arithmetic import divide, power

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MOST = 8


def turning_points(root: Node) -> tuple[float, ...]:
    """Values that series have where a comparison with a number turns, and those between two such values.

    As far as arithmetic with numbers and functions that can be undone stand between: in `(x - 7) / 4 == 3`
    it is 19. The values have no sign, as those of `written_constants`.
    """
    found = [value for value in _solved(root) if math.isfinite(value)]
    ordered = sorted(set(found))
    between = [(low + high) / 2 for low, high in pairwise(ordered)]
    return tuple(dict.fromkeys(abs(value) for value in (*found, *between)))[:_MOST]


def _solved(root: Node) -> Iterator[float]:
    for node in walk(root):
        if not isinstance(node, Binary) or node.op not in COMPARISONS:
            continue
        for side, other in ((node.left, node.right), (node.right, node.left)):
            value = evaluate_constant(other)
            if value is not None and not is_scalar(side):
                yield from _below(side, value)


def _below(node: Node, value: float) -> Iterator[float]:
    """The values of the series below an expression that make it this value."""
    match node:
        case Selector() | Range():
            yield value
        case Paren() | Subquery():
            yield from _below(node.expr, value)
        case Unary():
            yield from _below(node.expr, -value if node.sign == "-" else value)
        case Aggregation():
            yield from _below(node.expr, value)
        case Call():
            for argument in node.arguments:
                if not is_scalar(argument):
                    yield from _below(argument, _UNDONE.get(node.function, _same)(value))
        case Binary() if node.op in COMPARISONS or node.op in SET_OPERATORS:
            yield from _below(node.left, value)
        case Binary():
            left, right = evaluate_constant(node.left), evaluate_constant(node.right)
            if right is not None:
                yield from _below(node.left, _left_of(node.op, value, right))
            elif left is not None:
                yield from _below(node.right, _right_of(node.op, left, value))
        case _:
            pass


def _left_of(op: str, result: float, right: float) -> float:
    """What makes `left op right` the result."""
    match op:
        case "+":
            return result - right
        case "-":
            return result + right
        case "*":
            return divide(result, right)
        case "/":
            return result * right
        case "^":
            return power(result, divide(1.0, right))
        case _:
            return result


def _right_of(op: str, left: float, result: float) -> float:
    """What makes `left op right` the result."""
    match op:
        case "+":
            return result - left
        case "-":
            return left - result
        case "*":
            return divide(result, left)
        case "/":
            return divide(left, result)
        case _:
            return result


def _same(value: float) -> float:
    return value


_UNDONE: dict[str, Callable[[float], float]] = {
    # Between two whole numbers the function gives the same, so that nothing depends on rounding.
    "floor": lambda value: value + 0.5,
    "ceil": lambda value: value - 0.5,
    "sqrt": lambda value: power(value, 2.0),
    "ln": lambda value: power(math.e, value),
    "log2": lambda value: power(2.0, value),
    "log10": lambda value: power(10.0, value),
    "exp": lambda value: math.log(value) if value > 0 else math.nan,
    "deg": math.radians,
    "rad": math.degrees,
}
