"""What an engine reads the same, however it is written, is no change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = "Nothing changes in alerts, notifications or objectives.\n"
RULES = """\
groups:
  - name: g
    interval: 60s
    query_offset: 60s
    rules:
      - record: r:errors
        expr: sum by (job, code) (rate(errors_total{a="1", b="2"}[60m]))
      - alert: Down
        expr: up==0
        for: 60m
        keep_firing_for: 0s
      - alert: Slow
        expr: seconds{a="1", b="2"} > 1e3
"""


def _diff(tmp_path: Path, old: str, new: str) -> tuple[int, str]:
    for name, text in (("old.yml", old), ("new.yml", new)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["diff", str(tmp_path / "old.yml"), str(tmp_path / "new.yml")])
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("interval: 60s", "interval: 1m"),
        ("query_offset: 60s", "query_offset: 1m"),
        ("sum by (job, code) (rate(", "sum by (code,job) (rate("),
        ("[60m]", "[1h]"),
        ("expr: up==0", "expr: up == 0"),
        ("expr: up==0", "expr: |\n          up\n            == 0"),
        ("for: 60m", "for: 1h"),
        ("        keep_firing_for: 0s\n", ""),
        ('seconds{a="1", b="2"} > 1e3', 'seconds{b="2",a="1"} > 1000'),
        ("alert: Slow\n", "alert: Slow\n        for: 0s\n"),
    ],
)
def test_another_spelling_is_not_a_change(old: str, new: str, tmp_path: Path) -> None:
    assert old in RULES
    assert _diff(tmp_path, RULES, RULES.replace(old, new, 1)) == (0, NOTHING)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("expr: up==0", "expr: up == 1", "Down: threshold == 0 → == 1"),
        ("for: 60m", "for: 2h", "Down: for 60m → 2h"),
        ("expr: up==0", "expr: max(up)==0", "Down: expression up==0 → max(up)==0"),
        ("[60m]", "[2h]", "r:errors: expression "),
        ("query_offset: 60s", "query_offset: 0s", "g: query_offset 60s → 0s"),
    ],
)
def test_what_an_engine_reads_otherwise_is_a_change(old: str, new: str, said: str, tmp_path: Path) -> None:
    code, output = _diff(tmp_path, RULES, RULES.replace(old, new, 1))
    assert code == 1
    assert said in output


def test_a_renamed_alert_is_known_by_its_query_in_another_spelling(tmp_path: Path) -> None:
    new = RULES.replace("alert: Down", "alert: Gone").replace("up==0", "up == 0")
    assert _diff(tmp_path, RULES, new) == (1, "Alerts\n  ~ Gone: renamed from Down\n")


def test_queries_for_loki_are_compared_by_what_they_say(tmp_path: Path) -> None:
    rules = "groups:\n- name: g\n  rules:\n  - {{alert: Noisy, expr: 'sum(rate({{a=\"b\"}} [5m])) {said}'}}\n"
    assert _diff(tmp_path, rules.format(said="> 1e3"), rules.format(said=">1000")) == (0, NOTHING)
    assert _diff(tmp_path, rules.format(said="> 1e3"), rules.format(said=">2000"))[0] == 1
