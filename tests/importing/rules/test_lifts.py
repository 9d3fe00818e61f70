"""What an import writes shorter than it was, and where it leaves things alone."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from tests.importing.rules.imported import groups, run, written

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
