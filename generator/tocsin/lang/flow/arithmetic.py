"""Arithmetic on ranges of values, with IEEE floats' infinities and NaN; every answer may be too wide.

Ends are closed, as rounding may reach them, except where only the sign changes.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.flow.value_range import UNBOUNDED, ValueRange, exact_range, range_between

if TYPE_CHECKING:
    from collections.abc import Callable

_INF = math.inf
_MOST_EXPONENT = 1000


def range_of_operation(op: str, left: ValueRange, right: ValueRange) -> ValueRange:
    """The range of `left op right` for `+ - * / % ^ atan2`."""
    if left.constant is not None and right.constant is not None:
        if op == "/" and left.constant != 0 == right.constant:
            # The sign of the infinity is that of the zero, which `== 0` does not tell.
            return replace(UNBOUNDED, nan=False)
        return exact_range(_computed(op, left.constant, right.constant))
    match op:
        case "+":
            return _sum(left, right)
        case "-":
            return _sum(left, negate_range(right))
        case "*":
            return _product(left, right)
        case "/":
            return _quotient(left, right)
        case "%":
            return _remainder(left, right)
        case "^":
            return _power(left, right)
        case "atan2":
            return range_between(-math.pi, math.pi, nan=left.nan or right.nan)
        case _:
            return UNBOUNDED


def negate_range(value: ValueRange) -> ValueRange:
    """The range of `-value`."""
    return replace(
        value, low=-value.high, high=-value.low, low_open=value.high_open, high_open=value.low_open
    )


def apply_monotone(
    value: ValueRange, function: Callable[[float], float], *, integral: bool = False
) -> ValueRange:
    """The range of a function that never falls; the function may raise at the ends where it has no value."""
    low, high = _at(function, value.low, -_INF), _at(function, value.high, _INF)
    return ValueRange(low, high, integral=integral, nan=value.nan)


def can_be_infinite(value: ValueRange) -> bool:
    """Whether an infinity is in the range."""
    return (value.low == -_INF and not value.low_open) or (value.high == _INF and not value.high_open)


def _at(function: Callable[[float], float], end: float, otherwise: float) -> float:
    try:
        result = function(end)
    except (ValueError, OverflowError):
        return otherwise
    return otherwise if math.isnan(result) else result


def _computed(op: str, left: float, right: float) -> float:
    try:
        match op:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "/":
                return left / right
            case "%":
                return math.fmod(left, right)
            case "^":
                return math.pow(left, right)
            case "atan2":
                return math.atan2(left, right)
    except (ValueError, OverflowError, ZeroDivisionError):
        pass
    return math.nan


def _sum(left: ValueRange, right: ValueRange) -> ValueRange:
    nan = left.nan or right.nan or can_be_infinite(left) or can_be_infinite(right)
    low, high = left.low + right.low, left.high + right.high
    return ValueRange(
        -_INF if math.isnan(low) else low,
        _INF if math.isnan(high) else high,
        integral=left.integral and right.integral,
        nan=nan,
    )


def _product(left: ValueRange, right: ValueRange) -> ValueRange:
    ends = [_times(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    nan = left.nan or right.nan or can_be_infinite(left) or can_be_infinite(right)
    return ValueRange(min(ends), max(ends), integral=left.integral and right.integral, nan=nan)


def _times(left: float, right: float) -> float:
    # A finite value near an infinite end times zero is zero; NaN is noted apart.
    return 0.0 if left == 0 or right == 0 else left * right


def _quotient(left: ValueRange, right: ValueRange) -> ValueRange:
    if right.low > 0 or right.high < 0:
        ends = [_divided(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
        nan = left.nan or right.nan or (can_be_infinite(left) and can_be_infinite(right))
        return ValueRange(min(ends), max(ends), nan=nan)
    # A zero may be negative, as that of `0 * -1`: then the quotient is the negative infinity.
    if left.low >= 0 and right.low >= 0 and right.high > 0 and math.copysign(1, right.low) > 0:
        return ValueRange(low=0)
    return UNBOUNDED


def _divided(left: float, right: float) -> float:
    if math.isinf(left) and math.isinf(right):
        # Finite values near both ends can have any quotient of that sign.
        return math.copysign(_INF, left) * math.copysign(1, right)
    return left / right


def _remainder(left: ValueRange, right: ValueRange) -> ValueRange:
    most = min(max(abs(right.low), abs(right.high)), max(abs(left.low), abs(left.high)))
    nan = left.nan or right.nan or can_be_infinite(left) or right.low <= 0 <= right.high
    return ValueRange(
        0 if left.low >= 0 else -most,
        0 if left.high <= 0 else most,
        integral=left.integral and right.integral,
        nan=nan,
    )


def _power(left: ValueRange, right: ValueRange) -> ValueRange:
    exponent = right.constant
    even = exponent is not None and exponent % 2 == 0
    if left.low >= 0 or even:
        whole = exponent is not None and 0 <= exponent <= _MOST_EXPONENT and exponent == math.floor(exponent)
        return ValueRange(low=0, integral=left.integral and whole)
    return UNBOUNDED
