"""Dashboards are read as Grafana writes them: exported, from its API, with rows of the old form."""

from __future__ import annotations

from tocsin.existing.files import Input, read_existing
from tocsin.plan.model import Dashboard, Engine
from tocsin.source import Document, read_stream


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


def test_what_is_no_dashboard_is_none() -> None:
    assert _read('{"panels": [{"id": 1}]}') == ()
    assert _read('{"schemaVersion": 1, "panels": 5}')[0].queries == ()
    deep = '{"panels": [' * 15 + "]}" * 15
    assert _read('{"schemaVersion": 1, ' + deep[1:])[0].queries == ()
