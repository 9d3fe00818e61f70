"""What the text of a plain query tells is what the parser and the label flow say of it."""

from __future__ import annotations

import itertools

import pytest

from tocsin.checks.runbook.plain import plain_query
from tocsin.lang.errors import LangError
from tocsin.lang.promql.ast import Selector, walk
from tocsin.lang.promql.flow import RecordedExpression, Recordings, promql_flow
from tocsin.lang.promql.functions import AGGREGATIONS, FUNCTIONS
from tocsin.lang.promql.parser import parse_promql

SELECTORS = (
    "up",
    'up{job="api"}',
    '{job="api", env!="dev"}',
    'up{job="api", job="web"}',
    'up{job=~"a|b", job=~"c|d"}',
    'up{job=~"", env!~".*"}',
    'up{__name__="down"}',
    'ALERTS{alertname=""}',
    'errors:rate5m{job="web"}',
)
FORMS = (
    "{0}",
    "({0} [5m])",
    *(f"{name}({{0}})" for name in sorted(FUNCTIONS | AGGREGATIONS)),
    *(f"{name}({{0}}[5m])" for name in sorted(FUNCTIONS)),
    *(f"{name}(2, {{0}})" for name in sorted(FUNCTIONS | AGGREGATIONS)),
    *(f"{name}(0, {{0}})" for name in sorted(FUNCTIONS | AGGREGATIONS)),
    *(f"{name} by (job) ({{0}})" for name in sorted(AGGREGATIONS)),
    *(f"{{0}} {word} {{0}}" for word in ("and", "OR", "unless", "atan2", "and on (job)")),
    "clamp({0}, 2, 1)",
    "topk(5, topk(0, {0}))",
    "topk by (job) (0, {0})",
    "absent(vector(1))",
)
RECORDINGS = Recordings(
    [RecordedExpression("errors:rate5m", 'sum by (job) (rate(errors_total{job="api"}[5m]))')]
)


def test_what_surely_returns_something_is_not_empty_by_its_flow() -> None:
    judged = 0
    for form, selector in itertools.product(FORMS, SELECTORS):
        text = form.format(selector)
        plain = plain_query(text)
        if plain is not None and plain.surely_returns(RECORDINGS):
            try:
                assert promql_flow(text, RECORDINGS).empty is None, text
            except LangError:
                continue
            judged += 1
    assert judged > 200


def test_words_and_matchers_are_those_of_the_parser() -> None:
    for form, selector in itertools.product(FORMS, SELECTORS):
        text = form.format(selector)
        plain = plain_query(text)
        try:
            parts = [part for part in walk(parse_promql(text)) if isinstance(part, Selector)]
        except LangError:
            continue
        if plain is not None:
            assert {part.name for part in parts if part.name} <= plain.words, text
            written = [(one.name, one.op, one.value) for part in parts for one in part.matchers]
            assert written == list(plain.matchers), text


@pytest.mark.parametrize(
    "text",
    [
        'sum by (code) (rate(requests_total{service="a", code!="2.."}[5m]))',
        'topk(5, sum by (pod) (rate(cpu_seconds_total{pod=~"a.*"}[5m:1m])))',
        'histogram_quantile(0.99, sum by (le) (rate(latency_bucket{job="a"}[5m] offset 1d)))',
    ],
)
def test_queries_as_runbooks_have_them_are_plain(text: str) -> None:
    plain = plain_query(text)
    assert plain is not None
    assert plain.surely_returns(RECORDINGS)


@pytest.mark.parametrize(
    "text",
    [
        "up == 0",
        "a / b",
        'up{job="a\\"b"}',
        "up{job='a b=\"c\"'}",
        '{"up.time", job="a"}',
        'up # {job="a"}',
        'up{job!~"a"}',
        'label_replace(up, "a", "b", "c", "d")',
    ],
)
def test_where_the_text_tells_too_little_it_tells_nothing(text: str) -> None:
    assert plain_query(text) is None
