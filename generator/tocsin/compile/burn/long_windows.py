"""Windows that are summed from what is recorded over five minutes.

Each recorded value holds the events of five minutes, so that an event is in several of them, and of the
youngest events some are still to come. Until then the last value stands for those, and the sum reaches back
less far for as much: a share that begins and stays is seen to within one evaluation of when it is.
"""

from __future__ import annotations

from decimal import Decimal

from tocsin.compile.burn.series import BASE_MS
from tocsin.value_object import value_object

_THOUSANDTH = Decimal("0.001")


@value_object
class SummedWindow:
    """How a window is put together."""

    range_ms: int
    """How far back recorded values are summed."""
    more: Decimal
    """How many times more the last of them counts."""


def summed_window(window_ms: int, interval_ms: int) -> SummedWindow:
    """How to sum a window of values that are recorded at an interval."""
    ahead_ms = max(0, BASE_MS - interval_ms) // 2
    more = (Decimal(ahead_ms) / interval_ms).quantize(_THOUSANDTH)
    return SummedWindow(window_ms - ahead_ms, more) if more else SummedWindow(window_ms, Decimal(0))
