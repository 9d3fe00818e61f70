"""Mistakes that change nothing: told by an argument, and no data contradict it."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tocsin.lang.promql.parser import parse_promql
from tocsin.prove.mutation.equivalent import changes_nothing
from tocsin.prove.mutation.mutants import mutants
from tocsin.prove.run import proof_subjects
from tocsin.prove.witness.evaluate import EvaluationError, Evaluator, Series
from tocsin.prove.witness.firing_at import firing_at

if TYPE_CHECKING:
    from tocsin.lang.promql.ast import Node
    from tocsin.plan.model import Plan, Rule
    from tocsin.prove.mutation.mutants import Mutant
    from tocsin.prove.witness.firing_at import Outcome

_SAME = [
    ("sum by (job) (rate(a_total[5m])) > 0", {"sum → avg", "sum → max", "rate → increase"}),
    ("sum by (job) (a) > 0", {"sum → avg"}),
    ("100 * rate(a_total[5m]) == 0", {"100 → 90", "100 → 110", "100 → 1000", "rate → increase"}),
    ("max(a > 3) and max(b > 3)", {"max → min"}),
    (
        'sum by (job) (rate(a_total{code="5"}[5m])) / sum by (job) (rate(a_total[5m])) > 0.1'
        " and sum by (job) (rate(a_total[5m])) > 0",
        {"sum → avg", "sum → max", "rate → increase", "5m → 10m", "> → >="},
    ),
    ('sum by (job) (a{job=~"x|y"}) / sum by (job) (b{job=~"x|y"}) > 1', {'without job=~"x|y"'}),
    ('(a{job="x"} > 1 and b{job="x"} > 1) or c > 5', {'without job="x"'}),
    ("sum by (job) (a) > 3", set()),
    ('topk(1, a{job="x"}) > 1 and b{job="x"} > 1', {'without job="x"'}),
    ("sum by (job) (a offset 5m) > 0", {"sum → avg"}),
    ("rate(a_total[5m] offset 5m) > 0", {"rate → increase"}),
    ("count(a offset 5m) unless count(gone)", {"count → sum"}),
    (
        "sum by (job, env) (rate(a_total[5m])) > 0 and on (job) a > 0",
        {"sum → avg", "sum → max", "rate → increase"},
    ),
    ("(sum(rate(a_total[5m])) > 0) > 3", set()),
    ("rate(a_total[5m]) / rate(b_total[5m]) > 0.1 and rate(b_total[5m]) > 0", {"rate → increase"}),
    ("a / b > 0.1 and b > 0", set()),
    ('a{job="x"} > 1 or b{job="x"} > 1', set()),
]
"""Expressions with the mistakes in them, beside those of `for` and `severity`, that change nothing."""


@pytest.fixture(scope="module")
def rule(shop_plan: Plan) -> Rule:
    found = next(one.rule for one in proof_subjects(shop_plan) if one.group.engine == "prometheus")
    return replace(found, annotations={"summary": "something is wrong"})


def _same(rule: Rule) -> list[Mutant]:
    return [mutant for mutant in mutants(rule) if changes_nothing(rule, mutant)]


@pytest.mark.parametrize(("expr", "expected"), _SAME)
def test_what_changes_nothing_is_told(rule: Rule, expr: str, expected: set[str]) -> None:
    assert {mutant.what for mutant in _same(replace(rule, expr=expr))} == expected


@pytest.mark.parametrize("expr", [expr for expr, expected in _SAME if expected])
def test_no_data_tell_apart_what_is_said_to_be_the_same(rule: Rule, expr: str) -> None:
    here = replace(rule, expr=expr)
    trees = [parse_promql(mutant.rule.expr) for mutant in _same(here)]
    draw = random.Random(7)
    fired = 0
    for _ in range(60):
        evaluator = Evaluator(_series(draw), step=60_000, past_only=True)
        expected = _outcome(parse_promql(expr), evaluator)
        fired += bool(expected)
        for mutant, tree in zip(_same(here), trees, strict=True):
            found = _outcome(tree, evaluator)
            assert None in (found, expected) or found == expected, mutant.what
    assert fired


def test_a_value_that_people_read_is_no_detail(rule: Rule) -> None:
    here = replace(rule, expr="sum by (job) (a) > 0", annotations={"summary": "{{ $value }} left"})
    assert _same(here) == []
    behind = replace(here, expr="sum by (job) (b) > 5 and sum by (job) (a) > 0")
    assert [mutant.what for mutant in _same(behind)] == ["sum → avg"]


def _outcome(tree: Node, evaluator: Evaluator) -> Outcome | None:
    try:
        return firing_at(tree, evaluator, 60, 25, 0)
    except EvaluationError:
        return None


def _series(draw: random.Random) -> list[Series]:
    """Counters that grow, stand still and start anew, and gauges of any sign."""
    found = {}
    for name in ("a", "b", "c", "a_total", "b_total"):
        for _ in range(4):
            labels = {
                "__name__": name,
                "job": draw.choice(("x", "y", "z")),
                "env": draw.choice(("p", "q")),
                "code": draw.choice(("5", "2")),
            }
            found[tuple(labels.items())] = _values(draw, counter=name.endswith("_total"))
    times = [60_000 * index for index in range(26)]
    return [Series(dict(labels), times, values) for labels, values in found.items()]


def _values(draw: random.Random, *, counter: bool) -> list[float]:
    if not counter:
        return [float(draw.choice((-3, 0, 0, 1, 4, 9)))] * 26
    values, value = [], 0.0
    speed = draw.choice((0, 0, 1, 5))
    for _ in range(26):
        value = 0.0 if draw.random() < 0.05 else value + draw.choice((0, speed))
        values.append(value)
    return values
