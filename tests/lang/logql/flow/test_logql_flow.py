"""Label flow of LogQL, case by case: what is sure, what is possible, and what said so."""

from __future__ import annotations

from typing import Any

import pytest

from tocsin.lang.logql.ast import RangeAggregation, walk
from tocsin.lang.logql.flow import logql_flow, logql_flows
from tocsin.lang.logql.parser import parse_logql


def presence(query: str, label: str) -> Any:
    return str(logql_flow(query).label(label).presence)


@pytest.mark.parametrize(
    ("query", "guaranteed", "possible", "impossible"),
    [
        # Streams.
        ('rate({app="a", env=~"x|y"}[5m])', "app env", "host", "__error__"),
        ('rate({app="a", env!=""}[5m])', "app env", "host", ""),
        ('rate({app="a", env=""}[5m])', "app", "env", ""),
        ('rate({app="a", env=~".*"}[5m])', "app", "env", ""),
        # Parsers: what the stream has stays, and what they take out of the line may be there.
        ('rate({app="a"} | json [5m])', "app", "level app_extracted __x", "__error__"),
        ('rate({app="a"} | keep app | json [5m])', "app", "level", ""),
        ('rate({app="a"} | keep app | json level, up="x.y" [5m])', "app", "level up", "z x"),
        ('rate({app="a"} | keep app | logfmt level [5m])', "app", "level level_extracted", "z"),
        ('rate({app="a"} | keep app | pattern "<ip> - <_>" [5m])', "app", "ip", "_ z"),
        ('rate({app="a"} | keep app | regexp "(?P<app>x)(?P<n>y)" [5m])', "app", "n app_extracted", "z"),
        ('rate({app="a"} | keep app | regexp "(?P<1x>y)" [5m])', "app", "_1x", "1x"),
        ('rate({app="a"} | keep app | unpack [5m])', "app", "anything", ""),
        # Filters of labels.
        ('rate({app="a"} | json | level="error" [5m])', "app level", "x", ""),
        ('rate({app="a"} | json | level!="" [5m])', "level", "", ""),
        ('rate({app="a"} | json | level="" [5m])', "", "", "level"),
        ('rate({app="a"} | json | status >= 500 [5m])', "status", "", ""),
        ('rate({app="a"} | json | took > 1s and size < 5MB [5m])', "took size", "", ""),
        ('rate({app="a"} | json | took > 1s or size < 5MB [5m])', "", "took size", ""),
        ('rate({app="a"} | json | level="error" or level="warn" [5m])', "level", "", ""),
        ('rate({app="a"} | json | addr=ip("10.0.0.0/8") [5m])', "addr", "", ""),
        ('rate({app="a"} | json | level=~"e.+" [5m])', "level", "", ""),
        ('rate({app="a"} | json | level=~"e.+|" [5m])', "", "level", ""),
        # Formats.
        ('rate({app="a"} | label_format x=app [5m])', "x", "", "app"),
        ('rate({app="a"} | label_format x=y [5m])', "", "x", "y"),
        ('rate({app="a"} | label_format x="1", y="{{.app}}", z="{{.q}}" [5m])', "x y", "z", ""),
        ('rate({app="a"} | label_format x="a {{.q}}", y="{{ .q | ToUpper }}" [5m])', "x", "y", ""),
        ('rate({app="a"} | drop app, env [5m])', "", "x", "app env"),
        ('rate({app="a"} | drop app="b" [5m])', "app", "", ""),
        ('rate({app="a"} | drop app="a" [5m])', "", "", "app"),
        ('rate({app="a"} | drop x=~"y" [5m])', "app", "x", ""),
        ('rate({app="a"} | keep app, env [5m])', "app", "env", "x"),
        ('rate({app="a"} | keep app="b" [5m])', "", "", "app x"),
        ('rate({app="a"} | keep app="a", app="b" [5m])', "app", "", "x"),
        # Unwrap and groupings.
        ('sum_over_time({app="a"} | json | unwrap d [5m])', "app", "x", "d"),
        ('max_over_time({app="a"} | json | unwrap d [5m]) by (d, x)', "d", "x", "app"),
        ('max_over_time({app="a"} | json | unwrap d [5m]) without (x)', "app", "y", "x d"),
        ('sum by (d) (sum_over_time({app="a"} | json | unwrap d [5m]))', "d", "", "app"),
        ('max by (d) (sum_over_time({app="a"} | json | unwrap d [5m]))', "", "", "d app"),
        ('sum(rate({app="a"}[5m]))', "", "", "app x"),
        ('sum by (app, x) (rate({app="a"}[5m]))', "app", "x", "y"),
        ('sum without (app) (rate({app="a"}[5m]))', "", "x", "app"),
        ('topk(3, sum by (app) (rate({app="a"}[5m])))', "app", "", "x"),
        ('sort_desc(rate({app="a"}[5m]))', "app", "x", ""),
        ('absent_over_time({app="a", env=~"x", b="", c="1", c!="2"}[5m])', "app", "", "env b c x"),
        # Operators and functions.
        ('sum by (a) (rate({a="1"}[5m])) / on (b) sum by (b) (rate({b="2"}[5m]))', "", "", "a b"),
        ('sum by (a, b) (rate({a="1"}[5m])) / on (a) sum by (a) (rate({a="1"}[5m]))', "a", "", "b"),
        (
            'sum by (a, b) (rate({a="1"}[5m])) / on (a) group_left (c) sum by (a, c) (rate({c="x"}[5m]))',
            "a c",
            "b",
            "",
        ),
        ('rate({a="1"}[5m]) and on (b) rate({b="2"}[5m])', "a b", "c", ""),
        ('sum by (a) (rate({a="1"}[5m])) or vector(0)', "", "a", "b"),
        ("vector(1)", "", "", "a"),
        ('label_replace(sum by (a) (rate({a="1"}[5m])), "b", "$1-x", "a", "(.*)")', "a b", "", "c"),
        ('label_replace(sum by (a) (rate({a="1"}[5m])), "a", "", "a", ".*")', "", "", "a"),
        ('(sum by (a) (rate({a="1"}[5m]))) * 100 > 5', "a", "", "b"),
        # Errors are there only where the query asks for them.
        ('rate({app="a"} | json [5m])', "", "", "__error__"),
        ('sum by (__error__) (rate({app="a"} | json [5m]))', "", "__error__", "app"),
        ('sum by (__error__) (rate({app="a"} | json | __error__="" [5m]))', "", "", "__error__ app"),
        ('sum by (__error__, s) (rate({app="a"} | json | s > 5 [5m]))', "", "__error__ s", "app"),
        ('sum by (app) (rate({app="a"} | json | __error__!="" [5m]))', "app", "", ""),
        ('rate({app="a"} | json | s > 5 | drop __error__ [5m])', "app", "s", "__error__"),
    ],
)
def test_labels(query: str, guaranteed: str, possible: str, impossible: str) -> None:
    for expected, labels in (("guaranteed", guaranteed), ("possible", possible), ("impossible", impossible)):
        assert {label: presence(query, label) for label in labels.split()} == dict.fromkeys(
            labels.split(), expected
        )


