"""Proofs stand on data that can exist; where only other data make an alert fire, the row says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tocsin.existing.files import read_existing
from tocsin.prove.failures import failure
from tocsin.prove.promtool.series_read import series_of
from tocsin.prove.report import ProofRow, render, verdict_findings
from tocsin.prove.run import proof_subjects, prove
from tocsin.prove.verdict import Status
from tocsin.text.yaml import yaml_text
from tocsin.workspace.inputs import read_inputs

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from tocsin.engines.program import Program
    from tocsin.prove.verdict import Verdict

ON_PAPER = {
    "up > 1": "between 0 and 1",
    "rate(errors_total[5m]) < 0": "less than zero",
    'sum(rate(requests_total{code="500"}[5m])) / sum(rate(requests_total[5m])) > 5': "less than zero",
    "avg by (instance) (rate(node_cpu_seconds_total[5m])) * 100 > 120": "more than 1 a second",
    "time() - process_start_time_seconds < 0": "in the future",
    "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes > 1.1": "of which it is a part",
    'sum(rate(s_bucket{le="0.5"}[5m])) / sum(rate(s_count[5m])) > 1.5': "the left side is between 0 and 1",
    "build_info == 0": "always 1",
    "changes(node_uname_info[1h]) > 0": "always 1",
    "cache_hit_ratio > 90": "between 0 and 1",
    "(queue_length and app_build_info == 1) > 5": "`app_build_info` has labels of its own",
    "sum by (namespace) (used_bytes) / quota_bytes > 0.9": "no label `instance` and `job`",
    "sum by (queue) (lag) > 10 and sum by (team) (lag) > 10": "no label `queue`",
    'rate(s_bucket{le="1"}[5m]) / ignoring (le) rate(s_count[5m]) < 0.9': 'as `le="1.0"`',
}
REAL = [
    "up < 1",
    "rate(errors_total[5m]) > 5",
    'sum(rate(requests_total{code!~"2.."}[5m])) / sum(rate(requests_total[5m])) > 0.05',
    'sum(rate(requests_total{code!~"5.."}[30d])) / sum(rate(requests_total[30d])) < 0.999',
    '100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100 > 90',
    'sum by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[5m])) > 3',
    "time() - process_start_time_seconds < 600",
    "time() - process_start_time_seconds > 86400 * 30",
    "uptime_seconds < 600",
    "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.1",
    'sum(rate(s_bucket{le="0.5"}[5m])) / sum(rate(s_count[5m])) < 0.9',
    'rate(s_bucket{le="1.0"}[5m]) / ignoring (le) rate(s_count[5m]) < 0.9',
    "cache_hit_ratio < 0.9",
    "sum by (namespace) (used_bytes) / on (namespace) sum by (namespace) (quota_bytes) > 0.9",
    'x * on (node) label_replace(y, "node", "$1", "instance", "([^:]+):.+") > 3',
    "15 < queue < 30",
    "15 < (errors / requests * 100) < 30",
    "a == 3 and on (instance) b == 17 and on (instance) c == 29",
    "(time() - process_start_time_seconds) / 3600 < 1 and up == 1",
    'x{instance=""} > 5',
    "rate(signups_total[7d]) < rate(signups_total[30d]) * 0.7",
    "sum(increase(revenue_total[1h])) < sum(increase(revenue_total[1h] offset 1h)) * 0.5",
]


def _verdicts(folder: Path, promtool: Program, rules: list[dict[str, Any]]) -> dict[str, Verdict]:
    file = folder / "rules.yaml"
    named = [{"alert": f"A{number}", **rule} for number, rule in enumerate(rules)]
    file.write_text(yaml_text({"groups": [{"name": "g", "rules": named}]}), encoding="utf-8")
    plan = read_existing(read_inputs([file]).files, ()).plan
    return {v.subject.rule.expr: v for v in prove(proof_subjects(plan), promtool)}


def test_what_only_data_that_cannot_exist_make_fire_fires_on_paper(tmp_path: Path, promtool: Program) -> None:
    found = _verdicts(tmp_path, promtool, [{"expr": text} for text in ON_PAPER])
    said = {text: (verdict.fires, "; ".join(verdict.reasons)) for text, verdict in found.items()}
    wrong = {
        text: said[text]
        for text, why in ON_PAPER.items()
        if said[text][0] is not Status.ON_PAPER or why not in said[text][1]
    }
    assert wrong == {}
    assert {found_failure.id for v in found.values() if (found_failure := failure(v))} == {
        "prove/only-on-paper"
    }
    assert all(case.title.startswith("Only on paper") for case in found["up > 1"].cases)


def test_what_can_happen_is_proven_with_data_that_can_exist(tmp_path: Path, promtool: Program) -> None:
    found = _verdicts(tmp_path, promtool, [{"expr": text} for text in REAL])
    wrong = {text: v.reasons for text, v in found.items() if (v.fires, v.silent) != (Status.PROVEN,) * 2}
    assert wrong == {}
    for text, verdict in found.items():
        for case in verdict.cases:
            for series in series_of(case) or ():
                name, there = (
                    series.labels["__name__"],
                    [value for value in series.values if value is not None],
                )
                where = f"{text}: {case.name}: {case.series}"
                assert {"instance", "job"} <= series.labels.keys() or "instance=" in text, where
                if name.endswith(("_total", "_bucket", "_count", "_bytes", "_ratio", "_seconds")):
                    assert min(there, default=0) >= 0, where
                if name in ("up", "cache_hit_ratio"):
                    assert max(there, default=0) <= 1, where


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ('count(up{job="a"}) < 3', 3),
        ('count(up{job="a"} == 1) < 3', 3),
        ("sum(rabbitmq_up) < 2", 2),
        ('absent(up{job="a"})', 1),
        ("(count(queue_info) or vector(0)) < 2", 2),
    ],
)
def test_too_few_are_silent_while_there_are_enough(
    tmp_path: Path, promtool: Program, text: str, least: int
) -> None:
    (verdict,) = _verdicts(tmp_path, promtool, [{"expr": text}]).values()
    assert (verdict.fires, verdict.silent, verdict.assumptions) == (Status.PROVEN, Status.PROVEN, ())
    silent = next(case for case in verdict.cases if case.name == "silent")
    assert len(silent.series) >= least


@pytest.mark.parametrize(
    ("rule", "label"),
    [
        ({"expr": "up == 0", "labels": {"instance": "all"}}, "instance"),
        ({"expr": "sum by (job, region) (lag) > 5", "labels": {"region": "eu"}}, "region"),
        ({"expr": '{__name__=~"a_errors|b_errors"} > 5'}, "__name__"),
        ({"expr": 'label_replace(up, "instance", "all", "instance", ".*") == 0'}, "instance"),
    ],
)
def test_alerts_with_the_same_labels_are_found(
    tmp_path: Path, promtool: Program, rule: dict[str, Any], label: str
) -> None:
    (verdict,) = _verdicts(tmp_path, promtool, [rule]).values()
    assert any(f"differ in `{label}` alone make the rule fail" in one for one in verdict_findings(verdict))


def test_series_that_differ_in_one_label_are_among_the_cases(tmp_path: Path, promtool: Program) -> None:
    (verdict,) = _verdicts(tmp_path, promtool, [{"expr": "up == 0"}]).values()
    shown = {case.name: case for case in verdict.cases}
    assert {"two by replica", "two by instance"} <= shown.keys()
    assert len(shown["two by instance"].moments[0].expected) == 2
    assert verdict_findings(verdict) == []


def test_a_condition_that_passes_by_itself_does_not_last(tmp_path: Path, promtool: Program) -> None:
    text = "time() - process_start_time_seconds < 120"
    rules = [{"expr": text, "for": "5m"}, {"expr": "uptime_seconds < 60", "for": "2m"}]
    for verdict in _verdicts(tmp_path, promtool, rules).values():
        assert verdict.fires is Status.ON_PAPER
        assert any("one start keeps it true for" in reason for reason in verdict.reasons)


def test_where_no_argument_excludes_other_data_it_is_unproven(tmp_path: Path, promtool: Program) -> None:
    user, idle = (f'rate(node_cpu_seconds_total{{mode="{mode}"}}[5m])' for mode in ("user", "idle"))
    text = f"{user} + ignoring (mode) {idle} > 1"
    (verdict,) = _verdicts(tmp_path, promtool, [{"expr": text}]).values()
    assert verdict.fires is Status.UNPROVEN
    (reason,) = verdict.reasons
    assert reason.startswith("no series was found that makes it fire with data that can exist")
    assert "would add up to more than a second a second" in reason
    assert all(case.title.startswith("Only on paper") for case in verdict.cases)


def test_the_table_counts_them_apart(tmp_path: Path, promtool: Program) -> None:
    found = _verdicts(tmp_path, promtool, [{"expr": "up > 1"}, {"expr": "up == 0"}])
    rows = [ProofRow(verdict, "rules.yaml", 1, failure(verdict)) for verdict in found.values()]
    text = render(rows, "text")
    assert "\nA0  paper  yes" in text
    assert "2 alerts: 1 proven both ways, 1 only on paper" in text
    assert '"fires": "only on paper"' in render(rows, "json")
    assert "fires: only on paper" in render(rows, "junit")
