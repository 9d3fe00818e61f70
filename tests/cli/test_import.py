"""`tocsin import`: a folder that is written whole or not at all, and what is said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from tests.importing.test_pyrra import RATIO
from tests.importing.test_sloth import SLO

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

RULES = """\
groups:
  - name: Is it up?
    rules:
      - {record: "job:up:sum", expr: sum by (job) (up)}
      - {alert: Down, expr: "job:up:sum < 1", for: 5m, labels: {severity: critical, team: web}}
"""


def _run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, ["import", *map(str, args)], catch_exceptions=False)


def test_a_folder_becomes_a_spec(tmp_path: Path) -> None:
    (tmp_path / "in" / "team").mkdir(parents=True)
    (tmp_path / "in" / "shop.yml").write_text(SLO)
    (tmp_path / "in" / "team" / "api.yaml").write_text(RATIO)
    (tmp_path / "in" / "rules.yaml").write_text("groups: []\n")
    result = _run(tmp_path / "in", "--to", tmp_path / "spec")
    assert result.exit_code == 0
    assert "2 SLOs imported into 3 files\n" in result.stdout
    files = {path.relative_to(tmp_path / "spec").as_posix() for path in (tmp_path / "spec").rglob("*.yaml")}
    assert files == {"project.yaml", "slos/shop.yaml", "slos/team/api.yaml"}


def test_a_part_of_a_spec_has_no_project(tmp_path: Path) -> None:
    (tmp_path / "shop.yml").write_text(SLO)
    assert _run(tmp_path / "shop.yml", "--part", "--to", tmp_path / "spec").exit_code == 0
    assert not (tmp_path / "spec" / "project.yaml").exists()


def test_what_is_refused_is_shown_and_the_rest_written(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SLO.replace("99.90", "100"))
    (tmp_path / "api.yaml").write_text(RATIO)
    result = _run(tmp_path / "shop.yaml", tmp_path / "api.yaml", "--to", tmp_path / "spec")
    assert result.exit_code == 1
    assert "shop.yaml:7:16" in result.stdout
    assert "1 SLO imported into 2 files, 1 refused" in result.stdout


def test_nothing_is_written_where_all_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SLO.replace("99.90", "100"))
    result = _run(tmp_path / "shop.yaml", "--to", tmp_path / "spec")
    assert result.exit_code == 1
    assert "nothing written" in result.stdout
    assert not (tmp_path / "spec").exists()


def test_a_folder_that_holds_something_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SLO)
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "mine.txt").write_text("mine")
    result = _run(tmp_path / "shop.yaml", "--to", tmp_path / "spec")
    assert result.exit_code == 2
    assert "is not empty; choose another folder" in result.stderr
    assert [path.name for path in (tmp_path / "spec").iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SLO)
    (tmp_path / "spec").mkdir()
    assert _run(tmp_path / "shop.yaml", "--to", tmp_path / "spec").exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shop.yaml", "spec"]


@pytest.mark.parametrize("text", ["groups: []\n", "just text\n", ""])
def test_files_without_rules_and_slos(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.yaml").write_text(text)
    result = _run(tmp_path / "x.yaml", "--to", tmp_path / "spec")
    assert result.exit_code == 2
    assert "no file there has rules, routes or SLOs" in result.stderr


def test_faults_of_yaml_are_findings(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(SLO.replace('service: "shop"', "service: [shop"))
    result = _run(tmp_path / "x.yaml", "--to", tmp_path / "spec")
    assert result.exit_code == 1
    assert "file/yaml" in result.stdout


def test_a_template_is_rendered_first(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(SLO.replace('service: "shop"', "service: {{ .Values.service }}"))
    result = _run(tmp_path / "x.yaml", "--to", tmp_path / "spec")
    assert result.exit_code == 1
    assert "helm template" in result.stdout


@pytest.mark.parametrize(
    "value", ['{{ index .Params "host" }}', "{{ printf `%s` .Params }}", "{{ .Values.host }}"]
)
def test_a_tag_that_reads_other_data_than_alerts_is_one_of_a_template(tmp_path: Path, value: str) -> None:
    text = "route: {receiver: a}\nreceivers:\n  - name: a\n    email_configs:\n      - to: TAG\n"
    (tmp_path / "am.yaml").write_text(text.replace("TAG", value))
    result = _run(tmp_path / "am.yaml", "--to", tmp_path / "spec")
    assert "1 error" in result.stdout
    assert "file/template" in result.stdout
    assert "render it first, and import what comes out" in " ".join(result.stdout.split())
    (tmp_path / "am.yaml").write_text(text.replace("TAG", '{{ index .CommonLabels "mail" }}'))
    result = _run(tmp_path / "am.yaml", "--to", tmp_path / "spec")
    assert "in quotes" in result.stdout


def test_strings_of_programs_are_no_rules(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("groups: [{name: a, rules: [{alert: A, expr: up == 0}]}]\n")
    (tmp_path / "rules_test.go").write_text(
        "var text = `\ngroups:\n- name: a\n  rules:\n  - alert: A\n    expr: up: x\n`\n"
    )
    assert _run(tmp_path, "--to", tmp_path / "spec").exit_code == 0
    assert _run(tmp_path / "rules_test.go", "--to", tmp_path / "named").exit_code == 1


def test_what_is_refused_as_it_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "am.yaml").write_text("route: {receiver: a}\nreceivers:\n  - name: [a\n")
    result = _run(tmp_path / "am.yaml", "--to", tmp_path / "spec")
    assert "1 error" in result.stdout


@pytest.mark.parametrize("window", ["soon", "0"])
def test_a_window_that_is_not_a_duration(tmp_path: Path, window: str) -> None:
    result = _run(tmp_path, "--to", tmp_path / "spec", "--window", window)
    assert result.exit_code == 2
    assert "--window" in result.stderr


def test_what_another_program_prints(tmp_path: Path) -> None:
    arguments = ["import", "-", "--to", str(tmp_path / "spec")]
    text = f"---\n{SLO}---\n{RATIO}"
    result = CliRunner().invoke(main, arguments, input=text, catch_exceptions=False)
    assert result.exit_code == 0
    written = (tmp_path / "spec" / "slos" / "stdin.yaml").read_text()
    assert "shop-availability:" in written
    assert "api-errors:" in written


def test_json_for_programs(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SLO.replace("99.90", "100"))
    result = _run(tmp_path / "shop.yaml", "--to", tmp_path / "spec", "--format", "json")
    assert "import/refused" in json.dumps(json.loads(result.stdout))


def test_check_says_that_import_reads_them(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SLO)
    result = CliRunner().invoke(main, ["check", str(tmp_path / "shop.yaml")])
    assert "`tocsin import` makes a spec of it" in " ".join(result.stdout.split())


def test_rules_become_files_that_are_up_to_date_and_that_promtool_takes(
    tmp_path: Path, promtool: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "up.yml").write_text(RULES)
    assert _run("rules", "--to", "spec").exit_code == 0
    for command in (["check", "spec"], ["generate", "spec"], ["generate", "spec", "--check"]):
        result = CliRunner().invoke(main, command, catch_exceptions=False)
        assert (command, result.exit_code) == (command, 0)
    done = promtool.run(["check", "rules", "output/prometheus/rules/up.yaml"], cwd=tmp_path)
    assert done.returncode == 0
    assert "2 rules found" in done.stdout


def test_an_unknown_lift_is_named(tmp_path: Path) -> None:
    (tmp_path / "up.yml").write_text(RULES)
    result = _run(tmp_path, "--to", tmp_path / "spec", "--lift-only", "threshold")
    assert result.exit_code == 2
    assert "there is no `threshold`; choose of thresholds" in result.stderr


ONE = """\
groups:
  - name: g
    rules:
      - alert: A
        expr: up == 0
        annotations: {summary: a}
