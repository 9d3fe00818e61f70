"""What an import writes shorter than it was, and where it leaves things alone."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from tests.importing.rules.imported import generated, groups, run, written

from tocsin.importing.rules.lifts import LIFTS

SEVERAL = """\
groups:
  - name: a
    rules:
      # paged since 2023, see INC-77
      - alert: DiskFull
        expr: avail / size < 0.10
        for: 60m
        labels: {severity: warning}
        annotations: {summary: "Disk {{ $labels.device }} is filling"}
      # At night as well.
      - alert: DiskFull
        expr: |
          avail
            / size < 0.050
        for: 60m # an hour
        labels: {severity: critical}
        annotations: {summary: "Disk {{ $labels.device }} is filling"}
"""


def _alerts(*texts: str, lifts: tuple[str, ...] = tuple(LIFTS)) -> dict[str, Any]:
    group: dict[str, Any] = yaml.safe_load(written(run(*texts, lifts=lifts)))["groups"]["a"]
    return group


def test_severities_of_one_query_are_one_alert_in_their_order() -> None:
    text = written(run(SEVERAL))
    assert (
        """\
      # paged since 2023, see INC-77
      DiskFull:
        summary: Disk {{ $labels.device }} is filling
        promql: avail / size
        thresholds:
          warning: {below: 0.10, for: 60m}
          # At night as well.
          critical:
            below: 0.050
            for: 60m # an hour
