from __future__ import annotations

from typing import Any

import pytest

from tocsin.lang.promql.shape import (
    comparison,
    metric_names,
    needs_parentheses,
    split_comparison,
    with_comparison,
)
from tocsin.lang.promql.syntax import check_promql


def test_joining_and_parting() -> None:
    assert needs_parentheses("a or b")
    assert with_comparison("a or b", "<", "-1") == "(a or b) < -1"
    assert split_comparison("(a or b) < -1") == ("a or b", "<", "-1")


@pytest.mark.parametrize(
    "query", ["a atan2 b", "-a", "2 ^ a", "a offset 5m", "a @ 5", "sum(a) by (b)", "a unless b"]
)
def test_the_comparison_applies_to_the_whole_query(query: str) -> None:
    assert split_comparison(with_comparison(query, ">", "1")) == (query, ">", "1")
    check_promql(with_comparison(query, ">", "1"))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("sum(rate(b[5m])) / a > 1", ("a", "b")),
        ('{__name__="x"} or {__name__=~"y|z"} or {"q.r"}', ("q.r", "x")),
        ("topk(scalar(k), max_over_time(m[1h:5m])) and -(n)", ("k", "m", "n")),
        ("time() - vector(1)", ()),
        ("+".join(["x"] * 900), ("x",)),
    ],
)
def test_metric_names(text: Any, names: Any) -> None:
    assert metric_names(text) == names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a > 5", (">", "5")),
        ("sum by (b) (a) * 100\n<= - 1.50 # c", ("<=", "-1.50")),
        ("(a > 1) != +.5", ("!=", ".5")),
        ("a > 1 > 2", None),
        ("a > 5m", None),
        ("a > bool 5", None),
        ("a > (5)", None),
        ("(a > 5)", None),
        ("5 < a", None),
        ("a > 5 and b", None),
        ("a * 5", None),
    ],
)
def test_the_comparison_of_a_query_with_a_number(text: str, found: Any) -> None:
    assert comparison(text) == found
