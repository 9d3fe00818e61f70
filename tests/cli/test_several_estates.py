"""Commands on files of several estates: each answers for each estate, as it would for that one alone."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main
from tocsin.engines.amtool import routed_receivers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from click.testing import Result

    from tocsin.engines.program import Program

_LIMITS = {"prod": 10, "staging": 50}
_RECEIVERS = {"prod": "pager", "staging": "chat"}
_NOTHING = "Nothing changes in alerts, notifications or objectives."


def _server(place: str, rules: str = "rules/*.yml") -> str:
    return f"global: {{external_labels: {{env: {place}}}}}\nrule_files: [{rules}]\nscrape_configs: []\n"


def _rules(limit: int, name: str = "HighErrors") -> str:
    return f"""\
groups:
  - name: g
    rules:
      - {{record: "job:errors:rate5m", expr: "sum by (job) (rate(errors_total[5m]))"}}
      - {{alert: {name}, expr: "job:errors:rate5m > {limit}", for: 5m, labels: {{severity: page}}}}
"""


def _routes(receiver: str) -> str:
    return f"""\
route: {{receiver: all, routes: [{{matchers: ['severity="page"'], receiver: {receiver}}}]}}
receivers: [{{name: all}}, {{name: pager}}, {{name: chat}}]
"""


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _commit(folder: Path) -> None:
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "a", "--allow-empty"]):
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=folder, check=True, timeout=30
        )


@pytest.fixture
def estates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of two estates with the same names of files, committed, as the working directory."""
    for place, limit in _LIMITS.items():
        files = {
            "prometheus.yml": _server(place),
            "rules/a.yml": _rules(limit),
            "alertmanager.yml": _routes(_RECEIVERS[place]),
        }
        _write(tmp_path / place, files)
    _commit(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _run(*words: str, **options: Any) -> Result:
    result = CliRunner().invoke(main, words, **options)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize("place", ["prod", "staging"])
def test_diff_tells_a_change_of_the_routes_of_any_estate(estates: Path, place: str) -> None:
    assert _run("diff", "HEAD").stdout == f"In prod, staging\n\n{_NOTHING}\n"
    _write(estates / place, {"alertmanager.yml": _routes("all")})
    found = _run("diff", "HEAD")
    assert found.exit_code == 1
    of_place = found.stdout.split(f"In {place}\n")[1].split("\nIn ")[0]
    assert f"notified: all instead of {_RECEIVERS[place]}" in of_place
    assert "alerts: HighErrors" in of_place
    said = json.loads(_run("diff", "HEAD", "--format", "json").stdout)
    assert {name: one["changed"] for name, one in said["estates"].items()} == {
        name: name == place for name in _LIMITS
    }
    assert (
        f"## In `{place}`\n\n### Alerting: what this changes"
        in _run("diff", "HEAD", "--format", "markdown").stdout
    )


def test_diff_of_one_estate_shows_only_that_one(estates: Path) -> None:
    _write(estates, {"staging/rules/a.yml": _rules(51)})
    assert _run("diff", "HEAD", "--estate", "prod").exit_code == 0
    found = _run("diff", "HEAD", "--estate", "staging")
    assert (found.exit_code, "> 50 → > 51" in found.stdout, "prod" in found.stdout) == (1, True, False)
    wrong = _run("diff", "HEAD", "--estate", "stage")
    assert wrong.exit_code == 2
    assert "there is no estate `stage` here; known here: `prod`, `staging`" in wrong.stderr


def test_diff_names_estates_that_were_added_and_removed(estates: Path) -> None:
    _write(estates / "dev", {"prometheus.yml": _server("dev"), "rules/a.yml": _rules(9, "New")})
    found = _run("diff", "HEAD")
    assert found.exit_code == 1
    assert f"In prod, staging\n\n{_NOTHING}\n\nThe estate dev was added\n  alerts: New\n" == found.stdout
    _commit(estates)
    subprocess.run(["git", "rm", "-rq", "prod"], check=True, timeout=30)
    found = _run("diff", "HEAD", "--format", "json")
    assert found.exit_code == 1
    said = json.loads(found.stdout)
    assert ([*said["estates"]], said["added"], said["removed"]) == (["dev", "staging"], [], ["prod"])


def test_diff_of_two_folders_compares_estates_at_the_same_place(estates: Path) -> None:
    for side in ("old", "new"):
        for place, limit in _LIMITS.items():
            files = {"prometheus.yml": _server(place), "rules/a.yml": _rules(limit)}
            _write(estates / side / place, files)
    _write(estates, {"new/staging/rules/a.yml": _rules(60)})
    found = _run("diff", "old", "new")
    assert found.exit_code == 1
    assert found.stdout.startswith(f"In new/prod\n\n{_NOTHING}\n\nIn new/staging\n")
    assert "HighErrors (page): threshold > 50 → > 60" in found.stdout


def test_diff_compares_a_single_estate_with_what_it_became(estates: Path) -> None:
    subprocess.run(["git", "rm", "-rq", "staging"], check=True, timeout=30)
    _commit(estates)
    _write(estates / "dev", {"prometheus.yml": _server("dev"), "rules/a.yml": _rules(9, "New")})
    found = _run("diff", "HEAD")
    assert found.stdout == f"In prod\n\n{_NOTHING}\n\nThe estate dev was added\n  alerts: New\n"


def test_route_asks_the_alertmanager_of_each_estate(estates: Path, amtool: Program) -> None:
    lines = _run("route", ".", "--alert", "HighErrors", "--format", "json").stdout.splitlines()
    answers = [json.loads(line) for line in lines]
    assert [one["estate"] for one in answers] == ["prod", "staging"]
    for one in answers:
        assert one["labels"]["env"] == one["estate"]
        file = estates / one["estate"] / "alertmanager.yml"
        assert tuple(one["receivers"]) == routed_receivers(amtool, file, one["labels"])
    text = _run("route", ".", "severity=page").stdout
    assert [line for line in text.splitlines() if line.startswith("In ")] == ["In prod", "In staging"]
    asked = _run("route", ".", "--batch", "-", input='{"labels": {"severity": "page"}}\n')
    assert [json.loads(line)["told"] for line in asked.stdout.splitlines()] == [["pager"], ["chat"]]


@pytest.mark.usefixtures("estates")
def test_route_asks_one_estate_as_if_it_were_alone() -> None:
    chosen = _run("route", ".", "severity=page", "--at", "2026-12-01", "--estate", "staging")
    alone = _run("route", "staging", "severity=page", "--at", "2026-12-01")
    assert chosen.stdout == alone.stdout
    picture = _run("route", ".", "--format", "mermaid")
    assert picture.exit_code == 2
    assert "name an estate with `--estate`: prod, staging" in picture.stderr
    assert _run("route", ".", "--format", "mermaid", "--estate", "prod").exit_code == 0


def test_route_asks_for_an_alert_only_where_it_is(estates: Path) -> None:
    _write(estates, {"staging/rules/a.yml": _rules(50, "Other")})
    lines = _run("route", ".", "--alert", "Other", "--format", "json").stdout.splitlines()
    assert [json.loads(line)["estate"] for line in lines] == ["staging"]
    nowhere = _run("route", ".", "--alert", "Othr")
    assert nowhere.exit_code == 2
    assert "there is no alert `Othr` here: did you mean `Other`?" in nowhere.stderr


@pytest.mark.usefixtures("estates")
def test_explain_shows_in_which_estates_an_alert_is_what() -> None:
    found = _run("explain", "HighErrors", ".").stdout
    of_prod, of_staging = found.split("In prod\n")[1].split("In staging\n")
    assert ("> 10" in of_prod, "Notified\n  pager" in of_prod) == (True, True)
    assert ("> 50" in of_staging, "Notified\n  chat" in of_staging) == (True, True)
    assert _run("explain", "HighErrors", ".", "--estate", "staging").stdout == of_staging


def test_prove_uses_the_recording_rules_of_each_estate(
    tmp_path: Path, promtool: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_PROMTOOL", str(promtool.path))
    # In the second estate, the recording never exceeds 1.
    shared = 'groups: [{name: g, rules: [{alert: A, expr: "job:x > 5"}, {alert: B, expr: "up == 0"}]}]\n'
    bounded = {"eu": "sum by (job) (x)", "us": "clamp_max(sum by (job) (x), 1)"}
    files = {"common/shared.yml": shared}
    for place, expr in bounded.items():
        files[f"{place}/prometheus.yml"] = _server(place, "../common/*.yml, own.yml")
        files[f"{place}/own.yml"] = f'groups: [{{name: r, rules: [{{record: "job:x", expr: "{expr}"}}]}}]\n'
    _write(tmp_path, files)
    monkeypatch.chdir(tmp_path)
    found = _run("prove", ".", "--format", "json")
    assert found.exit_code == 1
    shown = [(one["alert"], one["estates"], one["fires"]) for one in json.loads(found.stdout)]
    assert sorted(shown) == [
        ("A", ["eu"], "proven"),
        ("A", ["us"], "only on paper"),
        ("B", ["eu", "us"], "proven"),
    ]
    text = _run("prove", ".").stdout
    assert "common/shared.yml, in eu, us\nB " in text
    assert ": 2 proven both ways, 1 only on paper" in text
    assert _run("prove", ".", "--estate", "eu").exit_code == 0


def test_what_is_accepted_in_the_routes_of_a_further_estate_stays_accepted(estates: Path) -> None:
    unused = _routes("chat").replace("chat}]", "chat}, {matchers: ['severity=\"none\"'], receiver: all}]")
    _write(estates, {"staging/alertmanager.yml": unused})
    assert _run("check", ".").exit_code == 1
    assert _run("check", ".", "--accept", "--reason", "soon").exit_code == 0
    again = _run("check", ".", "--format", "json")
    assert (again.exit_code, again.stderr) == (0, "")
    _write(estates, {"staging/alertmanager.yml": _routes("chat")})
    assert "baseline/gone" in _run("check", ".", "--format", "json").stdout
