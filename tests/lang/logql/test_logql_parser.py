"""The verdict of LogQL's parser against Loki's, from a table, and the shape of its tree."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tocsin.lang.errors import LangError
from tocsin.lang.logql.ast import (
    Aggregation,
    Binary,
    Both,
    Either,
    LabelFilter,
    LabelMatcher,
    LogQuery,
    Number,
    Paren,
    RangeAggregation,
    conditions,
    walk,
)
from tocsin.lang.logql.numbers import duration
from tocsin.lang.logql.parser import parse_logql
from tocsin.lang.logql.syntax import check_logql

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE = yaml.safe_load((Path(__file__).parent / "verdicts.yaml").read_text())


@pytest.mark.parametrize("query", TABLE["good"])
def test_what_loki_takes_is_taken(query: Any) -> None:
    parse_logql(query)


@pytest.mark.parametrize("case", TABLE["bad"], ids=lambda case: case["query"])
def test_what_loki_refuses_is_refused_at_its_place(case: Any) -> None:
    with pytest.raises(LangError) as caught:
        parse_logql(case["query"])
    assert case["query"][slice(*caught.value.span)] == case["marked"]
    assert caught.value.reason == case["reason"]


@pytest.mark.parametrize("case", TABLE["refused_in_run"], ids=lambda case: case["query"])
def test_what_loki_refuses_only_when_it_runs_is_found_by_the_check(case: Any) -> None:
    parse_logql(case["query"])
    with pytest.raises(LangError) as caught:
        check_logql(case["query"], metric=False)
    assert case["query"][slice(*caught.value.span)] == case["marked"]
    assert caught.value.reason == case["reason"]


def test_the_table_is_large() -> None:
    assert len(TABLE["good"]) > 200
    assert len(TABLE["bad"]) > 300


def shown(node: Any) -> Any:
    """The operators of an expression as brackets."""
    if isinstance(node, Binary):
        return f"({shown(node.left)} {node.op} {shown(node.right)})"
    return shown(node.expr) if isinstance(node, Paren) else f"{node.value:g}"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("1 * 2 + 3", "((1 * 2) + 3)"),
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("2 ^ 3 ^ 4", "(2 ^ (3 ^ 4))"),
        ("-2 ^ 3", "(-2 ^ 3)"),
        ("1 > 2 + 3 == 4", "((1 > (2 + 3)) == 4)"),
        ("(1 + 2) * 3", "((1 + 2) * 3)"),
    ],
)
def test_precedence(text: str, tree: str) -> None:
    assert shown(parse_logql(text)) == tree


def test_set_operators_bind_loosest() -> None:
    node: Any = parse_logql("vector(1) or vector(2) > 3 and vector(4)")
    assert node.op == "or"
    assert node.right.op == "and"
    assert node.right.left.op == ">"


def grouped(condition: Any) -> Any:
    """A condition with brackets around each pair."""
    if isinstance(condition, Both | Either):
        joint = "and" if isinstance(condition, Both) else "or"
        return f"({grouped(condition.left)} {joint} {grouped(condition.right)})"
    return condition.name


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a>1 and b>1 or c>1", "((a and b) or c)"),
        ("a>1 or b>1 and c>1", "(a or (b and c))"),
        ("a>1 or b>1 or c>1", "((a or b) or c)"),
        ("a>1 and b>1, c>1 or d>1", "(a and (b and (c or d)))"),
        ("a>1 or b>1, c>1", "(a or (b and c))"),
        ("a>1 b>1 or c>1", "(a and (b or c))"),
        ("(a>1 or b>1) c>1", "((a or b) and c)"),
    ],
)
def test_a_comma_and_a_blank_take_all_that_follows(text: str, tree: str) -> None:
    tree_of_query: Any = parse_logql(f'{{x="y"}} | {text}')
    (stage,) = tree_of_query.stages
    assert grouped(stage.condition) == tree
    assert [one.name for one in conditions(stage.condition)] == re.findall("[a-d](?=>)", text)


def test_a_rule_as_a_tree() -> None:
    text = 'sum by (host) (rate({app="api"} |= "x" | json | level=~"e.*" [5m] offset 1h)) > 5'
    comparison: Any = parse_logql(text)
    assert isinstance(comparison.left, Aggregation)
    aggregation: Any = comparison.left
    assert aggregation.grouping.labels == ("host",)
    assert text[slice(*aggregation.grouping.span)] == "by (host)"
    assert isinstance(aggregation.expr, RangeAggregation)
    rate: Any = aggregation.expr
    assert (rate.range.range.seconds, rate.range.offset.seconds) == (300, 3600)
    query = rate.range.query
    assert text[slice(*query.span)] == '{app="api"} |= "x" | json | level=~"e.*"'
    assert [text[slice(*stage.span)] for stage in query.stages] == ['|= "x"', "| json", '| level=~"e.*"']
    filter = query.stages[-1]
    assert isinstance(filter, LabelFilter)
    assert isinstance(filter.condition, LabelMatcher)
    assert text[slice(*filter.condition.value_span)] == '"e.*"'


def test_unwrap_and_what_follows_it() -> None:
    text = 'quantile_over_time(0.99, {a="b"} | json | unwrap duration(took) | __error__="" [1m]) by (path)'
    node: Any = parse_logql(text)
    assert node.param == 0.99
    unwrap = node.range.unwrap
    assert (unwrap.label, unwrap.conversion) == ("took", "duration")
    assert text[slice(*unwrap.span)] == '| unwrap duration(took) | __error__=""'
    assert text[slice(*unwrap.label_span)] == "took"


def spans(value: Any) -> Iterator[Any]:
    """Every node with a place, and the places inside of it."""
    if isinstance(value, tuple):
        for one in value:
            yield from spans(one)
    elif is_dataclass(value):
        yield value
        for field in fields(value):
            yield from spans(getattr(value, field.name))


def test_every_node_lies_inside_its_text_and_its_parent(queries: Any) -> None:
    source = queries(seed=7)
    for _ in range(400):
        text = source.query()
        try:
            node = parse_logql(text)
        except LangError:
            continue
        for outer in walk(node):
            for inner in spans(outer):
                if getattr(inner, "span", None) is None:
                    continue
                assert outer.span[0] <= inner.span[0] < inner.span[1] <= outer.span[1] <= len(text)


def test_the_words_of_a_log_query_are_where_its_span_says() -> None:
    text = '  # why\n  {a="b"}\n  |= `x`  # and\n'
    node = parse_logql(text)
    assert isinstance(node, LogQuery)
    assert text[slice(*node.span)] == '{a="b"}\n  |= `x`'


@pytest.mark.parametrize(
    "text",
    [
        'rate({a="b"}[5m]) > 5',
        'sum(rate({a="b"}[5m])) by (c) <= 0.5',
        "vector(1) > vector(2) > 5",
        "vector(1) or vector(2) > 5",
        "vector(1) * -2 ^ 2 != 08",
        '{a="b"} > 5',
        '{a="b"} | c > 5',
        '{a="b"} |> 5',
        'rate({a="b"}[5m]) =~ 5',
        'rate({a="b"}[5m]) => 5',
        '(rate({a="b"}[5m]) > 5',
        'rate({a="b"}[5m]) offset > 5',
        'rate({a="b"}[5m]) > bool 5',
        "1 > 5",
        f"vector(1) > {'9' * 400}",
        "1" + "+1" * 200 + " > 5",
        "1" + "+1" * 201 + " > 5",
        '\n rate({a="b"}[5m])\t>\n5 ',
    ],
)
def test_a_comparison_with_a_number_is_read_as_any_other_expression(text: str) -> None:
    def read(written: Any) -> Any:
        try:
            return parse_logql(written)
        except LangError as error:
            return error.reason, error.span, error.help

    # Behind a comment nothing is shared.
    assert read(text) == read(f"{text} # all of it")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("* 2", "a query begins with a selector"),
        ('rate({a="b"}[5m]) + * 2', None),
        ('rate({a="b"}[5m]) > -rate({a="b"}[5m])', "a sign is only allowed before a number"),
        ("“a”", "write straight quotes"),
    ],
)
def test_what_cannot_stand_where_an_expression_begins_is_explained(text: str, said: str | None) -> None:
    with pytest.raises(LangError) as caught:
        parse_logql(text)
    assert (caught.value.help is None) if said is None else (said in (caught.value.help or ""))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1m30s", 90),
        ("1.5s", 1.5),
        ("-1.5s", -1.5),
        ("+2ms", 0.002),
        ("-0", 0),
        (".5m", 30),
        ("1.5", None),
        ("-", None),
        ("-9223372036854775808ns", -9223372036.854775808),
        ("9223372036854775808ns", None),
    ],
)
def test_durations_in_the_notation_of_go(text: str, seconds: float | None) -> None:
    assert duration(text) == seconds


def test_expressions_with_other_numbers_share_the_tree_of_their_query() -> None:
    query = 'sum by (app) (rate({app="api"} |= "error" [5m]))'
    first, second = parse_logql(f"{query} > 1"), parse_logql(f"{query} > 20")
    assert isinstance(first, Binary)
    assert isinstance(second, Binary)
    assert first.left is second.left is parse_logql(query)
    assert isinstance(first.right, Number)
    assert isinstance(second.right, Number)
    assert (first.right.value, second.right.value) == (1, 20)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "1" + " + 1" * 5000,
        "2" + " ^ 2" * 5000,
        '{a="b"} | ' + ", ".join(["x>1"] * 5000),
        '{a="b"} | ' + " or ".join(["x>1"] * 5000),
        "sum(" * 5000,
        '{a="' + "x" * 200_000 + '"}',
        "9" * 5000,
    ],
    ids=["brackets", "sums", "powers", "commas", "ors", "calls", "long", "digits"],
)
def test_a_bomb_is_refused(text: str) -> None:
    with pytest.raises(LangError):
        parse_logql(text)
