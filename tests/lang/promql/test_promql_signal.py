"""Which queries count the same: order, parentheses, ranges and the labels of a sum aside."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.same_measure import constant_value, measure_of, split_factor


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('sum(rate(a{x="1",y="2"}[5m]))', 'sum by (job) (rate(a{y="2",x="1"}[30d]))'),
        ("sum(rate(a[5m]))", "((rate(a[1h])))"),
        ("sum(rate(a[5m]))", "sum(increase(a[5m]))"),
        ('a{x=~"1"}', '{__name__="a", x="1"}'),
        ("sum(rate(a[5m])) + sum(rate(b[5m]))", "sum by (job) (rate(a[1h]) + rate(b[1h]))"),
        ("max by (x) (a)", "max by (x) ((a))"),
    ],
)
def test_the_same_signal_in_other_words(one: str, other: str) -> None:
    first, second = measure_of(parse_promql(one)), measure_of(parse_promql(other))
    assert first is not None
    assert first == second


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sum(rate(a[5m]))", "sum(rate(b[5m]))"),
        ('sum(rate(a{x="1"}[5m]))', "sum(rate(a[5m]))"),
        ('sum(rate(a{x="1"}[5m]))', 'sum(rate(a{x!="1"}[5m]))'),
        ('sum(rate(a{x=~"1.*"}[5m]))', 'sum(rate(a{x="1.*"}[5m]))'),
        ("sum(rate(a[5m]))", "sum(irate(a[5m]))"),
        ("sum(rate(a[5m]))", "avg(rate(a[5m]))"),
        ("max by (x) (a)", "max by (y) (a)"),
        ("max(sum by (x) (a))", "max(sum by (y) (a))"),
    ],
)
def test_another_signal(one: str, other: str) -> None:
    first, second = measure_of(parse_promql(one)), measure_of(parse_promql(other))
    assert first is not None
    assert first != second


@pytest.mark.parametrize(
    "text", ["a offset 1h", "a @ 5", "rate(a[5m]) + rate(a[1h])", "max_over_time(a[1h:])", "1", "a * b"]
)
def test_what_depends_on_more_than_its_range_has_none(text: str) -> None:
    assert measure_of(parse_promql(text)) is None


def test_what_is_over_another_time_or_counted_otherwise_makes_no_share() -> None:
    by_range = [measure_of(parse_promql(f"rate(a[{reach}])")) for reach in ("5m", "1h")]
    counted = measure_of(parse_promql("increase(a[5m])"))
    assert by_range[0] is not None
    assert by_range[1] is not None
    assert counted is not None
    assert by_range[0].reach == 300
    assert not by_range[0].compares_with(by_range[1])
    assert not by_range[0].compares_with(counted)


def test_the_rest_is_what_the_opposite_matcher_leaves() -> None:
    whole, bad, good, other = (
        measure_of(parse_promql(f"sum(rate(a{matchers}[5m]))"))
        for matchers in ('{z="1"}', '{z="1",x=~"5.."}', '{x!~"5..",z="1"}', '{z="1",x!~"4.."}')
    )
    assert whole is not None
    assert bad is not None
    assert good is not None
    assert other is not None
    assert good.is_rest_of(bad, whole)
    assert bad.is_rest_of(good, whole)
    assert not other.is_rest_of(bad, whole)
    assert not bad.is_rest_of(bad, whole)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("14.4 * (1 - 0.999)", "144/10000"),
        ("-0.1 / 2", "-1/20"),
        ("1e-05", "1/100000"),
        ("1 / 0", None),
        ("inf", None),
        ("a", None),
        ("2 ^ 3", None),
    ],
)
def test_a_calculation_is_exact(text: str, number: str | None) -> None:
    assert constant_value(parse_promql(text)) == (None if number is None else Fraction(number))


def test_factors_come_off_on_both_sides() -> None:
    factor, rest = split_factor(parse_promql("-(100 * (a / 4) * 2)"))
    assert factor == -50
    assert "-(100 * (a / 4) * 2)"[slice(*rest.span)] == "a"


def test_a_chain_as_long_as_nobody_writes_ends_well() -> None:
    assert measure_of(parse_promql(" + ".join(["a"] * 900))) is None
    assert constant_value(parse_promql(" + ".join(["1"] * 900))) is None
