"""Reading a spec: what comes of good files, and where each mistake is told."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tocsin.source.document import Document
from tocsin.spec.load import load_documents
from tocsin.spec.model import Spec

BASE = """\
project: {name: shop, title: Shop}
severities:
  warning: {rank: 1, title: Warning}
receivers:
  mail: {email: [{to: ops@example.com}]}
routing: {catch_all: mail}
"""
GROUP = """\
groups:
  web:
    title: Web
    alerts:
      Slow:
        summary: Slow
        description: Too slow
        promql: max(latency_seconds)
        thresholds:
          warning: {above: 2, for: 5m}
"""
OTHER = """\
groups:
  db:
    title: Database
    alerts:
      Full:
        summary: Full
        description: Nearly full
        expr: disk_free_bytes < 10
        severity: warning
"""


def mistakes(*texts: str) -> list[tuple[str, int, int, str]]:
    loaded = load_documents(Document(f"{n}.yaml", text) for n, text in enumerate(texts))
    assert loaded.spec is None
    return [
        (found.span.document.name, found.span.line, found.span.column, found.message)
        for found in loaded.diagnostics
        if found.span is not None
    ]


def test_files_in_any_order_and_under_any_name_make_one_spec() -> None:
    specs = [
        load_documents(Document(f"{n}.yaml", text) for n, text in enumerate(order)).spec
        for order in itertools.permutations([BASE, GROUP, OTHER])
    ]
    first = specs[0]
    assert first is not None
    assert list(first.groups) == ["db", "web"]
    assert all(spec is not None and spec.model_dump_json() == first.model_dump_json() for spec in specs)


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "message"),
    [
        ("promql: max(latency_seconds)", "promql: max(latency_seconds", 8, 20, "never closed"),
        ("promql:", "promq1:", 8, 9, "unknown key `promq1`"),
        ("for: 5m", "for: 5x", 10, 36, "5x"),
        ("        thresholds:\n", "        thresholds2:\n", 9, 9, "unknown key `thresholds2`"),
        ("      Slow:", "      1Slow:", 5, 7, "`1Slow` is not a valid alert name"),
        ("    title: Web", "    title: [Web]", 3, 5, "a string belongs here"),
    ],
)
def test_a_mistake_is_told_where_it_stands(old: str, new: str, line: int, column: int, message: str) -> None:
    found = mistakes(BASE, GROUP.replace(old, new))
    at = [(name, line, column) for name, line, column, text in found if message in text]
    assert at == [("1.yaml", line, column)], found


def test_a_name_defined_twice_shows_both_places() -> None:
    loaded = load_documents([Document("a.yaml", BASE + GROUP), Document("b.yaml", GROUP)])
    [found] = loaded.diagnostics
    assert found.message == "`groups.web` is defined twice"
    assert found.span is not None
    assert (found.span.document.name, found.span.line) == ("b.yaml", 2)
    assert [(note.span.document.name, note.span.line) for note in found.related] == [("a.yaml", 8)]


def test_an_unknown_key_is_told_with_the_nearest_known_one() -> None:
    loaded = load_documents([Document("a.yaml", BASE + GROUP.replace("promql:", "promq1:"))])
    assert "did you mean `promql`?" in [found.help for found in loaded.diagnostics]


def test_many_unknown_keys_cost_one_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0
    schema = Spec.model_json_schema

    def counted(**options: Any) -> object:
        nonlocal made
        made += 1
        return schema(**options)

    monkeypatch.setattr(Spec, "model_json_schema", counted)
    keys = "".join(f"u{number}: 1\n" for number in range(100))
    loaded = load_documents([Document("a.yaml", BASE + keys)])
    assert sum(found.message.startswith("unknown key `u") for found in loaded.diagnostics) == 100
    assert made <= 1


def test_a_secret_in_clear_is_refused_without_being_printed() -> None:
    secret = "hunter2-very-secret"
    text = BASE.replace("email: [{to: ops@example.com}]", f"pagerduty: [{{routing_key: {secret}}}]")
    loaded = load_documents([Document("a.yaml", text)])
    assert loaded.spec is None
    assert any("secret" in found.message for found in loaded.diagnostics)
    assert not any(secret in f"{found.message}{found.help}{found.label}" for found in loaded.diagnostics)
