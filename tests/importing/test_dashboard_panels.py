"""A panel of a dashboard with the query of an alert says how the alert is drawn."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

RULES = """\
groups:
  - name: a
    rules:
      - alert: Full
        expr: used_bytes{job="node"} / size_bytes > 0.90
        labels: {severity: warning}
        annotations: {summary: s}
      - alert: Down
        expr: up == 0 or absent(up)
        labels: {severity: critical}
        annotations: {summary: s}
"""
PANEL: dict[str, Any] = {
    "id": 3,
    "title": "Used space",
    "type": "timeseries",
    "targets": [{"expr": '(used_bytes{job="node"}\n / size_bytes)', "legendFormat": "{{device}}"}],
    "fieldConfig": {"defaults": {"unit": "percentunit", "min": 0, "max": 1}},
}


def _imported(folder: Path, *panels: dict[str, Any], options: tuple[str, ...] = ()) -> dict[str, Any]:
    (folder / "in").mkdir()
    (folder / "in/rules.yaml").write_text(RULES)
    dashboard = {"uid": "d", "title": "D", "schemaVersion": 39, "panels": [{"type": "row", "panels": panels}]}
    (folder / "in/disks.json").write_text(json.dumps(dashboard))
    done = CliRunner().invoke(main, ["import", str(folder / "in"), "--to", str(folder / "spec"), *options])
    assert done.exit_code == 0, done.output
    made: dict[str, Any] = yaml.safe_load((folder / "spec/rules/rules.yaml").read_text())
    alerts: dict[str, Any] = made["groups"]["a"]["alerts"]
    return alerts


def test_title_legend_axis_and_unit_of_the_panel(tmp_path: Path) -> None:
    full = _imported(tmp_path, PANEL)["Full"]
    assert full["panel"] == {"title": "Used space", "legend": "{{device}}", "minimum": 0, "maximum": 1}
    assert full["unit"] == "ratio"
    assert full["thresholds"] == {"warning": {"above": "90%"}}
    report = (tmp_path / "spec/IMPORT.md").read_text()
    assert "1 panel\n" in report
    assert "disks.json:" in report.partition("## Panels")[2]


def test_a_whole_condition_that_a_panel_draws(tmp_path: Path) -> None:
    panel = {**PANEL, "targets": [{"expr": "absent(up) or up == 0"}, {"expr": "up == 0 or absent(up)"}]}
    alerts = _imported(tmp_path, panel)
    assert "panel" not in alerts["Full"]
    assert alerts["Down"]["panel"] == {"title": "Used space", "minimum": 0, "maximum": 1}


def test_variables_of_the_dashboard_stay_there(tmp_path: Path) -> None:
    targets = [{**PANEL["targets"][0], "legendFormat": "__auto"}]
    full = _imported(tmp_path, {**PANEL, "title": "Used on $node", "targets": targets, "fieldConfig": {}})[
        "Full"
    ]
    assert "panel" not in full
    assert "unit" not in full


@pytest.mark.parametrize("expr", ["used_bytes / size_bytes", 'used_bytes{job="$job"} / size_bytes', "(", ""])
def test_other_queries_draw_something_else(tmp_path: Path, expr: str) -> None:
    assert "panel" not in _imported(tmp_path, {**PANEL, "targets": [{"expr": expr}]})["Full"]


@pytest.mark.parametrize("options", [("--no-lift",), ("--lift-only", "thresholds")])
def test_only_where_it_is_asked_for(tmp_path: Path, options: tuple[str, ...]) -> None:
    assert "panel" not in _imported(tmp_path, PANEL, options=options)["Full"]


def test_a_dashboard_in_a_config_map(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/rules.yaml").write_text(RULES)
    dashboard = json.dumps({"uid": "d", "title": "D", "schemaVersion": 39, "panels": [PANEL]})
    held = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"disks.json": dashboard}}
    (tmp_path / "in/disks.yaml").write_text(yaml.safe_dump(held))
    done = CliRunner().invoke(main, ["import", str(tmp_path / "in"), "--to", str(tmp_path / "spec")])
    assert done.exit_code == 0, done.output
    made = yaml.safe_load((tmp_path / "spec/rules/rules.yaml").read_text())
    assert made["groups"]["a"]["alerts"]["Full"]["panel"]["title"] == "Used space"
