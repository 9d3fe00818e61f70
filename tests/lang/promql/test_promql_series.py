"""Series and samples are read as promtool reads them."""

from __future__ import annotations

import pytest

from tocsin.lang.errors import LangError
from tocsin.lang.promql.series import parse_samples, parse_series


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1", [1.0]),
        ("1 2  -3.5 1e3", [1.0, 2.0, -3.5, 1000.0]),
        ("0+10x3", [0.0, 10.0, 20.0, 30.0]),
        ("5-2x2", [5.0, 3.0, 1.0]),
        ("-2+4x3", [-2.0, 2.0, 6.0, 10.0]),
        ("7x2", [7.0, 7.0, 7.0]),
        ("0x3", [0.0, 0.0, 0.0, 0.0]),
        ("1 _ _x2 stale", [1.0, "missing", "missing", "missing", "stale"]),
        ("Inf -Inf", [float("inf"), float("-inf")]),
    ],
)
def test_samples_expand_as_in_promtool(text: str, values: list[object]) -> None:
    assert list(parse_samples(text).values) == values


@pytest.mark.parametrize(("text", "span"), [("1 2y", (2, 4)), ("", (0, 0)), ("0+1", (0, 3)), ("1,2", (0, 3))])
def test_a_wrong_item_is_shown(text: str, span: tuple[int, int]) -> None:
    with pytest.raises(LangError) as caught:
        parse_samples(text)
    assert caught.value.span == span


def test_too_many_samples_are_refused() -> None:
    with pytest.raises(LangError, match="more than"):
        parse_samples("0+1x999999999")


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("up", {"__name__": "up"}),
        ('up{job="api", instance="a:9",}', {"__name__": "up", "job": "api", "instance": "a:9"}),
        ('{"http.requests", "a.b"="c"}', {"__name__": "http.requests", "a.b": "c"}),
        ('{__name__="up"}', {"__name__": "up"}),
        (r'x{a="\"\\"}', {"__name__": "x", "a": '"\\'}),
    ],
)
def test_a_series_is_a_name_and_labels(text: str, labels: dict[str, str]) -> None:
    assert parse_series(text) == labels


@pytest.mark.parametrize(
    "text", ["", "{}", "up{", "up{a}", 'up{a=~"b"}', 'up{a="b"} 3', 'up{a="b",a="c"}', "3", "up{a=b}"]
)
def test_what_is_no_series_is_refused(text: str) -> None:
    with pytest.raises(LangError):
        parse_series(text)


def test_native_histograms_are_samples() -> None:
    one = "{{schema:1 sum:2 buckets:[1]}}"
    assert parse_samples(f"{one}x2 _ 1").values == (one, one, one, "missing", 1.0)
