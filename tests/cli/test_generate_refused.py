"""Nothing is written that Prometheus would refuse to load."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main


@pytest.mark.parametrize(
    "broken",
    ["{{ $labls.instance }} is down", "{{ $labels.instance", "{{ nosuch 1 }}", "{{ end }}", "{{ if }}"],
)
@pytest.mark.parametrize("allowed", [False, True])
@pytest.mark.parametrize("command", ["generate", "prove --write output", "validate"])
def test_a_broken_template_is_reported_and_nothing_is_written(
    broken: str, command: str, allowed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke
    run(main, ["init"])
    alerts = Path("spec/alerts.yaml")
    whole = 'summary: "{{ $labels.instance }} is down"'
    text = alerts.read_text()
    assert whole in text
    allow = "allow: {template/syntax: we like it}\n        " if allowed else ""
    alerts.write_text(text.replace(whole, f"{allow}summary: '{broken}'"))
    done = run(main, command.split())
    assert done.exit_code == 1
    assert "error[template/syntax]" in done.output
    assert "spec/alerts.yaml:5" in done.output
    assert not Path("output").exists()