"""
FAULTS = {
    "a brace too many": (ONE.replace("a}", "a: b}}").encode(), 6),
    "an open quote": (ONE.replace("{summary: a}", '{summary: "a}').encode(), 6),
    "a tab": (ONE.replace("        annotations", "\tannotations").encode(), 6),
    "a byte of Latin-1": (ONE.replace("name: g", "name: ä").encode("latin-1"), 2),
    "a rule without expr": (ONE.replace("        expr: up == 0\n", "").encode(), 4),
}


@pytest.mark.parametrize(("raw", "line"), FAULTS.values(), ids=FAULTS)
def test_a_file_of_a_folder_that_cannot_be_read_is_not_passed_over(
    tmp_path: Path, raw: bytes, line: int
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.yaml").write_text(RULES)
    (tmp_path / "in" / "bad.yaml").write_bytes(raw)
    (tmp_path / "in" / "other.yaml").write_text("receivers: {{ .Values.others }\n")
    result = _run(tmp_path / "in", "--to", tmp_path / "spec")
    assert result.exit_code == 1
    assert f"bad.yaml:{line}:" in result.stdout
    assert "1 rule file imported into" in result.stdout
    assert ", 1 refused" in result.stdout
    _, _, said = (tmp_path / "spec" / "IMPORT.md").read_text().partition("## Not imported\n")
    assert said.count("\n- ") == 1
    assert f"bad.yaml:{line}: " in said


def test_what_is_written_is_laid_out(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "rules.yaml").write_text(
        RULES
        + """\
      - alert: Slow
        expr: latency > 1 # seconds
        for: 5m
        labels: {severity: warning, area: web}
        annotations: {summary: slow, more: x, runbook_url: "https://x.example"}