@pytest.mark.parametrize(
    ("query", "label", "values"),
    [
        ('rate({app=~"a|b"}[5m])', "app", {"a", "b"}),
        ('rate({app="a"} | json | level=~"error|warn" [5m])', "level", {"error", "warn"}),
        ('rate({app="a"} | json | level="x" or level="y" [5m])', "level", {"x", "y"}),
        ('rate({app="a"} | label_format x="{{ .app }}" [5m])', "x", {"a"}),
        ('sum by (level) (rate({app="a"} | json | level="error" [5m]))', "level", {"error"}),
        ('label_replace(rate({app=~"a|b"}[5m]), "x", "$1!", "app", "(.*)")', "x", {"a!", "b!"}),
        ('absent_over_time({app="a"}[5m])', "app", {"a"}),
        # Loki searches for these instead of matching them.
        ('rate({app="a"} | json | level=~"warn|warning" [5m])', "level", None),
        ('rate({app="a"} | json | level=~"e.*" [5m])', "level", None),
    ],
)
def test_values_of_a_label(query: str, label: str, values: Any) -> None:
    assert logql_flow(query).label(label).values == values


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ('count_over_time({a="b"}[5m])', "at least 1"),
        ('rate({a="b"}[5m])', "more than 0"),
        ('bytes_over_time({a="b"}[5m])', "at least 0"),
        ('absent_over_time({a="b"}[5m])', "always 1"),
        ('sum(count_over_time({a="b"}[5m])) > 10', "at least 11"),
        ('sum(rate({a="b"}[5m])) > bool 10', "between 0 and 1"),
        ('count(rate({a="b"}[5m]))', "at least 1"),
        ('sum_over_time({a="b"} | unwrap x [5m])', "any number"),
        ('max_over_time({a="b"} | unwrap bytes(x) [5m])', "at least 0"),
        ("2 * 3 > 5", "always 1"),
        ("vector(4) / 2", "always 2"),
        ('sum(rate({a="b"}[5m])) or vector(0)', "at least 0"),
    ],
)
def test_range_of_the_value(query: str, value: str) -> None:
    assert logql_flow(query).value.described() == value


