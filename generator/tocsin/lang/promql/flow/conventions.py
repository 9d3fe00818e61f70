"""What the name of a metric promises of its values, by the conventions of Prometheus and its exporters."""

from __future__ import annotations

from functools import lru_cache

from tocsin.lang.flow.value_range import (
    COUNT,
    NOT_NEGATIVE,
    TRUTH,
    UNBOUNDED,
    ValueRange,
    exact_range,
    range_between,
)

_KNOWN = {"up": TRUTH, "probe_success": TRUTH, "ALERTS": exact_range(1)}
_COUNTERS = ("_total", "_sum_total")
_COUNTS = ("_count", "_bucket")
_SIZES = ("_bytes",)


# A few metrics are read over and over.
@lru_cache(maxsize=4096)
def conventional_range(metric: str) -> ValueRange:
    """The values that a metric of this name has, where its author keeps to the conventions.

    The sum of a histogram is left out: it is negative where observations are.
    """
    if metric in _KNOWN:
        return _KNOWN[metric]
    if metric.endswith("_info") and ":" not in metric:
        return exact_range(1)
    if metric.endswith(_COUNTS) and ":" not in metric:
        return range_between(0, COUNT.high, integral=True)
    if metric.endswith((*_COUNTERS, *_SIZES, *_COUNTS)):
        return NOT_NEGATIVE
    return UNBOUNDED


def observes_positive(metric: str) -> bool:
    """Whether the buckets of a histogram of this name surely have positive bounds: durations and sizes."""
    return metric.endswith(("_seconds_bucket", "_milliseconds_bucket", "_bytes_bucket"))
