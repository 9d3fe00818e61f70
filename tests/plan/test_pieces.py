"""A part of a rule's expression leads back to what the author wrote."""

from __future__ import annotations

import pytest

from tocsin.plan.build import build
from tocsin.plan.model import Rule
from tocsin.plan.pieces import expr_piece
from tocsin.source import Document
from tocsin.spec.load import load_documents

SPEC = """\
project: {name: p, title: P}
severities: {critical: {rank: 1, title: C}, warning: {rank: 2, title: W}}
receivers: {all: {}}
routing: {catch_all: all}
groups:
  g:
    title: G
    alerts:
      A:
        summary: s
        description: d
        promql: |
          # é
            up{job="açaí"}  # this
              or
            down
        per: [job]
        thresholds: {critical: {above: -2}, warning: {above: -1, for: 3m}}
        for: 5m
      B: {summary: s, description: d, expr: '  up == 0  ', severity: warning, labels: {a: b}}
"""


def _rules() -> tuple[dict[tuple[str, str], Rule], list[str], object]:
    loaded = load_documents([Document("spec.yaml", SPEC)])
    assert loaded.spec is not None, loaded.diagnostics
    built = build(loaded.spec, loaded.sources)
    assert built.plan is not None, built.diagnostics
    plan = built.plan
    rules = {
        (rule.alert, rule.severity): rule
        for group in plan.rule_groups
        for rule in group.rules
        if isinstance(rule, Rule)
    }
    return rules, SPEC.split("\n"), loaded.sources


@pytest.mark.parametrize(
    ("alert", "severity", "part", "written"),
    [
        ("A", "critical", "up", "up"),
        ("A", "critical", '"açaí"', '"açaí"'),
        ("A", "critical", "çaí", "çaí"),
        ("A", "warning", "down", "down"),
        ("A", "warning", "or", "or"),
        ("A", "warning", "> -1", "-1"),
        ("A", "critical", "-2", "-2"),
        ("B", "warning", "== 0", "== 0"),
    ],
)
def test_pieces_of_expressions(alert: str, severity: str, part: str, written: str) -> None:
    loaded = load_documents([Document("spec.yaml", SPEC)])
    rules, _, _ = _rules()
    rule = rules[alert, severity]
    at = rule.expr.index(part)
    span = loaded.sources.locate(expr_piece(rule, (at, at + len(part))))
    assert SPEC[span.start : span.end] == written


def test_the_whole_expression_with_its_added_parts_is_the_query() -> None:
    loaded = load_documents([Document("spec.yaml", SPEC)])
    rule = _rules()[0]["A", "critical"]
    assert (rule.expr[0], rule.expr[-4:]) == ("(", "> -2")
    span = loaded.sources.locate(expr_piece(rule, (0, len(rule.expr))))
    written = SPEC[span.start : span.end]
    assert (written[:3], written[-4:]) == ("up{", "down")


def test_labels_and_for_know_where_they_are_said() -> None:
    loaded = load_documents([Document("spec.yaml", SPEC)])
    rules = _rules()[0]

    def at(rule: Rule, place_of: str) -> str:
        place = rule.written.for_ if place_of == "for" else rule.written.labels[place_of]
        span = loaded.sources.locate(place)
        return SPEC[span.start : span.end]

    assert at(rules["A", "critical"], "severity") == "critical"
    assert [at(rules["A", name], "for") for name in ("critical", "warning")] == ["5m", "3m"]
    assert (at(rules["B", "warning"], "severity"), at(rules["B", "warning"], "a")) == ("warning", "b")
