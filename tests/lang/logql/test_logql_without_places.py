"""What two queries say, however they are written: another order of matchers and labels, brackets, units."""

from __future__ import annotations

import pytest

from tocsin.lang.logql.ast import without_places
from tocsin.lang.logql.parser import parse_logql

QUERY = 'sum by (app, env) (rate({app="web", env=~"a|b"} |= "x" | json | took > 60s [60m])) > 0.10'


def _says(text: str) -> object:
    return without_places(parse_logql(text))


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        ('{app="web", env=~"a|b"}', '{env=~"a|b",app="web"}'),
        ("by (app, env)", "by(env, app)"),
        ("[60m]", "[1h]"),
        ("60s", "1m"),
        ("> 0.10", "> 1e-1"),
        ('"x"', "`x`"),
        (QUERY, f"({QUERY})"),
        (QUERY, QUERY.replace(" > ", "\n  > # often\n ")),
    ],
)
def test_another_spelling_says_the_same(written: str, otherwise: str) -> None:
    assert written in QUERY
    assert _says(QUERY.replace(written, otherwise)) == _says(QUERY)


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        ('app="web"', 'app=~"web"'),
        ("by (app, env)", "by (app)"),
        ("by (app, env)", "without (app, env)"),
        ("[60m]", "[61m]"),
        ("|=", "|~"),
        ('|= "x" | json', '| json |= "x"'),
        ("took > 60s", "took >= 60s"),
        ("rate", "count_over_time"),
        ("> 0.10", ">= 0.10"),
        ("> 0.10", "> 0.11"),
        ("[60m]", "[60m] offset 5m"),
    ],
)
def test_what_loki_reads_otherwise_is_not_the_same(written: str, otherwise: str) -> None:
    assert written in QUERY
    assert _says(QUERY.replace(written, otherwise, 1)) != _says(QUERY)


def test_the_pairs_of_a_join_count_and_their_order_does_not() -> None:
    join = 'rate({{a="b"}}[5m]) / on ({}) group_left ({}) rate({{a="c"}}[5m])'
    assert _says(join.format("x, y", "z")) == _says(join.format("y, x", "z"))
    assert _says(join.format("x, y", "z")) != _says(join.format("x", "z"))
    assert _says(join.format("x, y", "z")) != _says(join.format("x, y", "w"))
