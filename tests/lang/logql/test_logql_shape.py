from __future__ import annotations

from typing import Any

import pytest

from tocsin.lang.logql.shape import (
    comparison,
    log_selectors,
    needs_parentheses,
    split_comparison,
    with_comparison,
)


def test_joining_and_parting() -> None:
    query = 'sum(count_over_time({a="b"} != "x" | c > 5 or d="e" [5m]))'
    assert not needs_parentheses(query)
    assert with_comparison(query, ">", "5") == f"{query} > 5"
    assert split_comparison(f"{query} > 5") == (query, ">", "5")
    assert with_comparison(f"{query}\nor\n{query}", ">", "5") == f"(\n  {query}\n  or\n  {query}\n) > 5"


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ('{a="b"} |= "x"', ('{a="b"} |= "x"',)),
        ('sum(rate({a="b"} |= "x" | json [5m])) > 1', ('{a="b"} |= "x" | json',)),
        ('rate({a="b"}[5m])', ('{a="b"}',)),
        ('rate({a="b"}[5m] offset 1h)', ('{a="b"}',)),
        ('rate({a="b"}[5m] |= "x")', ('{a="b"} |= "x"',)),
        ('rate(({a="b"} |= "x")[5m])', ('{a="b"} |= "x"',)),
        ('sum_over_time({a="b"} | json | unwrap d | __error__="" [5m])', ('{a="b"} | json',)),
        ('rate({a="b"} |= "x" [5m]) / rate({a="b"}[5m])', ('{a="b"} |= "x"', '{a="b"}')),
        ('rate({a="b"}[5m]) / rate({a="b"}[1h])', ('{a="b"}',)),
        ("vector(1)", ()),
    ],
)
def test_the_log_queries_of_a_metric_query(text: str, queries: Any) -> None:
    assert log_selectors(text) == queries


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('rate({a="b"} != "x" [5m]) > 5', (">", "5")),
        ('rate({a="b"} | c > 5 [5m]) >= - 1.5', (">=", "-1.5")),
        ('rate({a="b"} | c > 5 [5m])', None),
        ('rate({a="b"}[5m]) > 1 < 5', None),
        ('rate({a="b"}[5m]) > bool 5', None),
        ('(rate({a="b"}[5m]) > 5)', None),
    ],
)
def test_the_comparison_of_a_query_with_a_number(text: str, found: Any) -> None:
    assert comparison(text) == found
