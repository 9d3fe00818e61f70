"""What an alert's expression may be made of: promtool confirms for each kind that it fires and is silent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tocsin.prove.run import proof_subjects, prove
from tocsin.prove.verdict import Status

if TYPE_CHECKING:
    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan
    from tocsin.prove.verdict import Verdict

KINDS = {
    "a constant": ["up == 0", "3 < queue", "x != 7", "x >= 0.5 < 0.6", "x > 1e3 * 2 ^ 4"],
    "two vectors": ["used / size > 0.9", "x > on (instance) group_left () 2 * y", "a <= bool b == 1"],
    "units": ["100 * (1 - free_bytes / size_bytes) > 90", "x_seconds / 60 > 5", "-x > 3", "x % 5 == 4"],
    "counters": ["rate(c[5m]) > 2", "irate(c[5m]) > 2", "increase(c[10m]) >= 5", "resets(c[1h]) > 2"],
    "gauges": ["delta(x[10m]) < -5", "idelta(x[5m]) > 3", "deriv(x[10m]) > 0.1", "changes(x[1h]) > 3"],
    "over time": [
        "avg_over_time(x[10m]) > 3",
        "min_over_time(x[10m]) > 3",
        "max_over_time(x[10m]) < 3",
        "sum_over_time(x[10m]) > 30",
        "count_over_time(x[10m]) < 4",
        "quantile_over_time(0.9, x[10m]) > 3",
        "stddev_over_time(x[10m]) > 3",
        "last_over_time(x[10m]) > 3",
        "present_over_time(x[10m])",
    ],
    "prediction": ["predict_linear(free[1h], 4 * 3600) < 0"],
    "exact numbers": [
        "status == 0.5",
        "x / 1000 == 3",
        "floor(quantile_over_time(0.5, x[5m]) / 10 ^ 12) == 3",
        "ceil(x / 7) == 3",
        "100 - 2 * x == 3",
        "x ^ 2 == 144",
        "x > 40 < 41",
        "x != 3.7 and x > 3.65 and x < 3.75",
    ],
    "series that went": [
        "sent_bytes >= 240 * 1024 ^ 3 and sent_bytes offset 1h < 240 * 1024 ^ 3",
        "(count by (node) (link_up) - count by (node) (link_up == 1)) == 2",
        "count(time() - last_seen < 30) > 100",
        "count by (instance) (x offset 1d) - count by (instance) (x) > 0",
        "count(x) / count(x offset 1h) < 0.8",
    ],
    "classic buckets": [
        "histogram_quantile(0.9, sum by (a, le) (rate(s_bucket[5m])) * on (a) group_left (b) y) > 3",
        "histogram_quantile(0.9, rate(s_bucket[5m]) and on (instance) ready == 1) > 3",
        "histogram_quantile(0.99, sum by (le) (rate(s_bucket[5m]))) > 2",
        'sum(rate(s_bucket{le="0.5"}[5m])) / sum(rate(s_count[5m])) < 0.9',
    ],
    "native histograms": [
        "histogram_quantile(0.9, sum by (job) (rate(seconds[5m]))) > 0.3",
        "histogram_count(rate(seconds[5m])) < 5",
        "histogram_sum(increase(seconds[10m])) > 10",
        "histogram_avg(rate(seconds[5m])) > 0.25",
        "histogram_fraction(0, 0.2, rate(seconds[5m])) < 0.95",
        "histogram_stddev(sizes) > 10",
        "histogram_stdvar(sizes) > 10",
        "histogram_quantile(0.5, avg(sizes) * 2) > 4 and count(sizes) > 0",
    ],
    "aggregations": [
        "sum by (job) (x) > 5",
        "avg without (instance) (x) > 5",
        "count by (job) (x > 3) > 2",
        "topk(2, x) > 5",
        "quantile(0.9, x) > 5",
        "stddev(x) > 3",
        'count_values("v", x) > 1',
        "count(group by (version) (build)) > 1",
    ],
    "absence": ['absent(up{job="a"})', "absent_over_time(x[10m])", "absent(x > 5)", "x unless y"],
    "set operators": ["x > 1 and y < 2", "x > 1 or y > 2", "x > 1 unless on (instance) y == 1"],
    "matchers": ['x{a=~"b|c.*",d!="",e!~"f.*",g!="h"} > 1', '{__name__=~"node_.+_total",a="b"} > 1'],
    "other times": ["x - x offset 1h > 5", "x @ 0 > 3", "x @ end() > 3", "rate(c[5m] offset -2m) > 2"],
    "subqueries": ["max_over_time(rate(c[5m])[30m:1m]) > 2", "avg_over_time((x > 3)[10m:])  > 4"],
    "clocks": [
        "time() - done_timestamp_seconds > 7200",
        "time() - timestamp(x) > 30",
        "hour() >= 22 and on () x > 0",
        "x > 0 and on () day_of_week() == 6",
        "day_of_month(expiry) == 1",
    ],
    "labels": [
        'label_replace(x, "node", "$1", "instance", "(.*):.*") > 3',
        'label_join(x, "id", "/", "job", "instance") > 3',
        'label_replace(x, "n", "$1", "node", "(.+)") * on (n) group_left () y > 3',
        'x * on (node) label_replace(y, "node", "$1", "instance", "([^:]+):.+") > 3',
    ],
    "bool": ["sum(up == bool 0) > 0", "(x > bool 5) + (y > bool 5) == 2"],
    "recorded": ["job:errors:rate5m / job:requests:rate5m > 0.1"],
    "long windows": ["increase(c[30d]) > 1000", "avg_over_time(x[7d]) > 5"],
    "many series": ["count(x) > 200", "sum(x) > 1e12"],
    "its own past": ["rate(c[5m]) > 2 * rate(c[5m] offset 1d)", "c - d - (c offset 5m - d offset 5m) > 0"],
}


def proofs(plan: Plan, promtool: Program, texts: list[str], hold: str, *, whole: bool) -> list[Verdict]:
    """What is proven of alerts with these expressions."""
    subject = next(one for one in proof_subjects(plan) if one.group.engine == "prometheus")
    rule = replace(subject.rule, for_=hold, keep_firing_for=None, annotations={"summary": "{{ $value }}"})
    changed = [replace(subject, rule=replace(rule, expr=text)) for text in texts]
    return prove(changed, promtool, whole=whole)


@pytest.mark.parametrize("hold", ["0s", "5m"])
def test_promtool_confirms_both_proofs_of_every_kind(shop_plan: Plan, promtool: Program, hold: str) -> None:
    texts = [text for texts in KINDS.values() for text in texts]
    if hold == "5m":
        # A sample is never older than five minutes, so no age of one lasts as long.
        texts.remove("time() - timestamp(x) > 30")
    found = {v.subject.rule.expr: v for v in proofs(shop_plan, promtool, texts, hold, whole=False)}
    missed = {
        text: verdict.reasons
        for text, verdict in found.items()
        if (verdict.fires, verdict.silent) != (Status.PROVEN, Status.PROVEN)
    }
    assert missed == {}


def test_what_is_foretold_of_native_histograms_is_so(shop_plan: Plan, promtool: Program) -> None:
    verdicts = proofs(shop_plan, promtool, KINDS["native histograms"], "5m", whole=True)
    assert [(v.subject.rule.expr, v.refused) for v in verdicts if v.refused] == []
    for verdict in verdicts:
        shown = {case.name: case for case in verdict.cases}
        assert {"fires", "silent", "just inside", "just outside"} <= set(shown), verdict.subject.rule.expr
        assert all("{{schema:0 sum:" in values for _, values in shown["fires"].series)


def test_results_that_take_turns_are_no_alert_that_lasts(shop_plan: Plan, promtool: Program) -> None:
    text = "(tenants == 0) and on (instance) (tenants offset 1h > 0)"
    verdict = proofs(shop_plan, promtool, [text], "1h", whole=False)[0]
    assert verdict.refused == ()
    assert (verdict.fires, verdict.silent) == (Status.PROVEN, Status.PROVEN), verdict.reasons
