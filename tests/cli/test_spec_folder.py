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
