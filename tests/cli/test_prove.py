"""`tocsin prove` as its user sees it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main
from tocsin.prove import question

if TYPE_CHECKING:
    from tocsin.engines.program import Program

SHOP = Path(__file__).parents[1] / "specs" / "shop.yaml"
RULES = """\
groups:
  - name: g
    rules:
      - alert: Down
        expr: up{job="api"} == 0
        for: 5m
        labels: {severity: page}
      - alert: NoBackend
        expr: count by (backend) (server_up) == 0
"""


@pytest.fixture
def rules(tmp_path: Path, promtool: Program, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOCSIN_PROMTOOL", str(promtool.path))
    file = tmp_path / "rules.yml"
    file.write_text(RULES, encoding="utf-8")
    return file


def test_the_table_has_a_row_for_each_alert(rules: Path) -> None:
    done = CliRunner().invoke(main, ["prove", str(rules)])
    assert done.exit_code == 1
    assert "Down (page)  yes    yes     -         yes" in done.stdout
    assert "NoBackend    NEVER  yes" in done.stdout
    assert (
        "line 8: the comparison `==` can never be true: the left side is at least 1, the right side always 0"
        in done.stdout
    )
    assert done.stdout.endswith("2 alerts: 1 proven both ways, 1 can never fire\n")


def test_a_name_wider_than_its_column_moves_no_other_column(rules: Path) -> None:
    name = "ServersOfTheBackendDoNotAnswerTheirHealthChecks"
    more = "".join(f"      - {{alert: {name}, expr: queue > {limit}}}\n" for limit in (5, 9))
    rules.write_text(RULES + more, encoding="utf-8")
    lines = CliRunner().invoke(main, ["prove", str(rules)]).stdout.splitlines()
    column = lines[0].index("fires")
    assert sum(line[column:].startswith(("yes", "NEVER")) for line in lines) == 4
    assert lines.count(name) == 2


def test_a_search_that_breaks_off_is_told_and_takes_no_other_proof_with_it(
    rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(tree: Any, hold: float, keep: float, **more: Any) -> object:
        if "server_up" in str(tree):
            raise ZeroDivisionError("no series")
        return find(tree, hold, keep, **more)

    find = question.find_witness  # type: ignore[attr-defined]
    monkeypatch.setattr(question, "find_witness", broken)
    done = CliRunner().invoke(main, ["prove", str(rules)])
    assert done.exit_code == 1
    assert "Down (page)  yes    yes     -         yes" in done.stdout
    assert "line 8: the search broke off: ZeroDivisionError: no series" in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hello: [", ":1: this is not YAML"),
        ("just a text", "nothing in this file is alerting"),
        ("a: \x00", "is not allowed in YAML"),
        ("groups: []", "there are no rules in"),
        ("route: {receiver: a}\nreceivers: [{name: a}]", "there are no rules in"),
    ],
)
def test_a_file_without_rules_is_no_success(rules: Path, text: str, said: str) -> None:
    rules.with_name("other.yml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, ["prove", str(rules.with_name("other.yml"))])
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_json_has_an_object_for_each_alert(rules: Path) -> None:
    found = json.loads(CliRunner().invoke(main, ["prove", "--format", "json", str(rules)]).stdout)
    assert [(one["alert"], one["line"], one["fires"], one["silent"]) for one in found] == [
        ("Down", 4, "proven", "proven"),
        ("NoBackend", 8, "impossible", "proven"),
    ]
    assert found[0]["file"] == str(rules)
    assert found[0]["assumptions"] == []
    assert (
        found[1]["reason"]
        == "the comparison `==` can never be true: the left side is at least 1, the right side always 0"
    )


def test_junit_fails_for_what_is_not_proven(rules: Path) -> None:
    text = CliRunner().invoke(main, ["prove", "--format", "junit", str(rules)]).stdout
    suite = ElementTree.fromstring(text)
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")


def test_the_proofs_are_written_and_pass(rules: Path, promtool: Program, tmp_path: Path) -> None:
    folder = tmp_path / "proofs"
    CliRunner().invoke(main, ["prove", "--write", str(folder), str(rules)])
    tests = sorted(str(path) for path in folder.rglob("*.test.yaml"))
    assert [path.rsplit("/", 1)[-1] for path in tests] == ["Down.page.test.yaml", "NoBackend.test.yaml"]
    assert promtool.run(["test", "rules", *tests]).returncode == 0


def test_mistakes_that_no_test_notices_are_listed(rules: Path) -> None:
    done = CliRunner().invoke(main, ["prove", "--mutate", str(rules)])
    assert "mistakes noticed by the tests" in done.stdout
    assert "Down (page)" in done.stdout.split("mistakes noticed")[1]


def test_each_case_is_told_and_what_surprises(rules: Path) -> None:
    rules.write_text(
        RULES + "      - alert: Few\n        expr: (sum(up) or vector(0)) < 2\n", encoding="utf-8"
    )
    shown = CliRunner().invoke(main, ["prove", "--cases", str(rules)]).stdout
    assert "    story: Healthy, then broken, firing only once it has lasted 5m" in shown
    assert "    gap while firing: Broken, then no data for 11m: it resolves, and fires again" in shown
    assert "    line 10: a gap of 11m in healthy data makes it fire" in shown


def test_without_promtool_nothing_is_proven(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOCSIN_PROMTOOL")
    monkeypatch.setenv("PATH", "")
    done = CliRunner().invoke(main, ["prove", str(rules)])
    assert done.exit_code == 2
    assert "is not on PATH" in done.stderr


def test_the_proofs_of_a_spec_stay_in_the_output_until_an_alert_changes(
    promtool: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TOCSIN_PROMTOOL", str(promtool.path))
    spec, out = tmp_path / "spec", tmp_path / "out"
    spec.mkdir()
    text = SHOP.read_text(encoding="utf-8")
    (spec / "shop.yaml").write_text(text, encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, list(arguments), catch_exceptions=False)
        return done.exit_code, done.stdout

    run("prove", "--write", str(out), str(spec))
    written = {path.name: path.read_bytes() for path in out.glob("prometheus/tests/*.proof-*")}
    assert written
    assert run("generate", "--check", "-o", str(out), str(spec)) == (0, f"{out} is up to date\n")
    (spec / "shop.yaml").write_text(text.replace("for: 10m", "for: 11m", 1), encoding="utf-8")
    assert run("generate", "-o", str(out), str(spec))[0] == 0
    assert written == {path.name: path.read_bytes() for path in out.glob("prometheus/tests/*.proof-*")}
    code, told = run("generate", "--check", "-o", str(out), str(spec))
    assert code == 1
    assert "has changed since it was proven" in told
    assert told.endswith(f"the proofs are out of date; run `tocsin prove --write {out}`\n")
    run("prove", "--write", str(out), str(spec))
    assert run("generate", "--check", "-o", str(out), str(spec))[0] == 0
