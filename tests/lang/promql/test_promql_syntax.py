from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.missing import NO_CORPORA

from tocsin.lang.errors import LangError
from tocsin.lang.promql.functions import FUNCTIONS
from tocsin.lang.promql.syntax import check_promql

CORPORA = Path(os.environ.get("TOCSIN_CORPORA") or Path(__file__).parents[3].parent / "shared" / "corpora")
CORPUS = CORPORA / "prom_rules"


@pytest.mark.parametrize(
    "text",
    [
        "up == 0",
        "1",
        "sum by (a, b,) (rate(x[5m])) > 2 # why",
        r"x{a=~`\d+`}",
        'x{a=~"{{ b }}"}',
        r'x{a=~"\\Qa.b\\E"}',
        "holt_winters(x[5m], 0.1, 0.1)",
        "rate(x[5m * 2])",
        "increase(x[5m] anchored)",
        "rate(x[5m] smoothed offset 1h)",
        "rate(x[step() + 1m])",
        "x offset -(5m * 2)",
        "x </ 5",
        "1_000 * x",
        '{"foo.bar", "a"="b"}',
        "x @ start() offset -5m",
        "a * on (x) group_left (y) b",
        "max_over_time(sum(x)[1h:5m])",
        "count > 3",
        'x{or="a"}',
        "rate(x @ end()[15m])",
        "x + fill(0) fill",
        "x * on (a) fill_left",
        'info(x, {data=~".*"})',
        'info(x, {__name__!="target_info"} @ 120)',
    ],
)
def test_what_prometheus_accepts_is_accepted(text: str) -> None:
    check_promql(text)


@pytest.mark.parametrize(
    ("text", "marked", "reason", "help"),
    [
        ("", "", "the expression is empty", ""),
        ("  # nothing", "  # nothing", "the expression is empty", ""),
        ("foo >", ">", "expected an expression after `>`", ""),
        ("rate(x[5m]) +* 3", "*", "expected an expression after `+`, found `*`", ""),
        ("sum(x) bye (a)", "bye", "cannot follow", "`by`"),
        ("sum by a (x)", "a", "labels in parentheses", "`by (a)`"),
        ("sum by (a b) (x)", "b", "expected a comma", ""),
        ("rate(x[5m]) by (a)", "by", "belongs to an aggregation", "sum"),
        ("rat(x[5m])", "rat", "not a PromQL function", "`rate`"),
        ("sum(1 + rate(http_total))", "rate", "needs a range", "`rate(http_total[5m])`"),
        ("rate(sum(x))", "rate", "needs a range", "afterwards"),
        ("abs(x[5m])", "abs", "needs an instant vector, but gets a range", "avg_over_time"),
        ("clamp(x, 1)", "clamp", "takes 3 arguments, but gets 2", ""),
        ("topk(x)", "topk", "takes 2 arguments, but gets 1", "`topk(5, …)`"),
        ("x and (1 > 2)", ">", "needs `bool`", "`> bool`"),
        ("x + bool y", "bool", "belongs to a comparison", ""),
        ("x > bool bool y", "bool", "expected an expression", ""),
        ("1 and x", "and", "joins instant vectors", "vector"),
        ('x + "a"', '"a"', "not on a string", ""),
        ("sum(x + y[5m])", "[", "not on a range", "rate"),
        ("rate(x[0s])", "0s", "longer than nothing", ""),
        ("x[5m]", "x[5m]", "range vector", "rate"),
        ("x[5m:]", "x[5m:]", "range vector", "rate"),
        ('"text"', '"text"', "is a string", ""),
        ('sum({a=~".*"})', '{a=~".*"}', "every series", ""),
        ('x{a=~"("}', '"("', "not a valid regular expression", ""),
        ('x{a=~"(?!a)b"}', '"(?!a)b"', "not a valid regular expression", "look-ahead"),
        ('x{a=~"b{1001}"}', '"b{1001}"', "not a valid regular expression", ""),
        ("x{a=b}", "b", "a string in quotes", '`"b"`'),
        ('x{a="b" c="d"}', "c", "expected a comma", ""),
        ("x = 5", "=", "compares labels", "`==`"),
        ("1 2", "2", "cannot follow", "missing"),
    ],
)
def test_what_is_wrong_is_shown_where_it_is(text: str, marked: str, reason: str, help: str) -> None:
    with pytest.raises(LangError) as caught:
        check_promql(text)
    assert text[slice(*caught.value.span)] == marked
    assert reason in caught.value.reason
    assert help in (caught.value.help or "")


