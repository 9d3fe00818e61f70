"""How the two sides of `tocsin diff` are named: revisions, paths of them, and several paths per side."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

ROUTES = """
receivers: [{name: all}, {name: db}]
route: {receiver: all, routes: [{matchers: [team="db"], receiver: db}]}
"""
RULES = "groups: [{name: g, rules: [{alert: Down, expr: up == 0, labels: {team: db}}]}]\n"


def _git(folder: Path, *arguments: str) -> None:
    author = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", *author, *arguments], cwd=folder, check=True, capture_output=True, timeout=30)


def _diff(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["diff", *arguments])


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Plain files in a sub-folder, committed, and then a route of theirs changed in the working tree."""
    folder = tmp_path / "repository"
    (folder / "alerting" / "rules").mkdir(parents=True)
    (folder / "alerting" / "alertmanager.yml").write_text(ROUTES, encoding="utf-8")
    (folder / "alerting" / "rules" / "a.yml").write_text(RULES, encoding="utf-8")
    _git(folder, "init", "-q", "-b", "main")
    _git(folder, "add", ".")
    _git(folder, "commit", "-q", "-m", "a")
    changed = ROUTES.replace("receiver: db", "receiver: all")
    (folder / "alerting" / "alertmanager.yml").write_text(changed, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


ROOT = [
    "main",
    "main -- alerting/rules alerting/alertmanager.yml",
    "main alerting/rules alerting/alertmanager.yml",
    "main -- alerting",
    "main: .",
    "main:. .",
    "main:alerting",
    "main:alerting alerting",
    "main alerting",
    "--old main:alerting/rules --old main:alerting/alertmanager.yml"
    " --new alerting/rules --new alerting/alertmanager.yml",
    "--old main --new alerting",
]
SUB_FOLDER = ["main", "main -- rules alertmanager.yml", "main:alerting .", "main -- ../alerting"]


@pytest.mark.parametrize("said", ROOT)
@pytest.mark.usefixtures("repository")
def test_a_revision_is_compared_with_the_same_paths_of_the_working_tree(said: str) -> None:
    result = _diff(*said.split())
    assert result.exit_code == 1, result.output
    assert "alerts: Down" in result.output


@pytest.mark.parametrize("said", SUB_FOLDER)
def test_paths_are_those_of_the_working_directory(
    repository: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.chdir(repository / "alerting")
    result = _diff(*said.split())
    assert result.exit_code == 1, result.output
    assert "alerts: Down" in result.output


def test_a_path_of_a_revision_is_from_the_root_of_the_repository(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository / "alerting")
    result = _diff("main:rules", "rules")
    assert result.exit_code == 2
    assert "did you mean `main:./rules`?" in result.output
    assert _diff("main:./rules", "rules").exit_code == 0


def test_two_revisions_are_compared_at_the_same_paths(repository: Path) -> None:
    _git(repository, "commit", "-q", "-a", "-m", "b")
    for said in ("main~1 main", "main~1 main -- alerting", "main~1:alerting main:alerting"):
        result = _diff(*said.split())
        assert result.exit_code == 1, result.output
        assert "alerts: Down" in result.output
    assert _diff("main", "HEAD").exit_code == 0


def test_several_paths_of_two_folders_are_compared(repository: Path) -> None:
    rules, routes = repository / "alerting" / "rules", repository / "alerting" / "alertmanager.yml"
    other = repository / "other.yml"
    other.write_text(ROUTES, encoding="utf-8")
    result = _diff("--old", str(rules), "--old", str(other), "--new", str(rules), "--new", str(routes))
    assert result.exit_code == 1, result.output
    assert "alerts: Down" in result.output


def test_a_path_that_only_one_side_has_is_mentioned(repository: Path) -> None:
    (repository / "more.yml").write_text(RULES.replace("Down", "Up"), encoding="utf-8")
    result = _diff("main", "--", "alerting", "more.yml")
    assert result.exit_code == 1
    assert "note: at main there is nothing at more.yml" in result.output
    assert "+ Up" in result.output


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("main:../alerting alerting", "`..` leads out of it"),
        ("main:alerting/../alerting alerting", "`..` leads out of it"),
        ("main -- ../elsewhere", "outside of the repository"),
        ("main -- nowhere", "at main there is nothing at nowhere"),
        ("main -- alerting nowhere", "nothing exists on either side at nowhere"),
        ("main:nowhere alerting", "at main there is nothing at nowhere"),
        ("main nowhere", "`nowhere` is neither a path that exists nor a revision"),
        ("nowhere alerting", "`nowhere` is neither a path that exists nor a revision"),
        ("alerting alerting/rules alerting", "--old and --new"),
        ("main main main -- alerting", "at most two revisions"),
        ("main:alerting -- alerting", "has a path already"),
        ("--new alerting", "--old is missing"),
        ("main --new alerting", "not both"),
        ("--old main:alerting --old alerting --new alerting", "all of one revision"),
        ("", "name what is compared"),
        (":alerting alerting", "no revision before the `:`"),
        ("--old=--upload-pack=touch --new alerting", "not a valid revision"),
        ("--old=-x:alerting --new alerting", "not a valid revision"),
    ],
)
@pytest.mark.usefixtures("repository")
def test_what_cannot_be_compared_is_refused_with_the_reason(said: str, why: str) -> None:
    result = _diff(*said.split())
    assert result.exit_code == 2, result.output
    assert why in result.output


