"""`tocsin fmt`: what a person sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

MESSY = "groups:\n    web:\n        alerts: {}\n        # for people\n        title: Web\n"
TIDY = "groups:\n  web:\n    # for people\n    title: Web\n    alerts: {}\n"


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "spec"
    folder.mkdir()
    (folder / "web.yaml").write_text(MESSY)
    (folder / "teams.yaml").write_text("teams:\n  web: {title: Web}\n")
    return folder


def run(*arguments: str, given: str | None = None) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["fmt", *arguments], input=given)
    return done.exit_code, done.stdout, done.stderr


def test_files_are_laid_out_once(spec: Path) -> None:
    assert run() == (0, "spec/web.yaml: laid out\n", "")
    assert (spec / "web.yaml").read_text() == TIDY
    assert run() == (0, "", "")
    assert run("--check") == (0, "", "")


def test_a_file_is_laid_out_alone(spec: Path) -> None:
    (spec / "teams.yaml").write_text("teams:\n    web: {title: Web}\n")
    assert run("spec/teams.yaml") == (0, "spec/teams.yaml: laid out\n", "")
    assert (spec / "web.yaml").read_text() == MESSY
    (spec / "teams.yaml").write_text("teams:\n\ta: 1\n")
    code, said, _ = run("spec/teams.yaml")
    assert code == 2
    assert "spec/teams.yaml:2" in said


def test_check_and_diff_write_nothing(spec: Path) -> None:
    assert run("--check") == (1, "spec/web.yaml: not laid out\n", "")
    code, said, _ = run("--diff")
    assert code == 1
    assert "-    web:\n" in said
    assert "+  web:\n" in said
    assert (spec / "web.yaml").read_text() == MESSY


def test_a_diff_shows_no_secret(spec: Path) -> None:
    (spec / "web.yaml").write_text(
        "receivers:\n    a:\n        slack: [{api_url: https://hooks.slack.com/services/T0/B1/xyz}]\n"
    )
    _, said, _ = run("--diff")
    assert "receivers" in said
    assert "T0/B1/xyz" not in said


@pytest.mark.usefixtures("spec")
def test_standard_input_is_printed() -> None:
    assert run("-", given=MESSY) == (0, TIDY, "")
    code, said, errors = run("-", given="a: [\n")
    assert (code, said) == (2, "")
    assert errors.startswith("1:4: this is not YAML")


def test_what_is_no_yaml_is_shown_and_the_rest_laid_out(spec: Path) -> None:
    (spec / "teams.yaml").write_text("teams: [\n")
    code, said, _ = run()
    assert code == 2
    assert "spec/web.yaml: laid out" in said
    assert "spec/teams.yaml:1" in said
    assert (spec / "teams.yaml").read_text() == "teams: [\n"


def test_a_form_that_is_not_moved_is_named_with_its_line(spec: Path) -> None:
    (spec / "teams.yaml").write_text("# all\n\n{teams: {web: {title: Web}}}\n")
    assert run("spec/teams.yaml") == (
        0,
        "",
        "spec/teams.yaml: left as it is: a whole file in braces in line 3\n",
    )
    (spec / "teams.yaml").write_text("teams: {web: &web {title: Web}}\nx:\n  <<: *web\n")
    assert run("spec/teams.yaml")[2] == "spec/teams.yaml: left as it is: a merge key in line 3\n"


def test_files_that_are_no_spec_are_refused(tmp_path: Path, spec: Path) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text("groups:\n- name: web\n  rules: [{alert: Down, expr: up == 0}]\n")
    code, _, errors = run("rules.yml")
    assert code == 2
    assert "not part of a spec" in errors
    (spec / "broken.yaml").write_bytes(b"\xff\xfe")
    assert run()[0] == 2
