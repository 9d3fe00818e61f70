"""Proofs of rules: promtool confirms what is shown as proven, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tocsin.lang.promql.parser import parse_promql
from tocsin.prove.run import proof_subjects, prove
from tocsin.prove.verdict import Status
from tocsin.prove.witness.find import find_witness

if TYPE_CHECKING:
    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan

PROVABLE = [
    "up == 0",
    'node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs"} / node_filesystem_size_bytes < 0.1',
    "sum by (job) (rate(errors_total[5m])) / sum by (job) (rate(requests_total[5m])) > 0.05",
    'sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) > 0.01',
    "histogram_quantile(0.99, sum by (le, route) (rate(http_seconds_bucket[5m]))) > 2",
    "predict_linear(disk_free_bytes[1h], 4 * 3600) < 0",
    'absent(up{job="api"})',
    "changes(process_start_time_seconds[15m]) > 2",
    "time() - backup_last_success_timestamp_seconds > 86400",
    "rate(a_total[5m]) > 5 unless on (instance) maintenance == 1",
    "count by (version) (build_info) > 3",
    "count(count by (version) (build_info)) > 1",
    "(count(sum by (release) (info)) > 1) * on (instance) group_left (node) info{node=~'.+'}",
    "delta(temperature[10m]) > 5 and on (instance) fan == 0",
    "x > on (instance) group_left (team) 2 * y",
    "rate(a_total[5m]) < 0.5 * rate(a_total[5m] offset 1h)",
    "max_over_time(sum(rate(a_total[1m]))[10m:1m]) > 100",
    "hour() >= 22 and on () jobs_running > 0",
    "day_of_week() == 0 and on () vector(1)",
    'label_replace(a, "node", "$1", "instance", "(.*):.*") > 3',
    "(a or b) > 5",
    "x > scalar(limit_bytes)",
    "quantile(0.9, latency) > 3",
    "topk(3, queue_length) > 100",
    "avg_over_time(x[7d]) > 5",
    "x @ 0 > 3",
    "increase(a_total[30d]) > 1000",
    "stddev(x) > 3",
    "resets(x[10m]) > 2",
    'count_values("v", config_hash) > 1',
    'ALERTS{alertname="Other",alertstate="firing"}',
]


@pytest.mark.parametrize("text", PROVABLE)
def test_both_witnesses_of_an_expression_are_found(text: str) -> None:
    answer = find_witness(parse_promql(text), 300)
    assert answer.fires is not None
    assert answer.silent is not None
    assert answer.never_fires is None


def test_a_time_that_is_to_come_needs_no_long_test() -> None:
    answer = find_witness(parse_promql("(certificate_not_after - time()) / 86400 < 20"), 0)
    assert answer.fires is not None
    assert answer.fires.clock.end < 3600
    since = find_witness(parse_promql("(time() - backup_timestamp) / 86400 > 20"), 0)
    assert since.fires is not None
    assert since.fires.clock.end > 20 * 86400


@pytest.mark.parametrize("hold", [0, 300, 3600])
def test_a_counter_that_stopped_is_no_negative_counter(hold: int) -> None:
    text = "sum by (job) (rate(a_total[5m] offset 1h)) > 2 * sum by (job) (rate(a_total[5m]))"
    answer = find_witness(parse_promql(text), hold)
    assert answer.fires is not None
    assert all(motion.slope >= 0 for motion in answer.fires.motions)


DEAD = [
    ("count by (backend) (up) == 0", "at least 1"),
    ("sum by (job) (ok == 0) > 0", "always 0"),
    ('100 / ram * ram{dimension="free"} < 20', "always 100"),
    ("hour() > 23", "between 0 and 23"),
    (
        'a{limit="x"} / ignoring (limit) b{limit="x"} > 80 and b{limit="x"} > 0',
        "only the right side has",
    ),
    ('a{status="hit"} / (a{status="hit"} + a{status="miss"}) < 0.8', "never agree in `status`"),
    (
        'sum by (integration) (rate(failed_total{integration!~".*"}[5m])) > 0',
        "no series can satisfy",
    ),
]


@pytest.mark.parametrize(("text", "reason"), DEAD)
def test_labels_that_can_never_meet_are_told(text: str, reason: str) -> None:
    answer = find_witness(parse_promql(text), 0)
    assert answer.fires is None
    assert answer.never_fires is not None
    assert reason in answer.never_fires


@pytest.mark.parametrize(
    ("condition", "hours", "lasts"),
    [
        ("hour() == 3", 1, "3600s"),
        ("(hour() >= 22 or hour() < 6)", 8, "28800s"),
        ("(day_of_month() >= 28 or day_of_month() == 1)", 24 * 5, "432000s"),
    ],
)
def test_a_condition_on_the_time_ends_before_a_longer_wait(condition: str, hours: int, lasts: str) -> None:
    tree = parse_promql(f"jobs_running > 0 and on () {condition}")
    answer = find_witness(tree, hours * 3600)
    assert answer.fires is None
    assert answer.never_fires is not None
    assert f"holds for {lasts}" in answer.never_fires


def test_the_end_of_a_short_month_meets_the_start_of_the_next() -> None:
    tree = parse_promql("jobs_running > 0 and on () (day_of_month() == 28 or day_of_month() == 1)")
    assert find_witness(tree, 36 * 3600).never_fires is None


def test_what_reads_no_series_can_never_be_silent() -> None:
    answer = find_witness(parse_promql("vector(1)"), 0)
    assert answer.fires is not None
    assert answer.silent is None
    assert answer.never_silent is not None


def test_an_alert_that_is_kept_firing_is_silent_only_after_that(shop_plan: Plan, promtool: Program) -> None:
    subject = proof_subjects(shop_plan)[0]
    rule = replace(subject.rule, expr="count_over_time(x[1h]) < 30", for_="1m", keep_firing_for="30m")
    (verdict,) = prove([replace(subject, rule=rule)], promtool)
    assert {case.name for case in verdict.cases} >= {"fires", "silent", "story"}
    assert not verdict.assumptions
    silent = next(case for case in verdict.cases if case.name == "silent")
    assert silent.moments[0].at >= 90 * 60


def test_a_proof_is_what_promtool_confirms(shop_plan: Plan, promtool: Program) -> None:
    verdicts = prove(proof_subjects(shop_plan), promtool)
    metric = [v for v in verdicts if v.answer is not None]
    assert metric
    for verdict in metric:
        assert verdict.fires is Status.PROVEN, verdict.reasons
        assert verdict.silent is Status.PROVEN, verdict.reasons
        fires = next(case for case in verdict.cases if case.name == "fires")
        labels = dict(fires.moments[0].expected[0][0])
        assert labels["severity"] == verdict.subject.rule.severity
    logs = [v for v in verdicts if v.answer is None]
    assert {(v.fires, v.silent) for v in logs} <= {(Status.UNPROVEN, Status.UNPROVEN)}


def test_a_rule_that_promtool_cannot_load_is_not_proven(shop_plan: Plan, promtool: Program) -> None:

    subject = next(s for s in proof_subjects(shop_plan) if s.group.engine == "prometheus")
    broken = replace(subject, rule=replace(subject.rule, annotations={"summary": "{{ nonsense }}"}))
    verdict = prove([broken], promtool)[0]
    assert verdict.fires is Status.UNPROVEN
    assert verdict.silent is Status.UNPROVEN
    assert any("nonsense" in reason for reason in verdict.reasons)
