"""A part of a rule's expression leads back to what the author wrote."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tocsin.compile import build
from tocsin.lang.promql.shape import conditions
from tocsin.plan.model import Rule
from tocsin.plan.source_spans import expr_piece, query_tokens
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


_SPACE = st.sampled_from([" ", "  ", "\n", "\n    ", "\t", "  # ça (\n", "\n\n"])
_OPERAND = st.sampled_from(
    [
        'up{job="açaí 漢"}',
        "sum by (a, b) (rate(x_total[5m]))",
        "(y)",
        "vector(1)",
        "{__name__='z', b=~`a\\d+`}",
        "-w",
    ]
)
_OPERATOR = st.sampled_from(["+", "/", "or", "and on (a)", "> bool", ">="])


@st.composite
def _queries(draw: st.DrawFn) -> str:
    parts = [draw(_OPERAND)]
    for _ in range(draw(st.integers(0, 3))):
        parts += [draw(_OPERATOR), draw(_OPERAND)]
    text = draw(_SPACE).lstrip(" \t")
    for part in parts:
        text += part + draw(_SPACE)
    return f"({text})" if draw(st.booleans()) else text


@settings(max_examples=150)
@given(_queries(), st.sampled_from(["", "'", '"', "|", ">"]), st.sampled_from(["5", "-2.5"]))
def test_every_token_of_every_expression_leads_to_the_author_s(query: str, style: str, limit: str) -> None:
    assume(not conditions(query))
    alert = {"summary": "s", "description": "d", "promql": query}
    group = {"title": "G", "alerts": {"A": {**alert, "thresholds": {"critical": {"above": limit}}}}}
    dumped = yaml.dump({"groups": {"g": group}}, default_style=style or None, allow_unicode=True)
    text = SPEC[: SPEC.index("groups:")] + dumped
    loaded = load_documents([Document("spec.yaml", text)])
    assert loaded.spec is not None, loaded.diagnostics
    plan = build(loaded.spec, loaded.sources).plan
    assert plan is not None
    (rule,) = plan.rule_groups[0].rules
    written = query_tokens(rule.written.text, rule.engine)
    made = query_tokens(rule.expr, rule.engine)
    found = [expr_piece(rule, token.span) for token in made]
    own = [place for place in found if place.piece is not None]
    assert [rule.written.text[slice(*place.piece or ())] for place in own] == [
        token.text for token in written
    ]
    assert {place for place in found if place.piece is None} <= {rule.written.threshold, rule.written.expr}
