"""Arithmetic on floating-point numbers as Go does it: dividing by zero and overflowing give no errors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

NAN = math.nan


def calculate(op: str, left: float, right: float) -> float:
    """The value of `left op right`."""
    return _OPERATORS[op](left, right)


def divide(left: float, right: float) -> float:
    """The quotient; infinite or NaN where the divisor is zero."""
    if right != 0:
        return left / right
    if left == 0 or left != left:
        return NAN
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def modulo(left: float, right: float) -> float:
    """The remainder with the sign of the dividend; NaN where there is none."""
    if right == 0 or math.isinf(left) or left != left or right != right:
        return NAN
    return math.fmod(left, right)


def power(left: float, right: float) -> float:
    """The power; NaN where it is not real."""
    try:
        return math.pow(left, right)
    except OverflowError:
        odd = right == math.floor(right) and right % 2 == 1
        return -math.inf if left < 0 and odd else math.inf
    except ValueError:
        return math.inf if left == 0 else NAN


def guarded(function: Callable[[float], float]) -> Callable[[float], float]:
    """A function of Python's `math` with Go's answers where Python raises errors."""

    def call(value: float) -> float:
        if value != value:
            return NAN
        try:
            return float(function(value))
        except ValueError:
            return NAN
        except OverflowError:
            return math.inf if value > 0 else function_at_minus_infinity(function)

    return call


def function_at_minus_infinity(function: Callable[[float], float]) -> float:
    """What a function that overflows on the negative side tends to."""
    return -math.inf if function is math.sinh else math.inf


def logarithm(function: Callable[[float], float]) -> Callable[[float], float]:
    """A logarithm with minus infinity at zero."""
    inner = guarded(function)
    return lambda value: -math.inf if value == 0 else inner(value)


def whole(function: Callable[[float], int]) -> Callable[[float], float]:
    """Rounding up or down that leaves what is not finite alone."""
    return lambda value: float(function(value)) if math.isfinite(value) else value


def round_to(value: float, nearest: float) -> float:
    """The multiple of `nearest` next to the value, halves upwards (promql/functions.go, funcRound)."""
    inverse = divide(1.0, nearest)
    scaled = value * inverse + 0.5
    return divide(float(math.floor(scaled)), inverse) if math.isfinite(scaled) else divide(scaled, inverse)


def sign(value: float) -> float:
    """-1, 0 or 1; the value itself where it is zero or NaN."""
    return -1.0 if value < 0 else 1.0 if value > 0 else value


_OPERATORS: dict[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": divide,
    "%": modulo,
    "^": power,
    "atan2": math.atan2,
}

MATH: dict[str, Callable[[float], float]] = {
    "abs": abs,
    "ceil": whole(math.ceil),
    "floor": whole(math.floor),
    "exp": guarded(math.exp),
    "sqrt": guarded(math.sqrt),
    "ln": logarithm(math.log),
    "log2": logarithm(math.log2),
    "log10": logarithm(math.log10),
    "sin": guarded(math.sin),
    "cos": guarded(math.cos),
    "tan": guarded(math.tan),
    "asin": guarded(math.asin),
    "acos": guarded(math.acos),
    "atan": guarded(math.atan),
    "sinh": guarded(math.sinh),
    "cosh": guarded(math.cosh),
    "tanh": guarded(math.tanh),
    "asinh": guarded(math.asinh),
    "acosh": guarded(math.acosh),
    "atanh": guarded(math.atanh),
    "deg": math.degrees,
    "rad": math.radians,
    "sgn": sign,
}
"""Functions of one number that PromQL applies to each element."""
