"""The values that aggregations give, over series or over time, in both languages."""

from __future__ import annotations

import math
from dataclasses import replace

from tocsin.lang.flow.value_range import AT_LEAST_ONE, NOT_NEGATIVE, UNBOUNDED, ValueRange, exact_range


def aggregate_range(op: str, value: ValueRange, param: ValueRange | None = None) -> ValueRange:
    """The range of an aggregation of one or more values of a range; the same for `…_over_time`."""
    match op:
        case "group":
            return exact_range(1)
        case "count" | "count_values":
            return AT_LEAST_ONE
        case "min" | "max":
            return value
        case "avg":
            return (
                replace(value, integral=False, nan=sum_range(value).nan) if value.constant is None else value
            )
        case "sum":
            return sum_range(value)
        case "stddev" | "stdvar" | "mad":
            return NOT_NEGATIVE
        case "quantile" if param is not None and param.constant is not None and 0 <= param.constant <= 1:
            # Between two infinite values lies NaN.
            constant = value.constant
            is_finite = constant is not None and math.isfinite(constant)
            return value if is_finite else replace(value, integral=False, nan=True)
        case _:
            return UNBOUNDED


def sum_range(value: ValueRange) -> ValueRange:
    """The range of the sum of one or more values."""
    infinite = value.low == -math.inf or value.high == math.inf
    return ValueRange(
        value.low if value.low >= 0 else -math.inf,
        value.high if value.high <= 0 else math.inf,
        value.low_open and value.low >= 0,
        value.high_open and value.high <= 0,
        value.integral,
        value.nan or infinite,
    )
