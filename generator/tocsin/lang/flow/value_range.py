"""The numbers that a sample can be: an interval, whether they are whole, and whether NaN can occur."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.comparisons import MIRRORED, OPPOSITE
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.lang.comparisons import Comparison

_INF = math.inf


@value_object
class ValueRange:
    """All numbers from `low` to `high`; an open end is not among them, and an infinite one is when closed."""

    low: float = -_INF
    high: float = _INF
    low_open: bool = False
    high_open: bool = False
    integral: bool = False
    """Whether every finite value is a whole number."""
    nan: bool = True
    """Whether a value may be NaN."""

    @property
    def constant(self) -> float | None:
        """The only value there can be."""
        return self.low if self.low == self.high and not self.nan else None

    @property
    def is_unbounded(self) -> bool:
        """Whether nothing is known of where the values lie."""
        return self.low == -_INF and self.high == _INF

    def without_nan(self) -> ValueRange:
        """The same where no value is NaN."""
        return ValueRange(self.low, self.high, self.low_open, self.high_open, self.integral, nan=False)

    def contains(self, value: float) -> bool:
        """Whether a value can occur."""
        if math.isnan(value):
            return self.nan
        if self.integral and math.isfinite(value) and value != math.floor(value):
            return False
        above = value > self.low if self.low_open else value >= self.low
        below = value < self.high if self.high_open else value <= self.high
        return above and below

    def narrowed(self, op: Comparison, other: ValueRange) -> ValueRange | None:
        """The values for which `value op other` can hold; None where it never does."""
        if op == "!=":
            return self._unequal(other.constant)
        low, low_open, high, high_open = self.low, self.low_open, self.high, self.high_open
        if op in (">", ">=", "=="):
            is_open = op == ">" or other.low_open
            if other.low > low or (other.low == low and is_open):
                low, low_open = other.low, is_open
        if op in ("<", "<=", "=="):
            is_open = op == "<" or other.high_open
            if other.high < high or (other.high == high and is_open):
                high, high_open = other.high, is_open
        integral = self.integral or (op == "==" and other.integral)
        return ValueRange(low, high, low_open, high_open, integral, nan=False)._tight()

    def holds(self, op: Comparison, other: ValueRange) -> bool | None:
        """Whether `value op other` is always true, never true, or (None) depends."""
        if self._never(op, other):
            return False
        return True if self.always_holds(op, other) else None

    def always_holds(self, op: Comparison, other: ValueRange) -> bool:
        """Whether `value op other` is always true."""
        is_sure = not self.nan and not other.nan and self._never(OPPOSITE[op], other)
        return is_sure and not self._never(op, other)

    def either(self, other: ValueRange) -> ValueRange:
        """The smallest range with the values of both."""
        low = min(self.low, other.low)
        high = max(self.high, other.high)
        return ValueRange(
            low,
            high,
            not ((self.low == low and not self.low_open) or (other.low == low and not other.low_open)),
            not ((self.high == high and not self.high_open) or (other.high == high and not other.high_open)),
            self.integral and other.integral,
            self.nan or other.nan,
        )

    def described(self) -> str:
        """The range in words, such as `between 0 and 1`, for a sentence that begins "it is"."""
        if _shown(self.low) == _shown(self.high):
            return f"always {_shown(self.low)}"
        if self.is_unbounded:
            return "any number"
        if self.high == _INF:
            return f"{'more than' if self.low_open else 'at least'} {_shown(self.low)}"
        if self.low == -_INF:
            return f"{'less than' if self.high_open else 'at most'} {_shown(self.high)}"
        return f"between {_shown(self.low)} and {_shown(self.high)}"

    def _never(self, op: Comparison, other: ValueRange) -> bool:
        return self.narrowed(op, other) is None or other.narrowed(MIRRORED[op], self) is None

    def _unequal(self, number: float | None) -> ValueRange | None:
        if number is None or number not in (self.low, self.high):
            return self
        if self.low == self.high:
            return self if self.nan else None
        if number == self.low:
            return replace(self, low_open=True)._tight()
        return replace(self, high_open=True)._tight()

    def _tight(self) -> ValueRange | None:
        low, high, low_open, high_open = self.low, self.high, self.low_open, self.high_open
        if self.integral and math.isfinite(low):
            low, low_open = float(math.floor(low) + 1 if low_open else math.ceil(low)), False
        if self.integral and math.isfinite(high):
            high, high_open = float(math.ceil(high) - 1 if high_open else math.floor(high)), False
        if low > high or (low == high and (low_open or high_open)):
            return None
        if not self.integral:
            return self
        return ValueRange(low, high, low_open, high_open, self.integral, self.nan)


UNBOUNDED = ValueRange()
NOT_NEGATIVE = ValueRange(low=0)
COUNT = ValueRange(low=0, integral=True, nan=False)
AT_LEAST_ONE = ValueRange(low=1, integral=True, nan=False)
TRUTH = ValueRange(0, 1, integral=True, nan=False)


def exact_range(value: float) -> ValueRange:
    """The range of one number, which may be NaN."""
    if math.isnan(value):
        return UNBOUNDED
    return ValueRange(value, value, integral=math.isfinite(value) and value == math.floor(value), nan=False)


def range_between(low: float, high: float, *, integral: bool = False, nan: bool = True) -> ValueRange:
    """The range with both ends in it."""
    return ValueRange(low, high, integral=integral, nan=nan)


def _shown(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else "infinite" if value > 0 else "minus infinite"
