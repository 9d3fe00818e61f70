from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.lang.flow.arithmetic import range_of_operation
from tocsin.lang.flow.value_range import TRUTH, UNBOUNDED, ValueRange, exact_range, range_between

NUMBERS = (-math.inf, -3, -1, -0.5, 0, 0.5, 1, 2, 3, math.inf, math.nan)
ENDS = st.sampled_from([-math.inf, -3.0, -1.0, 0.0, 1.0, 2.0, math.inf])
COMPARISONS = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
}


@st.composite
def ranges(draw: Any) -> Any:
    low, high = sorted((draw(ENDS), draw(ENDS)))
    is_open = low < high and draw(st.booleans())
    return ValueRange(low, high, is_open, is_open, not is_open and draw(st.booleans()), draw(st.booleans()))


@given(ranges(), ranges(), st.sampled_from(sorted(COMPARISONS)))
def test_narrowing_loses_nothing(left: Any, right: Any, op: Any) -> None:
    result = left.narrowed(op, right)
    holds = left.holds(op, right)
    for a in filter(left.contains, NUMBERS):
        for b in filter(right.contains, NUMBERS):
            is_true = COMPARISONS[op](a, b)
            assert not is_true or (result is not None and result.contains(a))
            assert holds is None or holds == is_true
            assert left.either(right).contains(a)
            assert left.either(right).contains(b)


@given(ranges(), ranges(), st.sampled_from(["+", "-", "*", "/", "%", "^", "atan2"]))
def test_arithmetic_loses_nothing(left: Any, right: Any, op: Any) -> None:
    result = range_of_operation(op, left, right)
    for a in filter(left.contains, NUMBERS):
        for b in filter(right.contains, NUMBERS):
            number = range_of_operation(op, exact_range(a), exact_range(b))
            if number.constant is not None:
                assert result.contains(number.constant), (a, b)
            elif not (math.isnan(a) or math.isnan(b)):
                assert result.nan, (a, b)


@pytest.mark.parametrize(
    ("op", "left", "right", "holds"),
    [
        ("==", exact_range(0), exact_range(0), True),
        (">", exact_range(0), exact_range(0), False),
        (">", range_between(0, 1), exact_range(1), False),
        (">=", range_between(0, 1), exact_range(1), None),
        ("==", TRUTH, exact_range(0.5), False),
        ("!=", TRUTH, exact_range(2), True),
        (">", UNBOUNDED, exact_range(math.inf), False),
        ("<", range_between(1, 2), exact_range(3), None),
        ("<", range_between(1, 2, nan=False), exact_range(3), True),
    ],
)
def test_a_comparison_that_is_decided(op: str, left: Any, right: Any, holds: bool | None) -> None:
    assert left.holds(op, right) is holds


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (exact_range(0), "always 0"),
        (range_between(0, 1), "between 0 and 1"),
        (ValueRange(low=5, low_open=True), "more than 5"),
        (ValueRange(high=-1), "at most -1"),
        (UNBOUNDED, "any number"),
    ],
)
def test_it_reads_well(value: Any, text: str) -> None:
    assert value.described() == text


def test_whole_numbers_do_not_lie_between() -> None:
    assert ValueRange(low=0, integral=True).narrowed(">", exact_range(0)) == ValueRange(
        low=1, integral=True, nan=False
    )
    assert TRUTH.narrowed("!=", exact_range(0)) == ValueRange(1, 1, integral=True, nan=False)
