"""Functions over the samples of one series in a window (promql/functions.go of Prometheus 3.5)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tocsin.prove.witness.evaluate.arithmetic import NAN, divide
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@value_object
class Window:
    """The samples of a window, none of them stale; times in milliseconds."""

    times: Sequence[int]
    values: Sequence[float]
    start: int
    end: int
    """The window ends here and is open at its start; both count the offset."""
    now: int
    """The moment of the evaluation."""
    whole: Sequence[float] | None = None
    """For a part of a histogram, the counts of all its observations: by them it is seen where it started."""


def extrapolated(window: Window, *, counter: bool, per_second: bool) -> float | None:
    """`rate`, `increase` and `delta`: the change, stretched to the edges of the window."""
    values, times = window.values, window.times
    if len(values) < 2:
        return None
    result = _grown(values) if counter else values[-1] - values[0]
    to_start = (times[0] - window.start) / 1000
    to_end = (window.end - times[-1]) / 1000
    sampled = (times[-1] - times[0]) / 1000
    spacing = sampled / (len(values) - 1)
    threshold = spacing * 1.1
    if to_start >= threshold:
        to_start = spacing / 2
    whole = values if window.whole is None else window.whole
    grown = result if window.whole is None or not counter else _grown(whole)
    if counter and grown > 0 and whole[0] >= 0:
        to_start = min(to_start, sampled * (whole[0] / grown))
    if to_end >= threshold:
        to_end = spacing / 2
    factor = (sampled + to_start + to_end) / sampled
    if per_second:
        factor /= (window.end - window.start) / 1000
    return result * factor


def _grown(values: Sequence[float]) -> float:
    """What a counter gained, over its resets."""
    result = values[-1] - values[0]
    before = values[0]
    for value in values[1:]:
        if value < before:
            result += before
        before = value
    return result


def _instant_rate(window: Window) -> float | None:
    if len(window.values) < 2:
        return None
    before, last = window.values[-2:]
    seconds = (window.times[-1] - window.times[-2]) / 1000
    return (last if last < before else last - before) / seconds if seconds else None


def _instant_delta(window: Window) -> float | None:
    return window.values[-1] - window.values[-2] if len(window.values) > 1 else None


def _changes(window: Window) -> float:
    pairs = zip(window.values, window.values[1:], strict=False)
    return float(sum(a != b and not (a != a and b != b) for a, b in pairs))


def _resets(window: Window) -> float:
    return float(sum(b < a for a, b in zip(window.values, window.values[1:], strict=False)))


def regression(window: Window, origin: int) -> tuple[float, float]:
    """The slope per second and the value at `origin` of the line through the samples."""
    values = window.values
    first = values[0]
    if all(value == first for value in values):
        return (NAN, NAN) if math.isinf(first) else (0.0, first)
    seconds = [(at - origin) / 1000 for at in window.times]
    count = float(len(values))
    try:
        sum_x, sum_y = math.fsum(seconds), math.fsum(values)
        sum_xy = math.fsum(x * y for x, y in zip(seconds, values, strict=True))
        sum_xx = math.fsum(x * x for x in seconds)
    except (OverflowError, ValueError):
        return NAN, NAN
    slope = divide(sum_xy - sum_x * sum_y / count, sum_xx - sum_x * sum_x / count)
    return slope, sum_y / count - slope * sum_x / count


def _slope(window: Window) -> float | None:
    return regression(window, window.times[0])[0] if len(window.values) > 1 else None


def predict(window: Window, seconds: float) -> float | None:
    """`predict_linear`: the line through the samples, so many seconds from now."""
    if len(window.values) < 2:
        return None
    slope, now = regression(window, window.now)
    return slope * seconds + now


def smooth(window: Window, smoothing: float, trend: float) -> float | None:
    """Double exponential smoothing, which Prometheus 2 called `holt_winters`."""
    values = window.values
    if len(values) < 2:
        return None
    before, level, slope = 0.0, values[0], values[1] - values[0]
    for index in range(1, len(values)):
        if index > 1:
            slope = trend * (level - before) + (1 - trend) * slope
        before, level = level, smoothing * values[index] + (1 - smoothing) * (level + slope)
    return level


def total(values: Sequence[float]) -> float:
    """The sum without the rounding of each step."""
    try:
        return math.fsum(values)
    except (OverflowError, ValueError):
        return sum(values)


def mean(values: Sequence[float]) -> float:
    """The average."""
    return total(values) / len(values)


def variance(values: Sequence[float]) -> float:
    """The variance of all values (not of a sample of them)."""
    if any(not math.isfinite(value) for value in values):
        return NAN
    middle = mean(values)
    return total([(value - middle) * (value - middle) for value in values]) / len(values)


def quantile(q: float, values: Sequence[float]) -> float:
    """The q-quantile, between two values where it lies between them."""
    if not values or q != q:
        return NAN
    if q < 0:
        return -math.inf
    if q > 1:
        return math.inf
    ordered = sorted(values, key=lambda value: (value == value, value))
    rank = q * (len(ordered) - 1)
    lower = max(0, math.floor(rank))
    upper = min(len(ordered) - 1, lower + 1)
    weight = rank - math.floor(rank)
    return ordered[lower] * (1 - weight) + ordered[upper] * weight


def greatest(values: Sequence[float]) -> float:
    """The greatest value; NaN only where there is nothing else."""
    return max((value for value in values if value == value), default=NAN)


def least(values: Sequence[float]) -> float:
    """The least value; NaN only where there is nothing else."""
    return min((value for value in values if value == value), default=NAN)


def _median_deviation(window: Window) -> float:
    median = quantile(0.5, window.values)
    return quantile(0.5, [abs(value - median) for value in window.values])


def _time_of(pick: Callable[[Sequence[float]], float]) -> Callable[[Window], float]:
    def time_of(window: Window) -> float:
        wanted = pick(window.values)
        found = [at for at, value in zip(window.times, window.values, strict=True) if value == wanted]
        return (found[-1] if found else window.times[0]) / 1000

    return time_of


OVER_TIME: dict[str, Callable[[Window], float | None]] = {
    "rate": lambda window: extrapolated(window, counter=True, per_second=True),
    "increase": lambda window: extrapolated(window, counter=True, per_second=False),
    "delta": lambda window: extrapolated(window, counter=False, per_second=False),
    "irate": _instant_rate,
    "idelta": _instant_delta,
    "changes": _changes,
    "resets": _resets,
    "deriv": _slope,
    "avg_over_time": lambda window: mean(window.values),
    "min_over_time": lambda window: least(window.values),
    "max_over_time": lambda window: greatest(window.values),
    "sum_over_time": lambda window: total(window.values),
    "count_over_time": lambda window: float(len(window.values)),
    "last_over_time": lambda window: window.values[-1],
    "first_over_time": lambda window: window.values[0],
    "present_over_time": lambda _: 1.0,
    "stdvar_over_time": lambda window: variance(window.values),
    "stddev_over_time": lambda window: math.sqrt(variance(window.values)),
    "mad_over_time": _median_deviation,
    "ts_of_first_over_time": lambda window: window.times[0] / 1000,
    "ts_of_last_over_time": lambda window: window.times[-1] / 1000,
    "ts_of_max_over_time": _time_of(greatest),
    "ts_of_min_over_time": _time_of(least),
}
"""The functions that take a range and nothing else; None where the window has too few samples."""
KEEP_NAME = frozenset({"last_over_time", "first_over_time"})
