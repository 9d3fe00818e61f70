"""A change of a recording rule changes the alerts that read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

RULES = """\
groups:
  - name: orders
    interval: 1m
    rules:
      - record: job:errors:rate5m
        expr: sum by (job) (rate(errors_total[5m]))
        labels: {team: payments}
      - record: errors:max
        expr: max({__name__="job:errors:rate5m"})
      - record: elsewhere
        expr: sum(other_total)
        labels: {part: one}
      - record: elsewhere
        expr: sum(another_total)
        labels: {part: two}
      - alert: ManyErrors
        expr: job:errors:rate5m > 5
        annotations: {summary: Many errors}
      - alert: MostErrors
        expr: errors:max > 5
"""


def _diff(tmp_path: Path, old: str, new: str, *options: str) -> tuple[int, str]:
    assert old in RULES
    for name, text in (("old.yml", RULES), ("new.yml", RULES.replace(old, new, 1))):
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = CliRunner().invoke(
        main, ["diff", str(tmp_path / "old.yml"), str(tmp_path / "new.yml"), *options]
    )
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        (
            "sum by (job) (rate(errors_total[5m]))",
            "sum by (job) (rate(errors_total[1h]))",
            [
                "Recordings",
                "  ~ job:errors:rate5m: expression sum by (job) (rate(errors_total[5m])) → "
                "sum by (job) (rate(errors_total[1h]))",
                "      alerts: ManyErrors, MostErrors",
            ],
        ),
        (
            "labels: {team: payments}",
            "labels: {team: payments, area: shop}",
            [
                "Recordings",
                "  ~ job:errors:rate5m: label area none → shop",
                "      alerts: ManyErrors, MostErrors",
            ],
        ),
        (
            "sum(another_total)",
            "max(another_total)",
            ["Recordings", "  ~ elsewhere: expression sum(another_total) → max(another_total)"],
        ),
        (
            '      - record: errors:max\n        expr: max({__name__="job:errors:rate5m"})\n',
            "",
            ["Recordings", "  - errors:max: removed", "      alerts: MostErrors"],
        ),
        (
            "annotations: {summary: Many errors}",
            "annotations: {summary: Too many errors}",
            ["Alerts", "  ~ ManyErrors: annotation summary Many errors → Too many errors"],
        ),
    ],
)
def test_what_changes_for_alerts_is_reported(old: str, new: str, lines: list[str], tmp_path: Path) -> None:
    assert _diff(tmp_path, old, new) == (1, "\n".join(lines) + "\n")


def test_rules_that_are_evaluated_less_often_are_reported(tmp_path: Path) -> None:
    code, said = _diff(tmp_path, "interval: 1m", "interval: 1h")
    assert code == 1
    assert "  ~ ManyErrors: interval 1m → 1h" in said
    assert "  ~ errors:max: interval 1m → 1h" in said
    _, without = _diff(tmp_path, "    interval: 1m\n", "")
    assert "  ~ ManyErrors: interval 1m → server default" in without


def test_all_formats_report_recordings(tmp_path: Path) -> None:
    change = "[5m]", "[1h]"
    code, said = _diff(tmp_path, *change, "--format", "json")
    (one,) = orjson.loads(said)["recordings"]
    assert (code, one["kind"], one["record"]) == (1, "changed", "job:errors:rate5m")
    assert one["alerts"] == ["ManyErrors", "MostErrors"]
    assert "#### Recordings" in _diff(tmp_path, *change, "--format", "markdown")[1]


def test_a_comment_is_not_a_change(tmp_path: Path) -> None:
    code, said = _diff(tmp_path, "    rules:", "    rules: # comment")
    assert (code, said) == (0, "Nothing changes in alerts, notifications or objectives.\n")


LABELLED = """\
groups:
  - name: g
    rules:
      - {record: "r:a", expr: up, labels: {slo: a}}
      - {record: "r:a", expr: down, labels: {slo: b}}
      - {record: "r:b", expr: 'max(r:a{slo=~"b|c"})', labels: {slo: a}}
      - {alert: A, expr: 'r:a{slo="a"} > 1'}
      - {alert: B, expr: 'r:a{slo!="a"} > 1'}
      - {alert: C, expr: 'r:b{slo="a"} > 1'}
      - {alert: D, expr: 'r:b{slo="b"} > 1'}
      - {alert: E, expr: 'r:a{job="x"} > 1'}
"""


@pytest.mark.parametrize(
    ("rule", "alerts"),
    [
        ('      - {record: "r:a", expr: down, labels: {slo: b}}\n', "B, C, E"),
        ('      - {record: "r:a", expr: up, labels: {slo: a}}\n', "A, E"),
    ],
)
def test_readers_are_those_that_may_select_the_labels_of_the_rule(
    rule: str, alerts: str, tmp_path: Path
) -> None:
    for name, text in (("old.yml", LABELLED), ("new.yml", LABELLED.replace(rule, ""))):
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["diff", str(tmp_path / "old.yml"), str(tmp_path / "new.yml")])
    assert f"  - r:a: removed\n      alerts: {alerts}\n" in result.output