"""
    )
    (tmp_path / "in" / "shop.yml").write_text(SLO)
    (tmp_path / "in" / "api.yaml").write_text(RATIO)
    (tmp_path / "in" / "am.yml").write_text(
        "route:\n  receiver: a\n  group_by: [job]\n  routes:\n"
        "    - {matchers: ['team=web'], receiver: b, group_wait: 5s, continue: true}\n"
        "receivers:\n  - name: a\n  - name: b\n    webhook_configs:\n      - url: http://x.example\n"
        "inhibit_rules:\n  - {equal: [job], source_matchers: [a=b], target_matchers: [c=d]}\n"
    )
    assert _run(tmp_path / "in", "--to", tmp_path / "spec").exit_code == 0
    result = CliRunner().invoke(main, ["fmt", "--check", str(tmp_path / "spec")], catch_exceptions=False)
    assert result.exit_code == 0, result.output


def test_a_file_with_several_reasons_is_refused_once(tmp_path: Path) -> None:
    (tmp_path / "alertmanager.yml").write_text(
        "route: {receiver: a}\nreceivers: [{name: a, email_configs: [{to: a@b.c, subject: x, body: y}]}]\n",
        encoding="utf-8",
    )
    (tmp_path / "rules.yml").write_text(
        "groups: [{name: g, rules: [{alert: A, expr: up == 0, labels: {severity: critical}}]}]\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(main, ["import", tmp_path.as_posix(), "--to", (tmp_path / "spec").as_posix()])
    assert result.exit_code == 1
    assert "unknown key `subject`" in result.stdout
    assert "unknown key `body`" in result.stdout
    assert "1 rule file imported into 3 files, 1 refused" in result.stdout


def test_jsonnet_is_rendered_first_and_pages_are_no_rules(tmp_path: Path) -> None:
    rules = "groups: [{name: a, rules: [{alert: A, expr: up == 0}]}]\n"
    (tmp_path / "in").mkdir()
    (tmp_path / "in/rules.yaml").write_text(rules)
    (tmp_path / "in/guide.mdx").write_text(f"# How\n\n```yaml\n{rules.replace('[', '- ', 1)}\n```\n")
    (tmp_path / "in/mixin.libsonnet").write_text(f"local x = 1;\n{{\n  {rules.strip()} }}\n")
    done = CliRunner().invoke(main, ["import", str(tmp_path / "in"), "--to", str(tmp_path / "spec")])
    assert done.exit_code == 1
    assert "this is Jsonnet, not YAML yet" in done.output
    assert "jsonnet -J vendor FILE | tocsin import -" in " ".join(done.output.split())
    assert "guide.mdx" not in done.output
    assert (tmp_path / "spec/rules/rules.yaml").exists()
