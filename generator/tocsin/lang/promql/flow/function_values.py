"""Which values each function of PromQL can give, from the ranges of its arguments."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.flow.aggregates import aggregate_range
from tocsin.lang.flow.arithmetic import apply_monotone, range_of_operation
from tocsin.lang.flow.value_range import (
    COUNT,
    NOT_NEGATIVE,
    UNBOUNDED,
    ValueRange,
    exact_range,
    range_between,
)
from tocsin.lang.promql.ast import Range, Selector, walk
from tocsin.lang.promql.flow.conventions import convention, last_bucket, observes_positive
from tocsin.lang.promql.flow.ratio import without_parentheses
from tocsin.lang.regexes import literal_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tocsin.lang.promql.ast import Call
    from tocsin.lang.promql.flow.evaluation import Evaluation

_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_OF_COUNTERS = frozenset({"rate", "increase", "irate"})
_OF_MOVEMENT = frozenset(
    {"changes", "resets", "delta", "idelta", "deriv", "stddev_over_time", "stdvar_over_time", *_OF_COUNTERS}
)
"""What is 0 where every sample is the same number."""


def function_range(node: Call, values: Sequence[ValueRange], evaluation: Evaluation) -> ValueRange:
    """The values that a call can give; `values` are the ranges of its arguments."""
    name = node.function
    if name in _OF_MOVEMENT and values[0].constant is not None and math.isfinite(values[0].constant):
        return exact_range(0)
    if name in _OF_COUNTERS:
        # Where the samples never fall below zero, neither does what they grow by.
        if not evaluation.conventions:
            return NOT_NEGATIVE if values[0].low >= 0 else UNBOUNDED
        return _growth(node)
    if name == "histogram_quantile":
        return _quantile_of_histogram(node, values, evaluation)
    if name in _FIXED:
        return _FIXED[name]
    if name in _ONE_ARGUMENT and len(values) == 1:
        return _ONE_ARGUMENT[name](values[0])
    if name.endswith("_over_time") and name.removesuffix("_over_time") in _AGGREGATED:
        value = values[-1]
        return aggregate_range(name.removesuffix("_over_time"), value, values[0])
    if name in _SEVERAL_ARGUMENTS:
        return _SEVERAL_ARGUMENTS[name](values)
    return UNBOUNDED


def _growth(node: Call) -> ValueRange:
    """What counters grow by: some cannot grow by more than a second in a second."""
    growth = grown_by(node)
    return NOT_NEGATIVE if growth is None else range_between(0, growth)


def grown_by(node: Call) -> float | None:
    """The most that the metric of a call grows by in a second, or by `increase` in the window."""
    argument = without_parentheses(node.arguments[0])
    if not isinstance(argument, Range):
        return None
    growth = convention(argument.selector.name or "").growth
    if node.function != "increase" or growth is None:
        return growth
    return None if argument.range.seconds is None else growth * argument.range.seconds


def _quantile_of_histogram(node: Call, values: Sequence[ValueRange], evaluation: Evaluation) -> ValueRange:
    quantile = values[0].constant
    if not evaluation.conventions or quantile is None or not 0 <= quantile <= 1:
        return UNBOUNDED
    selectors = [part for part in walk(node) if isinstance(part, Selector)]
    if not selectors or not all(observes_positive(one.name or "") for one in selectors):
        return UNBOUNDED
    highest = max(min(last_bucket(one.name or ""), _last_chosen(one)) for one in selectors)
    return NOT_NEGATIVE if math.isinf(highest) else range_between(0, highest)


def _last_chosen(selector: Selector) -> float:
    """The upper bound of the last bucket with an end, where a matcher lists the buckets."""
    patterns = [one.value for one in selector.matchers if one.name == "le" and one.op == "=~"]
    # The point of a number is meant as such.
    listed = literal_texts(_POINT.sub(r"\.", patterns[0])) if len(patterns) == 1 else None
    ends = [_bound(text) for text in listed or ()]
    finite = [end for end in ends if math.isfinite(end)]
    return max(finite) if finite and len(finite) == len(ends) - 1 else math.inf


def _bound(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.inf


def _absolute(value: ValueRange) -> ValueRange:
    if value.low >= 0:
        return value
    low = -value.high if value.high <= 0 else 0
    return ValueRange(low, max(-value.low, value.high), integral=value.integral, nan=value.nan)


def _sign(value: ValueRange) -> ValueRange:
    low = 1 if value.low > 0 else 0 if value.low >= 0 else -1
    high = -1 if value.high < 0 else 0 if value.high <= 0 else 1
    return range_between(low, high, integral=True, nan=value.nan)


def _root(value: ValueRange) -> ValueRange:
    if value.low < 0:
        return NOT_NEGATIVE
    return apply_monotone(value, math.sqrt)


def _logarithm(function: Callable[[float], float]) -> Callable[[ValueRange], ValueRange]:
    def range_of(value: ValueRange) -> ValueRange:
        return apply_monotone(value, function) if value.low > 0 else UNBOUNDED

    return range_of


def _rounded(values: Sequence[ValueRange]) -> ValueRange:
    value, step = values[0], exact_range(1) if len(values) == 1 else values[1]
    if step.constant is None or step.constant <= 0:
        return UNBOUNDED
    half = step.constant / 2
    low, high = value.low - half, value.high + half
    if value.low >= 0:
        low = 0.0
    if step.constant != 1:
        return ValueRange(low, high, nan=value.nan)
    return value if value.integral else ValueRange(low, high, integral=True, nan=value.nan)


def _clamped(values: Sequence[ValueRange]) -> ValueRange:
    return _at_most((_at_least((values[0], values[1])), values[2]))


def _at_least(values: Sequence[ValueRange]) -> ValueRange:
    value, bound = values
    low, high = max(value.low, bound.low), max(value.high, bound.high)
    integral = value.integral and bound.integral
    return ValueRange(low, high, integral=integral, nan=value.nan or bound.nan)


def _at_most(values: Sequence[ValueRange]) -> ValueRange:
    value, bound = values
    low, high = min(value.low, bound.low), min(value.high, bound.high)
    integral = value.integral and bound.integral
    return ValueRange(low, high, integral=integral, nan=value.nan or bound.nan)


def _same(value: ValueRange) -> ValueRange:
    return value


def _first(values: Sequence[ValueRange]) -> ValueRange:
    return values[0]


_AGGREGATED = frozenset({"avg", "count", "mad", "max", "min", "quantile", "stddev", "stdvar", "sum"})
_TIMESTAMP = replace(NOT_NEGATIVE, nan=False)
_HALF_PI = range_between(-math.pi / 2, math.pi / 2)
_FIXED: dict[str, ValueRange] = {
    "changes": COUNT,
    "resets": COUNT,
    "present_over_time": exact_range(1),
    "time": _TIMESTAMP,
    "timestamp": _TIMESTAMP,
    "pi": exact_range(math.pi),
    "day_of_month": range_between(1, 31, integral=True, nan=False),
    "day_of_week": range_between(0, 6, integral=True, nan=False),
    "day_of_year": range_between(1, 366, integral=True, nan=False),
    "days_in_month": range_between(28, 31, integral=True, nan=False),
    "hour": range_between(0, 23, integral=True, nan=False),
    "minute": range_between(0, 59, integral=True, nan=False),
    "month": range_between(1, 12, integral=True, nan=False),
    "year": ValueRange(integral=True, nan=False),
    "sin": range_between(-1, 1),
    "cos": range_between(-1, 1),
    "tanh": range_between(-1, 1),
    "acos": range_between(0, math.pi),
    "asin": _HALF_PI,
    "atan": _HALF_PI,
    "cosh": ValueRange(low=1),
    "acosh": NOT_NEGATIVE,
    "histogram_count": NOT_NEGATIVE,
    "histogram_fraction": range_between(0, 1),
    "histogram_stddev": NOT_NEGATIVE,
    "histogram_stdvar": NOT_NEGATIVE,
    "ts_of_first_over_time": _TIMESTAMP,
    "ts_of_last_over_time": _TIMESTAMP,
    "ts_of_max_over_time": _TIMESTAMP,
    "ts_of_min_over_time": _TIMESTAMP,
}
_ONE_ARGUMENT: dict[str, Callable[[ValueRange], ValueRange]] = {
    "abs": _absolute,
    "ceil": lambda value: apply_monotone(value, math.ceil, integral=True),
    "floor": lambda value: apply_monotone(value, math.floor, integral=True),
    "sgn": _sign,
    "sqrt": _root,
    "exp": lambda value: apply_monotone(value, math.exp),
    "ln": _logarithm(math.log),
    "log2": _logarithm(math.log2),
    "log10": _logarithm(math.log10),
    "deg": lambda value: range_of_operation("*", value, exact_range(180 / math.pi)),
    "rad": lambda value: range_of_operation("*", value, exact_range(math.pi / 180)),
    "first_over_time": _same,
    "info": _same,
    "last_over_time": _same,
    "sort": _same,
    "sort_desc": _same,
    "vector": _same,
    "scalar": lambda value: replace(value, nan=True),
}
_SEVERAL_ARGUMENTS: dict[str, Callable[[Sequence[ValueRange]], ValueRange]] = {
    "clamp": _clamped,
    "clamp_max": _at_most,
    "clamp_min": _at_least,
    "round": _rounded,
    "info": _first,
    "label_join": _first,
    "label_replace": _first,
    "sort_by_label": _first,
    "sort_by_label_desc": _first,
}
