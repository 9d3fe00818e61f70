"""Lines that make log alerts fire, and lines that keep them quiet; here our own reading of LogQL judges."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tocsin.lang.logql.parser import parse_logql
from tocsin.prove.logs import LogWitness, NoLogWitness, log_witness
from tocsin.prove.logs.evaluate import LogEvaluator

ALERTS = [
    'sum(rate({app="a", level="error"}[5m])) > 1',
    'sum(count_over_time({app="a"} |= "Exception" [10m])) > 20',
    'sum(count_over_time({app="a"} |~ "(?i)(connection.*refused|ECONNREFUSED)" [5m])) > 5',
    'sum(rate({app="a"} | json | __error__="" | error!="" [10m])) > 0.5',
    'sum(rate({app="a"} |= "error" [5m])) / sum(rate({app="a"}[5m])) > 0.05',
    'sum(rate({app="a"} | json | level="error" [5m])) / sum(rate({app="a"} | json [5m])) * 100 > 5',
    'sum by (host) (count_over_time({app="a"} | logfmt | status >= 500 [10m])) > 10',
    'absent_over_time({app="a"}[15m]) == 1',
    'absent_over_time({app="a"} |= "heartbeat" [15m])',
    'quantile_over_time(0.99, {app="a"} | json | unwrap duration(took) [5m]) by (path) > 2',
    'avg_over_time({app="a"} | json | __error__="" | unwrap latency_ms | __error__="" [5m]) > 250',
    'max_over_time({app="a"} | logfmt | unwrap bytes(size) [5m]) > 1000000',
    'stddev_over_time({app="a"} | json | unwrap v [5m]) > 3',
    'min_over_time({app="a"} | json | unwrap free [5m]) < 100',
    'sum by (app) (bytes_rate({app=~"a|b"}[1m])) > 10000',
    'sum by (ip) (count_over_time({app="n"} | pattern `<ip> - "<_>" <status> <_>` | status=~"5.." [5m])) > 3',
    "sum(count_over_time({app='a'} | regexp `(?P<m>GET|POST) (?P<s>\\d{3})` | s >= 500, m='POST' [5m])) > 5",
    'count_over_time({app="a"} |= `"level":"error"` |~ "timeout|refused" != "ignore" [5m]) > 2',
    'sum(count_over_time({app="a"} |> "<_> level=error <_>" [5m])) > 1',
    'sum(count_over_time({app="a"} |= ip("10.0.0.0/8") [5m])) > 1',
    'sum(count_over_time({app="a"} | logfmt | addr=ip("192.168.0.0/16") [5m])) > 1',
    'sum(rate({app="a"}[5m])) < 0.01',
    'sum(rate({app="a"}[5m])) == 0 or absent_over_time({app="a"}[5m])',
    'sum(rate({app="a"} |= "x" [5m])) > 2 * sum(rate({app="a"} |= "x" [5m] offset 1h))',
    'sum by (job) (rate({job="x", level="error"}[5m])) > 0.5 and sum by (job) (rate({job="x"}[5m])) > 1',
    'sum by (job) (rate({job="x"} |= "e" [5m])) > 0.5 unless sum by (job) (rate({job="x"} |= "o" [5m])) > 0',
    'sum by (ns) (count_over_time({ns=~"p-.+"} | json | kind="Ev" | reason=~"Failed.*|BackOff" [10m])) > 0',
    'sum(count_over_time({app="a"} | json code="response.status", n="items[0].name" | code >= 500 [5m])) > 1',
    'sum(count_over_time({app="a"} | logfmt | took > 1.5s or status=500 [5m])) > 1',
    'sum(count_over_time({app="a"} | json | label_format sev=level | sev="critical" [5m])) > 1',
    'sum by (x) (count_over_time({app="a"} | json | label_format x=`{{.tenant}}` | x!="" [5m])) > 1',
    'sum(count_over_time({app="a"} | json | line_format "{{.msg}}" |= "boom" [5m])) > 1',
    'sum(count_over_time({app="a"} | logfmt | drop app | keep level | level="error" [5m])) > 1',
    '100 * (1 - sum(rate({app="a"} |= "ok" [5m])) / sum(rate({app="a"}[5m]))) > 10',
    'vector(1) unless sum(count_over_time({app="a"}[5m])) > 0',
    'label_replace(sum by (app) (rate({app="a"}[5m])), "svc", "$1", "app", "(.*)") > 1',
    'sum by (app) (count_over_time({app=~".+", app!~"test.*"} |= "panic" [5m])) > 0',
    'topk(5, sum by (path) (rate({app="a"} | json | path!="" [5m]))) > 1',
    'sum by (pod) (count_over_time({app="a"} | unpack | container="api" |= "panic" [5m])) > 2',
    'sum(count_over_time({app="a"} |= "boom" | unpack | tier="x" | json | level="error" [5m])) > 1',
    'avg_over_time({app="a"} | unpack | __error__="" | unwrap latency [5m]) > 250',
]
ALERTS = [alert.replace("'", '"') for alert in ALERTS]


def answers(witness: Any, streams: Any, expr: str) -> Any:
    """What the expression returns at each evaluation."""
    evaluator = LogEvaluator(parse_logql(expr), streams)
    steps = range(int((witness.end - witness.start) / witness.interval) + 1)
    return [evaluator.at(witness.start + step * witness.interval) for step in steps]


@pytest.mark.parametrize("expr", ALERTS)
def test_an_alert_fires_for_as_long_as_it_has_to_and_is_quiet_with_the_same_streams(expr: Any) -> None:
    witness = log_witness(expr, hold=120, interval=60)
    assert isinstance(witness, LogWitness)
    assert witness.end - witness.start >= 120
    fires = answers(witness, witness.fires, expr)
    assert len(fires) >= 3
    assert all(fires)
    assert witness.silent is not None
    assert not any(answers(witness, witness.silent, expr))
    assert witness.fires is not None
    assert {stream.labels for stream in witness.silent} == {stream.labels for stream in witness.fires}


@pytest.mark.parametrize(
    ("expr", "labels", "line"),
    [
        (ALERTS[1], {"app": "a"}, "Exception"),
        ('sum(count_over_time({app="a"} |~ "failed.*login" [5m])) > 2', {"app": "a"}, "failed login"),
        ('sum(rate({app=~"x|y"} | json | level="error" [5m])) > 1', {"app": "x"}, '{"level": "error"}'),
        (
            'sum(rate({app="x"} | level="error" [5m])) > 1',
            {"app": "x", "level": "error"},
            "something happened",
        ),
        (
            'sum(rate({app="x"} | unpack | pod="p" |= "e" [5m])) > 1',
            {"app": "x"},
            '{"pod": "p", "_entry": "e"}',
        ),
        ('sum(rate({app="x"} | logfmt | a="b c" [5m])) > 1', {"app": "x"}, 'a="b c"'),
        (
            'sum(rate({app="x"} | json a="b.c[1]" | a="z" [5m])) > 1',
            {"app": "x"},
            '{"b": {"c": [null, "z"]}}',
        ),
        ('sum(rate({app="x"} | pattern "<a>: <_>" | a="E1" [5m])) > 1', {"app": "x"}, "E1: x"),
    ],
)
def test_what_the_lines_look_like(expr: Any, labels: Any, line: str) -> None:
    witness: Any = log_witness(expr, 0, 60)
    (stream,) = witness.fires
    assert dict(stream.labels) == labels
    assert stream.lines[0].text == line


def test_the_lines_come_in_the_order_of_their_times_and_not_after_the_end() -> None:
    witness: Any = log_witness(
        'sum(rate({app="a"} |= "x" [5m])) > 2 * sum(rate({app="a"}[5m] offset 1h))', 60, 30
    )
    for stream in (*witness.fires, *witness.silent):
        times = [line.at for line in stream.lines]
        assert times == sorted(times)
        assert not times or 0 <= times[0] <= times[-1] <= witness.end


def test_where_only_missing_lines_keep_it_quiet_that_is_said() -> None:
    witness: Any = log_witness('sum(rate({app="a", level="critical"}[5m])) > 0', 60, 60)
    assert witness.removed
    assert all(not stream.lines for stream in witness.silent)
    other = log_witness(ALERTS[1], 60, 60)
    assert isinstance(other, LogWitness)
    assert not other.removed


@pytest.mark.parametrize(
    ("expr", "reason", "impossible"),
    [
        ('sum(count_over_time({app="a"}[5m])) < 0', "can never be true", True),
        ('rate({app="a"} | json | l="x" | l="y" [5m]) > 0', "no series can satisfy", True),
        ('{app="a"}', "gives lines", False),
        ("vector(1) > 0", "reads no logs", False),
        ('sum(count_over_time({app="a"}[5m])) > 1000000', "up to 60000 lines", False),
        ('rate_counter({app="a"} | json | unwrap n [5m]) > 0', "`rate_counter` is not followed", False),
        ('rate({app="a"} | line_format "{{.x | ToUpper}}" |= "A" [5m]) > 0', "is not followed", False),
        ('rate({app="a"} |= "x" != "x" [5m]) > 0', "no line was found", False),
    ],
)
def test_what_has_no_witness_says_why(expr: str, reason: str, impossible: bool) -> None:
    found = log_witness(expr, 60, 60)
    assert isinstance(found, NoLogWitness)
    assert re.search(reason, found.reason)
    assert found.impossible == impossible
