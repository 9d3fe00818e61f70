"""Comparisons that can never hold, and such that only look like it."""

from __future__ import annotations

import pytest

from tocsin.lang.promql.parser import parse_promql
from tocsin.prove.witness.find import cannot_fire, find_witness

NEVER = [
    "count(x) == 0",
    "count by (a) (x) < 1",
    "0 == count(x)",
    "sum by (job) (x == 0) > 0",
    "max(x == 0) > 0",
    "avg(x == 0) > 0",
    "(count(x) == bool 0) > 0",
    "absent(x) > 1",
    "changes(x[5m]) < 0",
    "(x > 5) < 3",
    "sum(x > 5) < 3",
    "100 / x * x{a='1'} < 20",
    "x / x > 1.5",
    "hour() > 23",
    "day_of_week() == 7",
    "y > 3 and count(x) == 0",
    "count(x) == 0 or sum(y == 0) > 0",
    "abs(x) < 0",
    "x > 5 and x < 3",
    "up == 0 and up == 1",
    "x{a='1'} > 5 and y and (3 > x{a='1'})",
    "x offset 1h > 5 and x offset 1h < 3",
    "x @ 60 > 5 and x @ 60 < 3",
    "sum(rate(x[5m]) > 5 and rate(x[5m]) < 3)",
    "(sum by (a) (x) > 5 unless z) and sum by (a) (x) < 3",
    "(x > 5 and y) and x > 1 and x < 2",
    "timestamp(x > 5) < time() - 3600",
    "time() - timestamp(x > 5) > 60",
    "group(timestamp(abs(x)) > time())",
]
POSSIBLE = [
    "count(x) >= 1",
    "count(x) == 1",
    "timestamp(x) < time() - 200",
    "timestamp(x > 5) < time() + 1",
    "timestamp(x > 5) > time() - 1",
    "rate(x_total[5m]) < 0",
    "sum(x == 0) >= 0",
    "sum(x < 5) > 100",
    "100 / x * on (instance) x{a='1'} < 20",
    "100 / x * x offset 5m < 20",
    "count(x) == 0 or y > 1",
    "y unless count(x) == 0",
    "absent(count(x) == 0)",
    "(count(x) or vector(0)) == 0",
    "(x > 5) > 3",
    "x != x",
    "hour() >= 23",
    "sum_over_time(x[5m]) < 0",
    "sum by (a) (x) - sum by (a) (x) != 0",
    "x > 5 and x offset 1h < 3",
    "x > 5 and x @ 60 < 3",
    "x @ 60 > 5 and x @ 120 < 3",
    "rate(x[5m]) > 5 and rate(x[10m]) < 3",
    "rate(x[5m]) > 5 and rate(x[5m] offset 5m) < 3",
    "max_over_time(x[10m:1m]) > 5 and max_over_time(x[10m:1m] offset 10m) < 3",
    "x > 5 and on (job) x < 3",
    "x > 5 and ignoring (instance) x < 3",
    "x > 5 or x < 3",
    "x{a='1'} > 5 and x{a='2'} < 3 or y",
    "{a='1'} > 5 and {a='1'} < 3",
    "label_replace(x, '__name__', 'y', '', '') > 5 and x < 3",
    "x > 5 and x <= 5.0000000001",
    "x > 5 and (x < bool 3)",
    "x > 5 and x != 6",
    "x > scalar(y) and x < scalar(z)",
]


@pytest.mark.parametrize("text", NEVER)
def test_what_no_value_can_meet_is_told(text: str) -> None:
    assert cannot_fire(parse_promql(text)) is not None


@pytest.mark.parametrize("text", POSSIBLE)
def test_what_some_value_may_meet_is_left_alone(text: str) -> None:
    assert cannot_fire(parse_promql(text)) is None


def test_what_rests_on_a_setting_or_on_names_says_so() -> None:
    of_lookback = find_witness(parse_promql("time() - timestamp(x) > 600 and on () y == 1"), 0)
    assert of_lookback.fires is None
    assert (of_lookback.never_fires or "").startswith("unless Prometheus looks back for longer than 5m, the")
