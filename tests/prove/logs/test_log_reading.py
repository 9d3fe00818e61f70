"""What a line gives behind the stages of a query."""

from __future__ import annotations

from typing import Any

import pytest

from tocsin.lang.logql.parser import parse_logql
from tocsin.prove.logs.evaluate import FailedQueryError, LogEvaluator
from tocsin.prove.logs.model import LogLine, LogStream
from tocsin.prove.logs.pipeline import run_pipeline

STREAM = {"app": "a", "env": "prod"}


def labels_of(stages: Any, line: Any, stream: Any = STREAM) -> Any:
    """The labels that the stages add to those of the stream; None where the line is filtered out."""
    query: Any = parse_logql(f'{{app="a"}} {stages}')
    seen = run_pipeline(query, stream, line)
    if seen is None:
        return None
    return {name: value for name, value in seen.labels.items() if stream.get(name) != value}


@pytest.mark.parametrize(
    ("stages", "line", "labels"),
    [
        (
            "| json",
            '{"a": {"b": 1.50}, "t": true, "l": [1], "n": null, "9x-y": "z"}',
            {"a_b": "1.50", "t": "true", "_9x_y": "z"},
        ),
        ("| json", '{"app": "x"}', {"app_extracted": "x"}),
        ("| json", "no", {"__error__": "JSONParserErr"}),
        ('| json | __error__=""', "no", None),
        ('| json x="a[0].b", y="c"', '{"a": [{"b": "q"}]}', {"x": "q"}),
        ("| logfmt", 'a=1 b="two words" c= d', {"a": "1", "b": "two words"}),
        ('| logfmt x="a"', "a=1 b=2", {"x": "1"}),
        ('| pattern "<ip> - <_> [<at>]"', "1.2.3.4 - x [now]", {"ip": "1.2.3.4", "at": "now"}),
        ('| regexp "(?P<m>GET|PUT) (?P<s>[0-9]+)"', "a PUT 200", {"m": "PUT", "s": "200"}),
        ('|= "x" or "y" != "z"', "ay", {}),
        ('|= "x" or "y" != "z"', "ayz", None),
        ('|~ "(?i)ERR" !~ "b+"', "an error", {}),
        ('|> "<_> b <_>"', "a b c", {}),
        ('|> "<_> b <_>"', "a c", None),
        ('|= ip("10.0.0.0/8")', "from 10.1.2.3:80", {}),
        ('|= ip("10.0.0.0/8")', "from 11.1.2.3", None),
        ("| logfmt | s >= 500", "s=500", {"s": "500"}),
        ("| logfmt | s >= 500", "s=499", None),
        ("| logfmt | s >= 500", "t=1", None),
        ("| logfmt | s >= 500", "s=x", {"s": "x", "__error__": "LabelFilterErr"}),
        ("| logfmt | d > 1.5s, z < 5KB", "d=2s z=4096B", {"d": "2s", "z": "4096B"}),
        ('| logfmt | s="1" or t="2"', "t=2", {"t": "2"}),
        ('| env=~"p.*"', "x", {}),
        # Loki searches for this pattern instead of matching it.
        ('| env=~"r.*"', "x", {}),
        ('| env=~"r.+"', "x", None),
        ('| label_format e=env, x="{{.app}}-1"', "x", {"e": "prod", "x": "a-1"}),
        ('| line_format "{{.env}}" |= "prod"', "x", {}),
        ("| drop env | keep app", "x", {}),
        ('| decolorize |= "a b"', "a \x1b[31mb\x1b[0m", {}),
    ],
)
def test_stages(stages: str, line: str, labels: Any) -> None:
    assert labels_of(stages, line) == labels


def test_a_stream_that_the_selector_refuses() -> None:
    assert labels_of("", "x", {"app": "b"}) is None


def values(expr: str, *lines: Any) -> Any:
    """What an expression returns after five minutes for lines a minute apart."""
    stream = LogStream(
        tuple(STREAM.items()), tuple(LogLine(60 * n + 30, text) for n, text in enumerate(lines))
    )
    return {
        dict(labels).get("k", ""): value
        for labels, value in LogEvaluator(parse_logql(expr), [stream]).at(300).items()
    }


@pytest.mark.parametrize(
    ("expr", "result"),
    [
        ('count_over_time({app="a"}[5m])', {"": 4}),
        ('count_over_time({app="a"}[2m])', {"": 1}),
        ('count_over_time({app="a"}[2m] offset 2m)', {"": 2}),
        ('sum by (k) (count_over_time({app="a"} | logfmt [5m]))', {"x": 3, "y": 1}),
        ('sum(rate({app="a"} | logfmt | unwrap v [5m]))', {"": 10 / 300}),
        ('max_over_time({app="a"} | logfmt | unwrap v [5m]) by (k)', {"x": 3, "y": 4}),
        ('quantile_over_time(0.5, {app="a"} | logfmt | unwrap v [5m]) by (k)', {"x": 2, "y": 4}),
        ('bytes_over_time({app="a"} |= "y" [5m])', {"": 7}),
        ('absent_over_time({app="b"}[5m])', {"": 1}),
        ('absent_over_time({app="a"}[5m])', {}),
        ('topk(1, sum by (k) (count_over_time({app="a"} | logfmt [5m])))', {"x": 3}),
        ('sum by (k) (count_over_time({app="a"} | logfmt [5m])) > 1', {"x": 3}),
        ('sum by (k) (count_over_time({app="a"} | logfmt [5m])) > bool 1', {"x": 1, "y": 0}),
        (
            'sum by (k) (count_over_time({app="a"} | logfmt [5m]))'
            ' / ignoring (k) group_left sum(count_over_time({app="a"}[5m]))',
            {"x": 0.75, "y": 0.25},
        ),
        (
            'sum by (k) (count_over_time({app="a"} | logfmt [5m]))'
            ' unless sum by (k) (count_over_time({app="a"} | logfmt | k="x" [5m]))',
            {"y": 1},
        ),
        ('count_over_time({app="b"}[5m]) or vector(7)', {"": 7}),
        ("2 ^ 3 > 5", {"": 1}),
    ],
)
def test_expressions(expr: str, result: Any) -> None:
    found = values(expr, "k=x v=1", "k=x v=2", "k=x v=3", "k=y v=4")
    assert found == pytest.approx(result)


def test_a_line_with_an_error_makes_the_query_fail() -> None:
    with pytest.raises(FailedQueryError):
        values('count_over_time({app="a"} | json [5m])', "no")
    with pytest.raises(FailedQueryError):
        values('sum_over_time({app="a"} | logfmt | unwrap v [5m])', "v=x")
