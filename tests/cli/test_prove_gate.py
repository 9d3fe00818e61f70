"""`tocsin prove` in CI: what is allowed or accepted does not fail, and what was not tried is kept apart."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

NEVER = "      - alert: NoBackend\n        expr: count by (backend) (server_up) == 0\n"
RULES = f"groups:\n  - name: g\n    rules:\n{NEVER}      - {{alert: Watchdog, expr: vector(1)}}\n"
LOGS = """\
groups:
  - name: logs
    rules:
      - alert: Errors
        expr: sum by (app) (rate({env="prod"} |= "error" [5m])) > 1
"""
BASELINE = "tocsin.baseline.yaml"


@pytest.fixture
def folder(tmp_path: Path, promtool: Program, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOCSIN_PROMTOOL", str(promtool.path))
    monkeypatch.setattr(
        "tocsin.engines.program.find_program", lambda name: promtool if name == "promtool" else None
    )
    (tmp_path / "rules.yml").write_text(RULES)
    (tmp_path / "logs.yml").write_text(LOGS)
    return tmp_path


def _prove(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["prove", *arguments], catch_exceptions=False)


def test_what_was_accepted_fails_no_more_until_something_new_does(folder: Path) -> None:
    assert _prove("rules.yml").exit_code == 1

    accepted = _prove("rules.yml", "--accept", "--reason", "see 4711")

    assert (accepted.exit_code, "1 accepted, 0 removed" in accepted.stderr) == (0, True)
    again = _prove("rules.yml")
    assert (again.exit_code, ": see 4711\n" in again.stdout) == (0, True)
    (folder / "rules.yml").write_text(RULES + NEVER.replace("NoBackend", "NoServer"))
    found = json.loads(_prove("rules.yml", "--format", "json").stdout)
    failing = {one["alert"]: one["failure"] for one in found if one["failure"] and not one["accepted"]}
    assert failing == {"NoServer": "prove/never-fires"}


def test_check_and_prove_keep_their_entries_apart_in_one_baseline(folder: Path) -> None:
    _prove("rules.yml", "--accept")
    checked = CliRunner().invoke(main, ["check", "rules.yml", "--accept"])

    assert (checked.exit_code, "1 accepted before" in checked.stdout) == (0, True)
    text = (folder / BASELINE).read_text()
    assert ("check: prove/never-fires" in text, "check: query/empty" in text) == (True, True)
    (folder / "rules.yml").write_text(RULES.replace("== 0", "== 1"))
    assert f"note: {BASELINE}:" in _prove("rules.yml").stderr
    assert "1 removed" in _prove("rules.yml", "--accept").stderr
    assert "check: query/empty" in (folder / BASELINE).read_text()


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ("# tocsin: allow prove/never-fires: the exporter is not deployed yet", 0),
        ("# tocsin: allow prove/never-fires until 2020-01-01: it was meant to be", 1),
        ("# tocsin: allow prove/not-shown: another reason", 1),
    ],
)
def test_an_alert_is_allowed_beside_itself(folder: Path, comment: str, code: int) -> None:
    (folder / "rules.yml").write_text(RULES.replace(NEVER, f"      {comment}\n{NEVER}"))

    result = _prove("rules.yml")

    assert result.exit_code == code
    assert ("allowed: the exporter is not deployed yet" in result.stdout) == (code == 0)
    assert ("the allowance is no longer needed" in result.stderr) == ("not-shown" in comment)
    assert "allow/" not in CliRunner().invoke(main, ["check", "rules.yml"]).stdout


def test_log_alerts_without_a_loki_are_not_tried_and_fail_nothing_that_is_allowed(folder: Path) -> None:
    alone = _prove("logs.yml")
    assert (alone.exit_code, "1 log alert was not tried" in alone.stderr) == (2, True)
    assert _prove("logs.yml", "--allow", "prove/no-loki").exit_code == 0
    assert _prove("logs.yml", "rules.yml").exit_code == 1
    assert _prove("logs.yml", "--accept").exit_code == 2
    assert not (folder / BASELINE).exists()
    suite = ElementTree.fromstring(_prove("logs.yml", "--format", "junit").stdout)
    assert (suite.get("failures"), suite.get("skipped")) == ("0", "1")


@pytest.mark.usefixtures("folder")
def test_only_what_a_verdict_can_be_is_allowed() -> None:
    result = _prove("rules.yml", "--allow", "label/*")
    assert (result.exit_code, "`prove/never-fires`" in result.output) == (2, True)
