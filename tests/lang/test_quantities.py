from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.lang.errors import LangError
from tocsin.lang.quantities import UNITS, format_quantity, parse_quantity


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("5", "seconds", 5.0),
        ("-3.5", "none", -3.5),
        ("1e3", "count", 1000.0),
        ("500ms", "seconds", 0.5),
        ("500ms", "milliseconds", 500.0),
        ("2.5s", "milliseconds", 2500.0),
        ("1h30m", "seconds", 5400.0),
        ("100us", "seconds", 0.0001),
        ("90%", "ratio", 0.9),
        ("99.95%", "ratio", 0.9995),
        ("90%", "percent", 90.0),
        ("90 %", "percent", 90.0),
        ("10GiB", "bytes", 10 * 2.0**30),
        ("10 GB", "bytes", 1e10),
        ("10MB/s", "bytes_per_second", 1e7),
        ("100Mbit", "bits", 1e8),
        ("10k", "count", 1e4),
        ("5/s", "per_second", 5.0),
        ("5 req/s", "requests_per_second", 5.0),
        ("60°C", "celsius", 60.0),
        ("yes", "boolean", 1.0),
    ],
)
def test_a_quantity_is_read_in_the_unit_of_the_query(text: str, unit: str, value: Any) -> None:
    assert parse_quantity(text, unit) == value


@pytest.mark.parametrize(
    ("text", "unit", "reason"),
    [
        ("10GiB", "seconds", "`10GiB` is a size in bytes, but the unit is seconds"),
        ("500ms", "bytes", "`500ms` is a duration, but the unit is bytes"),
        ("90%", "count", "`90%` is a percentage, but the unit is count"),
        ("5m", "none", "`5m` is a duration, but the unit is none"),
        ("10Mbit", "bytes", "`10Mbit` is a size in bits, but the unit is bytes"),
        ("10MB/s", "bytes", "`10MB/s` is a rate of bytes, but the unit is bytes"),
        ("10 apples", "count", "`10 apples` is not a quantity"),
        ("10kb", "bytes", "`10kb` is not a quantity"),
        ("5m1h", "seconds", "`5m1h` is not a quantity"),
        ("", "count", "the quantity is empty"),
        ("nan", "none", "`nan` is not a quantity"),
        ("1e999", "none", "`1e999` is too large"),
    ],
)
def test_a_quantity_that_does_not_fit_is_refused(text: str, unit: str, reason: str) -> None:
    with pytest.raises(LangError) as caught:
        parse_quantity(text, unit)
    assert caught.value.reason == reason


@pytest.mark.parametrize(("text", "unit"), [("80%", "ratio"), ("5m", "seconds"), ("10GiB", "bytes")])
def test_without_a_unit_the_one_that_is_meant_is_named(text: str, unit: str) -> None:
    with pytest.raises(LangError) as caught:
        parse_quantity(text, "none")
    advice = f"write `unit: {unit}` beside it if that is what the query returns, or a plain number"
    assert caught.value.help == advice
    parse_quantity(text, unit)


def test_a_decimal_comma_is_explained() -> None:
    with pytest.raises(LangError) as caught:
        parse_quantity("1,5", "seconds")
    assert "`1.5`" in (caught.value.help or "")


def test_an_unknown_unit_brings_the_nearest() -> None:
    with pytest.raises(LangError) as caught:
        parse_quantity("5", "secnds")
    assert caught.value.help == "did you mean `seconds`?"


@given(st.text(max_size=12), st.sampled_from(sorted(UNITS)))
def test_no_text_breaks_it(text: str, unit: Any) -> None:
    try:
        parse_quantity(text, unit)
    except LangError as error:
        span = error.span
    else:
        span = (0, len(text))
    assert span == (0, len(text))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.8, "seconds", "800 ms"),
        (500, "milliseconds", "500 ms"),
        (2, "seconds", "2 s"),
        (1800, "seconds", "30m"),
        (129600, "seconds", "1d12h"),
        (0.0002, "seconds", "200 µs"),
        (0.02, "ratio", "2 %"),
        (90, "percent", "90 %"),
        (10 * 2**30, "bytes", "10 GiB"),
        (1e10, "bytes", "10 GB"),
        (1234567, "bytes", "1234567 B"),
        (1e7, "bytes_per_second", "10 MB/s"),
        (0.5, "per_second", "0.5/s"),
        (5, "requests_per_second", "5 req/s"),
        (1e6, "count", "1000000"),
        (-5, "celsius", "-5 °C"),
        (0, "boolean", "0"),
    ],
)
def test_a_number_reads_in_its_unit(value: float, unit: str, text: str) -> None:
    assert format_quantity(value, unit) == text


@given(st.integers(-(10**9), 10**9), st.sampled_from([1, 10, 1000, 1024]), st.sampled_from(sorted(UNITS)))
def test_what_is_written_means_the_same_number(number: int, part: int, unit: str) -> None:
    value = number / part
    assert parse_quantity(format_quantity(value, unit), unit) == pytest.approx(value)


SUFFIXES = "m M min Min s S sec h d b B kb KB kB k K g Mb Mbit mbit % pct °C C /s rps true on"


@pytest.mark.parametrize("unit", UNITS)
def test_what_is_proposed_for_another_unit_is_read(unit: str) -> None:
    proposed = []
    for number in ("30", "1.5", "1,5", "1_000", "> 30", "1,000"):
        for suffix in SUFFIXES.split():
            try:
                parse_quantity(f"{number}{suffix}", unit)
            except LangError as error:
                proposed += [] if error.fix is None else [error.fix]
    assert all(math.isfinite(parse_quantity(one, unit)) for one in proposed)
