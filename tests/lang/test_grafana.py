"""Grafana's variables are filled in with something as long, or the query is left alone."""

from __future__ import annotations

import pytest

from tocsin.lang.grafana import filled_in, variables
from tocsin.lang.logql.parser import parse_logql
from tocsin.lang.promql.parser import parse_promql


@pytest.mark.parametrize(
    "query",
    [
        'sum(rate(a{job=~"$job|${job:regex}", b="[[b]]"}[$__rate_interval]))',
        "rate(a[${__range}:$__interval] offset $shift)",
        "increase(a[$__range]) / $__range_s",
        "max_over_time(a[ $__interval ])",
        "sum by (job) (a)",
    ],
)
def test_a_query_is_filled_in_at_its_places(query: str) -> None:
    filled = filled_in(query)
    assert filled is not None
    assert len(filled) == len(query)
    parse_promql(filled)
    assert variables(filled) == ()


def test_a_query_of_logs_is_filled_in() -> None:
    filled = filled_in('sum(count_over_time({app="$app"} |= `$search` [$__auto]))')
    assert filled is not None
    parse_logql(filled)


@pytest.mark.parametrize(
    "query", ["$query", "sum by ($by) (a)", "${metric}_total", "topk($k, a)", "a > $limit"]
)
def test_what_may_be_a_name_or_more_is_left_alone(query: str) -> None:
    assert filled_in(query) is None


def test_the_variables_are_named_with_their_places() -> None:
    found = variables('a{b="$c", d="${e:regex}", f="x$"} > $1')
    assert [(one.name, one.span, one.in_string) for one in found] == [
        ("c", (5, 7), True),
        ("e", (13, 23), True),
    ]