@pytest.mark.parametrize(
    ("query", "reason", "marked"),
    [
        ('sum(count_over_time({a="b"}[5m])) < 1', "can never be true", "<"),
        ('rate({a="b"} | a="c" [5m])', "no series can satisfy", 'a="c"'),
        ('rate({a="b"} | json | l="x" | l="y" [5m])', "no series can satisfy", 'l="y"'),
        ('rate({a="b", a="c"}[5m])', "no series can satisfy", 'a="c"'),
        (
            'sum(rate({a="b"}[5m])) / on (x) sum by (x) (rate({x="y"}[5m]))',
            "only the right side has `x`",
            "on (x)",
        ),
    ],
)
def test_what_can_never_return_anything(query: str, reason: str, marked: str) -> None:
    empty = logql_flow(query).empty
    assert empty is not None
    assert reason in empty.sentence
    assert query[slice(*empty.span)] == marked


@pytest.mark.parametrize(
    "query",
    [
        'sum(rate({a="b"}[5m]))',
        'rate({a="b"} | json | a_extracted="c" [5m])',
        'rate({a="b"} | json | l="x" or l="y" | l="y" [5m])',
        'sum(count_over_time({a="b"}[5m])) < 2',
        'sum by (x) (rate({a="b"}[5m])) / on (x) sum by (x) (rate({x="y"}[5m]))',
        'rate({app="a"} | json | level=~"p.*" | level="api" [5m])',
    ],
)
def test_what_may_return_something(query: str) -> None:
    assert logql_flow(query).empty is None


@pytest.mark.parametrize(
    ("query", "label", "reason", "marked"),
    [
        ('sum(rate({a="b"}[5m]))', "a", "`sum` without `by` removes every label", "sum"),
        ('sum by (x) (rate({a="b"}[5m]))', "a", "`sum by` keeps only `x`", "by (x)"),
        ('rate({a="b"} | drop a [5m])', "a", "`drop` removes it", "a"),
        ('rate({a="b"} | keep x [5m])', "a", "`keep` removes every label that it does not name", "| keep x"),
        ('rate({a="b"} | json | l="x" [5m])', "l", '`l="x"` asks for it', 'l="x"'),
        ('rate({a="b"} | logfmt [5m])', "l", "`logfmt` may take it out of the line", "| logfmt"),
        ('rate({a="b"} | pattern "<a>" [5m])', "a_extracted", "where the stream has `a`", '| pattern "<a>"'),
        ('sum_over_time({a="b"} | unwrap l [5m])', "l", "`unwrap` turns it into the value", "| unwrap l"),
        ('rate({a="b"} | label_format l=a [5m])', "a", "`label_format` renames it to `l`", "l=a"),
        ('absent_over_time({a="b"}[5m])', "x", "only labels that the selector demands", "absent_over_time"),
    ],
)
def test_what_decided_it(query: str, label: str, reason: str, marked: str) -> None:
    why = logql_flow(query).label(label).why
    assert reason in why.sentence
    assert query[slice(*why.span)] == marked


def test_every_part_has_its_flow() -> None:
    query = 'sum by (a) (rate({a="b"} | json [5m])) > 0 or vector(1)'
    flows = logql_flows(query)
    assert {type(node).__name__ for node in walk(flows.tree)} >= {
        "Binary",
        "Aggregation",
        "LogQuery",
        "Vector",
    }
    (rate,) = [node for node in walk(flows.tree) if isinstance(node, RangeAggregation)]
    assert flows.of(rate).label("a").is_guaranteed
    assert flows.of(rate.range.query).label("__error__").presence == "possible"
    assert flows.result.always


@pytest.mark.parametrize(
    "query",
    [
        'sum by (a) (rate({a="b"} | json [5m]))',
        'count_over_time({a="b"}[5m])',
        '(sum(rate({a="b"} | __error__=~".+" [5m])) / 2)',
        'absent_over_time({a="b"}[5m])',
        "vector(1)",
        "1",
        'rate({a="b"}[5m]) or vector(0)',
        'rate({a="b"}[5m]) > 0',
    ],
)
@pytest.mark.parametrize("op", [">", "<=", "!=", "> bool"])
def test_a_query_flows_alike_whatever_it_is_compared_with(query: str, op: str) -> None:
    for number in ("0", "1", "2.5"):
        text = f"{query} {op} {number}"
        shared, alone = logql_flows(text), logql_flows(parse_logql(text))
        assert list(map(shared.of, walk(shared.tree))) == list(map(alone.of, walk(alone.tree)))
        # Its own answer is not that of the comparison.
        assert logql_flow(query) == logql_flow(parse_logql(query))


def test_a_long_chain_of_operators_is_no_problem() -> None:
    query = 'rate({a="b"}[5m])' + " + 1" * 190
    assert logql_flow(query).label("a").is_guaranteed
