"""`tocsin.toml`, or `[tool.tocsin]` in `pyproject.toml`, found from any folder below it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

RULES = "groups:\n- name: g\n  interval: 1m\n  rules:\n  - {alert: A, expr: up == 0, for: 5s}\n"
ROUTES = "route: {receiver: all}\nreceivers: [{name: all, webhook_configs: [{url: 'https://a.example'}]}]\n"


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with rules and routes; commands run in a folder of it."""
    (tmp_path / "alerting" / "rules").mkdir(parents=True)
    (tmp_path / "alerting" / "rules" / "a.yml").write_text(RULES)
    (tmp_path / "alerting" / "am.yml").write_text(ROUTES)
    (tmp_path / "policy.yaml").write_text("policy: {labels: {required: [team]}}\n")
    (tmp_path / "services" / "web").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "services" / "web")
    return tmp_path


def _run(*args: str) -> Result:
    return CliRunner().invoke(main, args, catch_exceptions=False)


def _settings(team: Path, text: str, name: str = "tocsin.toml") -> None:
    (team / name).write_text(text)


def test_paths_and_policy_hold_from_a_folder_below(team: Path) -> None:
    _settings(team, 'paths = ["alerting/rules", "alerting/am.yml"]\npolicy = "policy.yaml"\n')
    result = _run("check")
    assert result.exit_code == 1
    assert "policy/missing-label" in result.stdout
    assert "--> ../../alerting/rules/a.yml:5:" in result.stdout
    assert "2 files read" in result.stdout


def test_route_explain_and_diff_read_the_same_paths(team: Path) -> None:
    _settings(team, 'paths = ["alerting"]\n')
    assert "all: group" in _run("route", "--alert", "A").stdout
    assert "all" in _run("explain", "A").stdout.split("Notified")[1]
    git = ["git", "-C", str(team), "-c", "user.name=a", "-c", "user.email=a@a.example"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "rules"]):
        subprocess.run([*git, *command], check=True, timeout=30)
    (team / "alerting" / "am.yml").write_text(ROUTES.replace("all", "others"))
    result = _run("diff", "HEAD")
    assert (result.exit_code, "others" in result.stdout) == (1, True), result.output


def test_what_is_named_on_the_command_line_goes_before(team: Path) -> None:
    _settings(team, 'paths = ["alerting"]\n[check]\nexcept = ["rule/*"]\nlevel = "error"\n')
    assert _run("check").exit_code == 0
    assert "rule/for-interval" in _run("check", "--except", "link/*", "--level", "info").stdout
    (team / "services" / "web" / "other.yml").write_text(RULES.replace("alert: A", "alert: B"))
    assert "other.yml" in _run("check", "other.yml", "--except", "link/*", "--level", "info").stdout


def test_accepted_findings_stand_beside_the_file_whatever_the_folder(team: Path) -> None:
    _settings(team, 'paths = ["alerting"]\n')
    assert _run("check").exit_code == 1
    assert _run("check", "--accept", "--reason", "for now").exit_code == 0
    assert "file: alerting/rules/a.yml" in (team / "tocsin.baseline.yaml").read_text()
    assert _run("check").exit_code == 0
    _settings(team, 'paths = ["alerting"]\nbaseline = "other.yaml"\n')
    assert _run("check").exit_code == 1


def test_a_spec_and_its_output_stand_where_the_file_says(team: Path) -> None:
    _settings(team, '[tool.tocsin]\nspec = "alerting/spec"\noutput = "alerting/output"\n', "pyproject.toml")
    refused = _run("check")
    assert (refused.exit_code, "pyproject.toml:2: there is nothing at" in refused.stderr) == (2, True)
    (team / "alerting" / "spec").mkdir()
    assert _run("init").exit_code == 0
    assert _run("check").exit_code == 0
    assert _run("generate").exit_code == 0
    assert (team / "alerting" / "output" / "manifest.json").exists()
    assert not (team / "services" / "web" / "output").exists()
    assert _run("generate", "--check").exit_code == 0


def test_a_file_without_keys_names_the_spec_beside_it(team: Path) -> None:
    _settings(team, "")
    _run("init", str(team / "spec"))
    assert _run("check").exit_code == 0
    assert "spec: " not in _run("check").stderr


def test_a_pyproject_without_the_table_and_what_lies_above_a_repository_do_not_count(team: Path) -> None:
    _settings(team, "[tool.black]\n", "pyproject.toml")
    (team / ".git").mkdir()
    (team / "services" / "tocsin.toml").write_text('paths = ["web"]\n')
    assert "there is no folder" not in _run("check").stderr
    (team / "services" / "tocsin.toml").unlink()
    assert "there is no folder `spec` here" in _run("check").stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('outptu = "x"\n', "tocsin.toml:1: unknown key `outptu`\nhelp: did you mean `output`?"),
        ('\n[check]\nonyl = ["a/*"]\n', "tocsin.toml:3: unknown key `onyl`\nhelp: did you mean `only`?"),
        ("spec = 3\n", 'tocsin.toml:1: `spec` has to be a string\nhelp: write spec = "…"'),
        ('paths = "rules"\n', "tocsin.toml:1: `paths` has to be a list of strings"),
        ('paths = ["nowhere"]\n', "tocsin.toml:1: there is nothing at ../../nowhere"),
        ('spec = "alerting"\npaths = ["alerting"]\n', "tocsin.toml:2: `spec` and `paths` exclude each other"),
        ('output = "/etc"\n', "tocsin.toml:1: `/etc` leads out of the folder of this file"),
        ('output = "a/../../b"\n', "tocsin.toml:1: `a/../../b` leads out of the folder of this file"),
        (
            '[check]\nlevel = "warn"\n',
            "tocsin.toml:2: `warn` is not a level\nhelp: known here: `info`, `warning`",
        ),
        ("check = 1\n", "tocsin.toml:1: `check` has to be a table"),
        ("spec = \n", "(at line 1, column 8)"),
        ("a = " + "[" * 100_000, "values are nested too deeply"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_ends_with_2(team: Path, text: str, said: str) -> None:
    _settings(team, text)
    result = _run("check")
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_file_in_another_encoding_or_too_large_is_an_error(team: Path) -> None:
    (team / "tocsin.toml").write_bytes(b'spec = "\xff"\n')
    assert "not encoded in UTF-8" in _run("check").stderr
    (team / "tocsin.toml").write_bytes(b"#" * 2_000_000)
    result = _run("check")
    assert (result.exit_code, "larger than 1 MiB" in result.stderr) == (2, True)
