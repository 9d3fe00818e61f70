"""What becomes of two numbers that are written with an operator between them, in either query language."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_OPERATORS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def calculate(op: str, left: float | None, right: float | None) -> float | None:
    """The result; None where a side is no number, the operator is none of `+ - * /`, or 0 divides."""
    if op not in _OPERATORS or left is None or right is None or (op == "/" and right == 0):
        return None
    return _OPERATORS[op](left, right)
