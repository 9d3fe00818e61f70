"""`tocsin check` and `tocsin explain CHECK` as their user sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from tocsin.checks import CHECKS
from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

RULES = """\
groups:
  - name: web
    interval: 1m
    rules:
      - alert: Down
        expr: up == 0
        for: 5s
        debug: true
"""


def _run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yml"
    path.write_text(RULES)
    return path


def test_a_finding_makes_the_command_fail(rules: Path) -> None:
    result = _run("check", rules)
    assert result.exit_code == 1
    assert "warning[rule/for-interval]" in result.stdout
    assert "info[file/foreign-key]" in result.stdout


def test_checks_can_be_chosen(rules: Path) -> None:
    notes = _run("check", rules, "--except", "rule/*")
    assert (notes.exit_code, "file/foreign-key" in notes.stdout) == (0, True)
    assert notes.stdout.endswith("nothing to fix; alerts: 1, groups: 1\n")
    only = _run("check", rules, "--only", "rule/for-*")
    assert (only.exit_code, "file/foreign-key" in only.stdout) == (1, False)
    unknown = _run("check", rules, "--only", "rules/*")
    assert (unknown.exit_code, "no check is called `rules/*`" in unknown.stderr) == (2, True)


def test_findings_below_a_level_are_left_out(rules: Path) -> None:
    assert "warning[rule/for-interval]" in _run("check", rules, "--level", "warning").stdout
    assert "info[" not in _run("check", rules, "--level", "warning").stdout
    severe = _run("check", rules, "--level", "error")
    assert (severe.exit_code, "[rule/for-interval]" in severe.stdout) == (0, False)
    rules.write_text("groups: [{name: web, rules: [{alert: Down}]}]")
    assert _run("check", rules, "--level", "error").exit_code == 1


def test_a_policy_can_come_from_a_file_of_its_own(rules: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("policy: {labels: {required: [team]}}\n")
    result = _run("check", rules, "--policy", policy)
    assert (result.exit_code, "error[policy/missing-label]" in result.stdout) == (1, True)
    policy.write_text("policy:\n  labels: {require: [team], values: {a: '('}}\n")
    broken = _run("check", rules, "--policy", policy)
    assert broken.exit_code == 1
    assert f"{policy}:2:12" in broken.stdout
    assert "did you mean `required`?" in broken.stdout
    assert "not a valid regular expression" in broken.stdout
    policy.write_text("- a\n")
    assert "a policy stands under the key `policy`" in _run("check", rules, "--policy", policy).stdout


def test_a_policy_beside_plain_files_holds_for_them(rules: Path) -> None:
    policy = rules.parent / "policy.yaml"
    policy.write_text("policy: {labels: {required: [team]}}\n")
    for arguments in ([rules.parent], [rules, policy], [rules.parent, "--policy", policy]):
        result = _run("check", *arguments)
        assert (result.exit_code, "error[policy/missing-label]" in result.stdout) == (1, True)
        assert "file/kind" not in result.stdout
    (rules.parent / "other.yaml").write_text("policy: {}\n")
    assert "are both policies" in _run("check", rules.parent).stderr
    assert (
        "policy/missing-label"
        not in _run("check", rules.parent, "--policy", rules.parent / "other.yaml").stdout
    )


def test_all_checks_are_listed_with_their_claims() -> None:
    text = _run("check", "--list").stdout
    for id_, check in CHECKS.items():
        assert f"{id_} " in text
        assert f" {check.level.value} " in text


def test_a_check_is_explained_within_80_columns() -> None:
    for id_ in CHECKS:
        text = _run("explain", id_).stdout
        assert text.startswith(id_)
        assert "Why it hurts" in text
        assert max(len(line) for line in text.split("\n")) <= 80, id_
    assert "Prometheus refuses an expression" in _run("explain", "file/promql").stdout
    unknown = _run("explain", "rule/duplicates")
    assert (unknown.exit_code, "did you mean `rule/duplicate`?" in unknown.stderr) == (2, True)
