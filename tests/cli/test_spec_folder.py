"""What may stand in the folder of a spec, and what is said of the rest."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tocsin.cli.main import main

SHOP = Path(__file__).parents[1] / "specs" / "shop.yaml"
MORE = """\
groups:
  more:
    title: More
    alerts:
      NodeDown:
        summary: A node is down
        description: Node {{ $labels.instance }} is down
        expr: up{job="node"} == 0
        for: 5m
        severity: critical
"""


def _run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    folder = tmp_path / "spec"
    folder.mkdir()
    shutil.copy(SHOP, folder)
    return folder


def test_a_file_that_ends_in_yml_is_part_of_the_spec(spec: Path, tmp_path: Path) -> None:
    (spec / "more.yml").write_text(MORE)
    checked = _run("check", spec)
    assert (checked.exit_code, "alerts: 6, groups: 3" in checked.stdout) == (0, True), checked.output
    out = tmp_path / "out"
    assert _run("generate", spec, "-o", out).exit_code == 0
    assert "NodeDown" in (out / "prometheus/rules/more.yaml").read_text()
    assert sorted(json.loads((out / "manifest.json").read_text())["spec"]) == ["more.yml", "shop.yaml"]
    assert "group more, evaluated by prometheus" in _run("explain", "NodeDown", spec).stdout
    (spec / "more.yml").write_text(MORE.replace("severity: critical", "severity: critcal"))
    wrong = _run("check", spec)
    assert wrong.exit_code == 1
    assert f"{spec}/more.yml:10:" in wrong.stdout


# What is written with nothing behind it, the place and words of the finding, and what its help makes of it.
_EMPTY = [
    (
        'channel: "#web"}]',
        "\n      channel: #web\n    }]",
        "`channel` has no value",
        'put the value in quotes: `channel: "#…"`',
        ("channel: #web", 'channel: "#web"'),
    ),
    (
        '    contact: "`#web` in the chat"\n',
        "    contact:\n",
        "`contact` has no value",
        "write a value behind `contact:`, or take the key away",
        ("    contact:\n", ""),
    ),
    (
        "    title: Payments team\n",
        "    title:   # to be decided\n",
        "`title` has no value",
        "write a value behind `title:`\n",
        ("title:  ", "title: Payments"),
    ),
    (
        "  group_by: [alertname, team]\n",
        "  group_by:\n    - alertname\n    -\n    - team\n",
        "this item of the list has no value",
        "write a value, or take the `-` away",
        ("    -\n", ""),
    ),
    (
        "  group_by: [alertname, team]\n",
        "  group_by:\n    - alertname\n    - #team\n",
        "this item of the list has no value",
        'put the value in quotes: `- "#…"`',
        ("- #team", '- "team"'),
    ),
]


@pytest.mark.parametrize(("old", "new", "message", "help_", "fix"), _EMPTY)
def test_a_value_that_is_left_empty_is_reported_once_with_its_way_out(
    spec: Path, old: str, new: str, message: str, help_: str, fix: tuple[str, str]
) -> None:
    file = spec / "shop.yaml"
    text = file.read_text(encoding="utf-8").replace(old, new, 1)
    assert new in text
    file.write_text(text, encoding="utf-8")
    result = _run("check", spec)
    assert result.exit_code == 1
    assert result.stdout.count("error[") == 1, result.stdout
    assert f"error[spec/empty-value]: {message}" in result.stdout
    assert f"help: {help_}" in result.stdout
    assert ("`#` after a space starts a comment" in result.stdout) == ('"#…"' in help_)
    assert text.count(fix[0]) == 1
    file.write_text(text.replace(*fix), encoding="utf-8")
    fixed = _run("check", spec)
    assert (fixed.exit_code, "nothing found" in fixed.stdout) == (0, True), fixed.stdout


def test_a_query_that_is_left_empty_is_no_second_finding_about_its_alert(spec: Path) -> None:
    (spec / "more.yml").write_text(MORE.replace('expr: up{job="node"} == 0', "expr:"))
    result = _run("check", spec)
    assert (result.exit_code, result.stdout.count("error[")) == (1, 1), result.stdout
    assert "help: write a value behind `expr:`\n" in result.stdout


def test_what_is_null_on_purpose_and_sections_that_hold_nothing_are_fine(spec: Path) -> None:
    (spec / "more.yml").write_text(MORE.replace("for: 5m", "for: ~") + "slos:\n#  none yet\n")
    assert _run("check", spec).exit_code == 0


@pytest.mark.parametrize("text", ["groups:\n  a:\n    title: #x\n    alerts: {}\n"])
def test_a_large_spec_reports_empty_values_too(
    spec: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (spec / "more.yml").write_text(text)
    monkeypatch.setattr("tocsin.cli.large.MUCH", 0)
    monkeypatch.setattr("tocsin.cli.large.processors", lambda: 2)
    assert "error[spec/empty-value]: `title` has no value" in _run("check", spec).stdout
