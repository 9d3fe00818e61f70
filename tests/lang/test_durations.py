from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.lang.durations import format_duration, parse_duration
from tocsin.lang.errors import LangError


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("0", 0),
        ("0s", 0),
        ("5m", 300_000),
        ("1h30m", 5_400_000),
        ("1d12h", 129_600_000),
        ("1w", 604_800_000),
        ("1y", 31_536_000_000),
        ("1y2w3d4h5m6s7ms", 31_536_000_000 + 1_209_600_000 + 259_200_000 + 14_400_000 + 306_007),
        ("250ms", 250),
    ],
)
def test_a_duration_is_read(text: str, ms: int) -> None:
    assert parse_duration(text) == ms


@pytest.mark.parametrize(
    ("text", "reason", "help"),
    [
        ("5x", "`5x` is not a duration", "for example"),
        ("", "is not a duration", "for example"),
        ("90", "`90` is not a duration", "`90s`"),
        ("5m1h", "units must be ordered from large to small", "`1h5m`"),
        ("1h1h", "repeated", "1h30m"),
        ("1.5h", "is not a duration", "write `1h30m`"),
        ("5 m", "is not a duration", "`5m`"),
        ("5M", "is not a duration", "`5m`"),
        ("-5m", "is not a duration", "for example"),
        ("٣m", "is not a duration", "for example"),
    ],
)
def test_what_is_no_duration_is_refused_with_advice(text: str, reason: str, help: str) -> None:
    with pytest.raises(LangError) as caught:
        parse_duration(text)
    assert reason in caught.value.reason
    assert help in (caught.value.help or "")
    assert caught.value.span == (0, len(text))


@pytest.mark.parametrize("text", ["300y", "9" * 5000 + "m", "9" * 19 + "ms"])
def test_a_duration_that_prometheus_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(LangError, match="longer than Prometheus can hold"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "0s"),
        (90_000, "1m30s"),
        (604_800_000, "7d"),
        (30 * 86_400_000, "30d"),
        (1_500, "1s500ms"),
        (3_600_000, "1h"),
    ],
)
def test_a_duration_is_written_shortly(ms: int, text: str) -> None:
    assert format_duration(ms) == text


@given(st.integers(0, 10**12))
def test_what_is_written_is_read_again(ms: Any) -> None:
    assert parse_duration(format_duration(ms)) == ms
