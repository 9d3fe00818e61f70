from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.missing import NO_CORPORA

from tocsin.lang.errors import LangError
from tocsin.lang.logql.syntax import check_logql

CORPUS = Path(__file__).parents[3].parent / "shared" / "corpora" / "loki_rules"


@pytest.mark.parametrize(
    "text",
    [
        'sum(rate({a="b"}[5m])) > 1',
        'sum by (x) (count_over_time({a="b"} |= "c" or "d" != "e" | json | l="m" [5m])) > 1 and vector(1)',
        'rate(({a="b"} |~ "x")[5m])',
        'rate({a="b"}[5m] offset 1h |= "x")',
        'quantile_over_time(0.99, {a="b"} | logfmt --strict | unwrap duration(d) | e="" [1m]) by (x) > 1',
        'topk(5, sum by (x) (rate({a=~".+"} | json != "x" [5m])))',
        'label_replace(rate({a="b"}[1m]), "x", "$1", "a", "(.*)") > 0',
        'absent_over_time({a="b"}[5m]) == 1',
        'sum(rate({a!=""}[5m])) / on () group_left sum(rate({a="b"}[5m]))',
        r'sum(rate({a="b"} | regexp `(?P<m>\w+)` | m != "x" | drop y [5m]))',
    ],
)
def test_a_sound_metric_query_is_accepted(text: str) -> None:
    check_logql(text, metric=True)


@pytest.mark.parametrize(
    "text",
    [
        '{a="b"}',
        '{a="b", c!~"d"} |= ip("10.0.0.0/8") | json x="y[0]", z | (x="1" or z>2) | line_format "{{.x}}"',
        '{a="b"} | label_format x=y, z="{{.w}}" | keep x, z="1"',
        '{a="b"} !> "<_>" | status >= 400 and took > 1.5s, size < 10MB',
    ],
)
def test_a_log_query_is_sound_but_no_rule(text: str) -> None:
    check_logql(text, metric=False)
    with pytest.raises(LangError, match="gives log lines"):
        check_logql(text, metric=True)


@pytest.mark.parametrize(
    ("text", "marked", "reason", "help"),
    [
        ("", "", "the expression is empty", ""),
        ("up > 1", "up", "no metric names", "braces"),
        ("rat({a='b'}[5m])".replace("'", '"'), "rat", "not a LogQL function", "`rate`"),
        ('rate({a="b"})', '{a="b"}', "needs a range", "`[5m]`"),
        ('sum({a="b"})', "sum", "gets log lines", "count_over_time"),
        ('rate(sum(rate({a="b"}[5m])))', "sum", "expected a log query", ""),
        ('{a="b"} > 5', ">", "works on numbers", ""),
        ('sum(rate({a=~".*"}[5m]))', '{a=~".*"}', "every stream", "app"),
        ('rate({a="b"} | jsn [5m])', "jsn", "not a pipeline stage", "`json`"),
        ('rate({a="b"} |~ "x" or "(" [5m])', '"("', "not a valid regular expression", ""),
        ('rate({a="b"} | json | c=~"(" [5m])', '"("', "not a valid regular expression", ""),
        ('rate({a=~"("}[5m])', '"("', "not a valid regular expression", ""),
        ("rate({a=b}[5m])", "b", "a string in quotes", '`"b"`'),
        ('rate({a="b"}[0s])', "0s", "longer than nothing", ""),
        ('rate({a="b"}[5m:1m])', "5m:1m", "no subqueries", "`[5m]`"),
        ('sum(rate({a="b"}[5m])) bye (x)', "bye", "cannot follow", "`by`"),
        ('sum by x (rate({a="b"}[5m]))', "x", "expected `(`", "`by (x)`"),
        ('{a="b"} "x"', '"x"', "cannot follow a log query", ""),
        ('{a="b"}[5m]', "[5m]", "cannot follow a log query", "`rate({…} [5m])`"),
        ("1 > 2", "1 > 2", "reads no logs", ""),
        ('sum(rate({a="b"}[5m])', "(", "never closed", ""),
    ],
)
def test_what_is_wrong_is_shown_where_it_is(text: Any, marked: str, reason: str, help: str) -> None:
    with pytest.raises(LangError) as caught:
        check_logql(text, metric=True)
    assert text[slice(*caught.value.span)] == marked
    assert reason in caught.value.reason
    assert help in (caught.value.help or "")


WORDS = '{a="b"} rate sum quantile_over_time by ( ) [5m] | |= != "x" json unwrap offset 5m , 1 > x { }'


@given(st.lists(st.sampled_from(WORDS.split())), st.booleans())
def test_no_text_ends_in_anything_but_a_verdict(words: Any, metric: Any) -> None:
    text = " ".join(words)
    start, end = _place(text, metric)
    assert 0 <= start <= end <= len(text)


def _place(text: str, metric: Any) -> Any:
    try:
        check_logql(text, metric=metric)
    except LangError as error:
        return error.span
    return 0, 0


def test_the_loki_rules_of_the_wild_are_accepted() -> None:
    if not CORPUS.is_dir():
        pytest.skip(NO_CORPORA)
    expressions = {
        rule["expr"]
        for path in sorted(CORPUS.rglob("*"))
        if path.is_file()
        for group in yaml.load(path.read_text(), yaml.CSafeLoader)["groups"]
        for rule in group["rules"]
    }
    assert len(expressions) > 10
    for expression in sorted(expressions):
        check_logql(expression, metric=True)
