"""Dashboards are read as Grafana writes them: exported, from its API, with rows of the old form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner

from tocsin.cli.main import main
from tocsin.existing.files import read_existing
from tocsin.existing.input import Input
from tocsin.plan.model import Dashboard, Engine
from tocsin.source import Document, read_stream

if TYPE_CHECKING:
    from pathlib import Path


def _read(text: str) -> tuple[Dashboard, ...]:
    document = Document("web.json", text)
    return read_existing([Input(document, read_stream(document), True)]).plan.dashboards


def test_panels_and_queries_are_found_wherever_they_stand() -> None:
    (found,) = _read("""\
{"dashboard": {"uid": "web", "schemaVersion": 39,
  "templating": {"list": [{"name": "job"}, {"type": "x"}]},
  "rows": [{"panels": [{"id": 1, "targets": [{"expr": "a"}]}]}],
  "panels": [
    {"id": 2, "type": "row", "panels": [
      {"id": 3, "datasource": {"type": "loki"},
       "targets": [{"expr": "b", "legendFormat": "{{c}}"}, {"expr": ""}]}]},
    {"id": "x", "datasource": "old", "targets": [{"datasource": {"type": "prometheus"}, "expr": "d"}, 5]}]}}
""")
    assert (found.uid, found.panels, found.variables) == ("web", frozenset({1, 2, 3}), frozenset({"job"}))
    assert {(one.expr, one.engine, one.legend) for one in found.queries} == {
        ("a", None, ""),
        ("b", Engine.LOKI, "{{c}}"),
        ("d", Engine.PROMETHEUS, ""),
    }


def test_a_panel_of_another_plugin_has_queries_of_its_own_language() -> None:
    target = '{"datasource": {"type": "loki"}, "expr": "a:b"}'
    for kind, read in (
        ("victoriametrics-logs-datasource", []),
        ("victoriametrics-datasource", ["a:b"]),
        ("datasource", ["a:b"]),
        ("loki", ["a:b"]),
    ):
        (found,) = _read(
            f'{{"uid": "x", "schemaVersion": 39, "panels": [{{"datasource": {{"type": "{kind}"}}, '
            f'"targets": [{target}]}}]}}'
        )
        assert [one.expr for one in found.queries] == read


def test_a_folder_of_dashboards_is_read_and_one_beside_rules_only_where_it_is_named(tmp_path: Path) -> None:
    expr = 'up{job=~\\"$jobs\\"}'
    text = '{"schemaVersion": 39, "panels": [{"id": 1, "targets": [{"expr": "%s"}]}]}'
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "web.json").write_text(text % expr, encoding="utf-8")
    (tmp_path / "package.json").write_text('{"name": "web"}', encoding="utf-8")
    alone = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert "defines no variable `jobs`" in alone.output
    rules = "groups: [{name: g, rules: [{alert: Down, expr: up == 0}]}]"
    (tmp_path / "rules.yml").write_text(rules, encoding="utf-8")
    assert "defines no variable" not in CliRunner().invoke(main, ["check", str(tmp_path)]).output
    both = [str(tmp_path / "rules.yml"), str(tmp_path / "web" / "web.json")]
    assert "defines no variable" in CliRunner().invoke(main, ["check", *both]).output


def test_what_is_no_dashboard_is_none() -> None:
    assert _read('{"panels": [{"id": 1}]}') == ()
    assert _read('{"schemaVersion": 1, "panels": 5}')[0].queries == ()
    deep = '{"panels": [' * 15 + "]}" * 15
    assert _read('{"schemaVersion": 1, ' + deep[1:])[0].queries == ()