"""
        in text
    )
    (group,) = groups(run(SEVERAL))
    assert [rule["labels"]["severity"] for rule in group["rules"]] == ["warning", "critical"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("/ size < 0.050", "/ free < 0.050"),
        (
            "for: 60m # an hour\n        labels: {severity: critical}",
            "labels: {severity: warning, shift: night}",
        ),
        (
            "{severity: critical}\n        annotations: {summary: ",
            "{severity: critical}\n        annotations: {text: ",
        ),
        ("{severity: critical}", "{severity: critical, shift: night}"),
        ("      # At night", "      - {alert: Between, expr: up == 0}\n      # At night"),
    ],
)
def test_rules_that_differ_in_more_keep_their_conditions(before: str, after: str) -> None:
    assert before in SEVERAL
    text = SEVERAL.replace(before, after)
    old = yaml.safe_load(text)["groups"][0]["rules"]
    (new,) = groups(run(text))
    assert [(rule["alert"], rule.get("labels"), rule.get("annotations")) for rule in new["rules"]] == [
        (rule["alert"], rule.get("labels"), rule.get("annotations")) for rule in old
    ]
    assert "warning: {below: 0.10, for: 60m}\n          # At" not in written(run(text))


@pytest.mark.parametrize(
    "expr",
    [
        "x > bool 5",
        "x > 5 and y",
        "5 < x",
        "x > 5 * 60",
        "x > y",
        "x > 5 # five",
        "absent(x)",
        "x == NaN",
        "x > 0x10",
        "(x > 5)",
    ],
)
def test_a_condition_without_a_number_at_its_end_stays(expr: str) -> None:
    rule = f"      - alert: A\n        expr: |\n          {expr}\n        labels: {{severity: warning}}\n"
    alert = _alerts(f"groups:\n  - name: a\n    rules:\n{rule}")["alerts"]["A"]
    assert alert["expr"].strip() == expr


@pytest.mark.parametrize("sign", [">", ">=", "<", "<=", "==", "!="])
@pytest.mark.parametrize("number", ["5", "0.10", "-1", ".5", "1e9"])
@pytest.mark.parametrize("query", ["x", "a or b", "sum by (job) (x)"])
def test_thresholds_keep_their_meaning(sign: str, number: str, query: str) -> None:
    expr = f"({query}) {sign} {number}"
    text = f'groups: [{{name: a, rules: [{{alert: A, expr: "{expr}", labels: {{severity: warning}}}}]}}]\n'
    made = run(text)
    assert made.rules.differences == ()
    assert number in written(made)
    assert yaml.safe_load(written(made))["groups"]["a"]["alerts"]["A"].get("promql") == query


def test_labels_team_and_severity_of_all_rules() -> None:
    rule = "{{alert: {0}, expr: up == 0, labels: {{severity: warning, team: web, part: disk, own: {0}}}}}"
    text = f"groups: [{{name: a, rules: [{rule.format('A')}, {rule.format('B')}]}}]\n"
    group = _alerts(text)
    assert (group["team"], group["labels"]) == ("web", {"part": "disk"})
    assert group["alerts"]["A"]["labels"] == {"own": "A"}


def test_only_the_lifts_that_are_asked_for() -> None:
    assert "rules" in _alerts(SEVERAL, lifts=("thresholds", "labels"))["alerts"]["DiskFull"]
    assert "thresholds" in _alerts(SEVERAL, lifts=("severities",))["alerts"]["DiskFull"]


def _one(expr: str, summary: str, more: str = "") -> str:
    return (
        "groups:\n  - name: a\n    rules:\n"
        f"      - alert: A\n        expr: {expr}\n        labels: {{severity: warning}}\n"
        f"        annotations: {{summary: '{summary}'}}\n{more}"
    )


@pytest.mark.parametrize(
    ("limit", "summary", "unit", "threshold"),
    [
        ("0.90", "{{ $value | humanizePercentage }} is used", "ratio", "90%"),
        ("0.8", "At {{ humanizePercentage $value }}", "ratio", "80%"),
        ("90", "{{ $value }}% is used", "percent", "90%"),
        ("85.50", 'At {{ printf "%.1f" $value }} %', "percent", "85.5%"),
        ("3600", "For {{ $value | humanizeDuration }}", "seconds", "1h"),
        ("2.50", "For {{ $value | humanizeDuration }}", "seconds", "2.50"),
        ("10737418240", "{{ $value | humanize1024 }}B", "bytes", "10GiB"),
        ("86400 * 7", "Old", "seconds", "7d"),
        ("(60 * 60 * 24)", "Old", "seconds", "1d"),
        ("5 * 60", "For {{ $value | humanizeDuration }}", "seconds", "5m"),
        ("10 * 1024 * 1024", "Large", "bytes", "10MiB"),
    ],
)
def test_a_threshold_in_its_unit(limit: str, summary: str, unit: str, threshold: str) -> None:
    made = run(_one(f"x / y > {limit}", summary))
    assert f"unit: {unit}\n" in written(made)
    assert f"warning: {{above: {threshold}}}" in written(made)
    again = run(generated(made)["prometheus/rules/a.yaml"])
    assert "unit" in written(again) or "*" in limit


@pytest.mark.parametrize(
    ("limit", "summary"),
    [
        ("0.90", "{{ $value }}% is used"),  # a ratio, printed wrongly
        ("90", "{{ $value | humanizePercentage }} is used"),
        ("0.90", "{{ $value }} is used"),
        ("90", "{{ $value }}% of {{ $value | humanizeDuration }}"),
        ("90", "100% wrong, {{ $value }} times"),
        ("5 * 60", "{{ $value }} in five minutes"),
        ("1.5 * 1024", "{{ $value }}"),
    ],
)
def test_no_unit_where_none_is_told(limit: str, summary: str) -> None:
    made = run(_one(f"x > {limit}", summary))
    assert "unit:" not in written(made)
    assert ("thresholds" in written(made)) == ("*" not in limit)


def test_severities_of_one_query_in_their_unit() -> None:
    second = (
        "      - alert: A\n        expr: x > 86400 * 7\n        labels: {severity: critical}\n"
        "        annotations: {summary: Old}\n"
    )
    made = run(_one("x > 86400 * 3", "Old", second))
    assert "unit: seconds" in written(made)
    assert "warning: {above: 3d}\n          critical: {above: 7d}" in written(made)
    assert "unit" not in written(
        run(_one("x > 86400 * 3", "Old", second), lifts=("thresholds", "severities"))
    )