def test_a_revision_cannot_reach_git_as_an_option(repository: Path) -> None:
    _git(repository, "update-ref", "refs/heads/--output=stolen", "HEAD")
    for said in ("--output=stolen", "--output=stolen:alerting"):
        assert _diff(f"--old={said}", "--new", "alerting").exit_code == 2
    assert not (repository / "stolen").exists()


def test_a_shallow_clone_is_named_as_the_reason(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _git(repository, "commit", "-q", "-a", "-m", "b")
    clone = tmp_path / "clone"
    _git(tmp_path, "clone", "-q", "--depth", "1", repository.as_uri(), str(clone))
    monkeypatch.chdir(clone)
    result = _diff("HEAD~1", "alerting")
    assert result.exit_code == 2
    assert "this clone is shallow" in result.output
    assert "`fetch-depth: 0`" in result.output
    _git(clone, "fetch", "-q", "--unshallow")
    assert _diff("HEAD~1", "alerting").exit_code == 1


def test_a_branch_of_the_remote_alone_is_suggested(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _git(repository, "checkout", "-q", "-b", "feature")
    _git(tmp_path, "clone", "-q", repository.as_uri(), "clone")
    monkeypatch.chdir(tmp_path / "clone")
    result = _diff("main", "alerting")
    assert result.exit_code == 2
    assert "did you mean `origin/main`?" in result.output
    assert _diff("origin/main", "alerting").exit_code == 0


def test_without_a_repository_that_is_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = _diff("main")
    assert result.exit_code == 2
    assert "not a git repository" in result.output


def test_errors_of_a_revision_name_its_files_as_they_are_named_here(repository: Path) -> None:
    _git(repository, "commit", "-q", "-a", "-m", "b")
    broken = ROUTES.replace("receiver: db", "receiver: bd")
    (repository / "alerting" / "alertmanager.yml").write_text(broken, encoding="utf-8")
    _git(repository, "commit", "-q", "-a", "-m", "c")
    result = _diff("main", "main~1")
    assert result.exit_code == 2
    assert "--> alerting/alertmanager.yml:3" in result.output
    assert "main:. cannot be compared until this is fixed" in result.output


GRAFANA = """
apiVersion: 1
groups:
  - {orgId: 1, name: g, folder: f, interval: 1m, rules: [{uid: a, title: A, condition: C, data: []}]}
"""


def test_what_differs_and_cannot_be_read_is_named(repository: Path) -> None:
    grafana = repository / "alerting" / "grafana.yaml"
    grafana.write_text(GRAFANA, encoding="utf-8")
    _git(repository, "add", ".")
    _git(repository, "commit", "-q", "-a", "-m", "b")
    assert _diff("main").output == "Nothing changes in alerts, notifications or objectives.\n"
    grafana.write_text(GRAFANA.replace("title: A", "title: B"), encoding="utf-8")
    result = _diff("main")
    assert result.exit_code == 1
    assert "No change was found, but not everything could be compared." in result.output
    assert (
        "Not compared, because it cannot be read: Grafana-managed alert rules in alerting/grafana.yaml"
        in result.output
    )


def test_an_error_of_a_side_is_shown_once(repository: Path) -> None:
    broken = ROUTES.replace("receiver: db", "receiver: bd")
    (repository / "alerting" / "alertmanager.yml").write_text(broken, encoding="utf-8")
    result = _diff("main")
    assert result.exit_code == 2
    assert result.output.count("there is no receiver `bd`") == 1