@pytest.mark.parametrize(
    ("text", "start"),
    [("sum by (a (x)", 7), ("rate(x[5m]", 4), ('x{a="b"', 1), ("rate(x[5m)", 6), ("x)", 1)],
)
def test_brackets_that_do_not_fit_are_shown(text: str, start: int) -> None:
    with pytest.raises(LangError) as caught:
        check_promql(text)
    assert caught.value.span == (start, start + 1)


@pytest.mark.parametrize(
    "text", ["(" * 50_000 + "x" + ")" * 50_000, "+".join("x" * 9_000), "-" * 9_000 + "x"]
)
def test_what_would_overflow_the_parser_is_refused(text: Any) -> None:
    with pytest.raises(LangError):
        check_promql(text)


@pytest.mark.parametrize("name", sorted(FUNCTIONS - {"holt_winters"}))
def test_every_listed_function_exists(name: Any) -> None:
    message = ""
    try:
        promql_parser.parse(f"{name}()")
    except ValueError as error:
        message = str(error)
    assert "unknown function" not in message


WORDS = 'x 1 "a" 5m rate sum by on and > == + - ( ) [5m] { } a="b" , bool offset @ `'


@given(st.lists(st.sampled_from(WORDS.split())))
def test_no_text_ends_in_anything_but_a_verdict(words: Any) -> None:
    text = " ".join(words)
    start, end = _place(text)
    assert 0 <= start <= end <= len(text)


VALUES = (
    '{a="b"} {a="c"} {a="=d"} {a!="b"} {a=""} {a=~"("} x{ a=\n"b" "=" "b=" = " ( ) , label_replace( x \' \\'
)


@given(st.lists(st.sampled_from(VALUES.split(" ")), max_size=8), st.sampled_from(["", " "]))
def test_a_verdict_does_not_depend_on_what_was_judged_before(words: Any, between: str) -> None:
    text = between.join(words)
    # A comment changes nothing, but no other text has it.
    assert _accepted(text) == _accepted(f"{text}\n#")


@pytest.mark.parametrize(
    ("sound", "other"),
    [
        ('{a="b"}', '{a=""}'),
        ('x{a=~"b"}', 'x{a=~"("}'),
    ],
)
def test_the_values_that_matter_are_judged_each_time(sound: str, other: str) -> None:
    assert _accepted(sound)
    assert not _accepted(other)


def test_nearly_all_rules_of_the_wild_are_accepted() -> None:
    if not CORPUS.is_dir():
        pytest.skip(NO_CORPORA)
    expressions = {
        rule["expr"]
        for path in sorted(CORPUS.rglob("*"))
        if path.is_file()
        for rule in _rules(path.read_text())
        if isinstance(rule, dict) and isinstance(rule.get("expr"), str)
    }
    refused = [text for text in sorted(expressions) if not _accepted(text)]
    assert len(expressions) > 1000
    surprising = [text for text in refused if not any(mark in text for mark in _NO_PROMQL)]
    assert len(surprising) <= len(expressions) / 1000, surprising


# Placeholders, templates that were not rendered, a slip, and examples of mistakes.
_NO_PROMQL = ("...", "<string>", "$metric", "{% endraw %}", "[5m))", "rate(hi)", "test +")


def _rules(text: str) -> Any:
    try:
        document = yaml.load(text, yaml.CSafeLoader)
    except yaml.YAMLError:
        return []
    groups = document.get("groups") if isinstance(document, dict) else None
    return [rule for group in groups or [] if isinstance(group, dict) for rule in group.get("rules") or []]


def _place(text: str) -> Any:
    try:
        check_promql(text)
    except LangError as error:
        return error.span
    return 0, 0


def _accepted(text: str) -> Any:
    try:
        check_promql(text)
    except LangError:
        return False
    return True
