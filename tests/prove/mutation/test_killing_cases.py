"""Cases that are made to notice what the others would let pass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tocsin.plan.model import Recording
from tocsin.prove.mutation.score import mutation_scores
from tocsin.prove.run import proof_subjects, prove

if TYPE_CHECKING:
    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan
    from tocsin.prove.verdict import Verdict

EXPRESSIONS = {
    '(a{x="1"} > 14 and b{x="1"} > 14) or (c{x="1"} > 6 and d{x="1"} > 6)': "0s",
    "sum by (job) (rate(a_total[5m])) / sum by (job) (rate(b_total[5m])) > 0.05": "5m",
    "vector(1)": "0s",
}
"""Expressions and how long they have to hold."""


@pytest.fixture(scope="module")
def verdicts(shop_plan: Plan, promtool: Program) -> list[Verdict]:
    subject = next(one for one in proof_subjects(shop_plan) if one.group.engine == "prometheus")
    quiet = replace(subject.rule, annotations={})
    asked = [
        replace(subject, rule=replace(quiet, expr=expr, for_=hold)) for expr, hold in EXPRESSIONS.items()
    ]
    return prove(asked, promtool, whole=True)


def test_promtool_confirms_every_case(verdicts: list[Verdict]) -> None:
    assert [(verdict.subject.rule.expr, verdict.refused) for verdict in verdicts if verdict.refused] == []
    assert all(any(case.name.startswith("notices") for case in verdict.cases) for verdict in verdicts)


def test_they_notice_what_the_others_would_let_pass(verdicts: list[Verdict], promtool: Program) -> None:
    poorer = [
        replace(verdict, cases=tuple(c for c in verdict.cases if not c.name.startswith("notices")))
        for verdict in verdicts
    ]
    for with_them, without in zip(
        mutation_scores(verdicts, promtool), mutation_scores(poorer, promtool), strict=True
    ):
        expr = with_them.verdict.subject.rule.expr
        assert len(with_them.killed) > len(without.killed), expr
        assert with_them.share >= 0.9, (expr, [mutant.what for mutant in with_them.survivors])


def test_a_case_says_what_it_would_notice(verdicts: list[Verdict]) -> None:
    titles = [case.title for case in verdicts[0].cases if case.name.startswith("notices")]
    assert any(title.startswith("Would notice the mistake `14 → ") for title in titles)


def test_recorded_series_move_each_by_itself(shop_plan: Plan, promtool: Program) -> None:
    subject = next(one for one in proof_subjects(shop_plan) if one.group.engine == "prometheus")
    shown = next(
        rule for group in shop_plan.rule_groups for rule in group.rules if isinstance(rule, Recording)
    )
    recorded = {
        name: [replace(shown, record=name, expr=f"avg_over_time(x[{window}])", labels={})]
        for name, window in (("x:5m", "5m"), ("x:1h", "1h"))
    }
    rule = replace(subject.rule, expr="x:5m > 7 and x:1h > 7", for_="0s", annotations={})
    found = prove([replace(subject, rule=rule, recordings=recorded)], promtool, whole=True)
    assert found[0].through
    assert any(case.name.startswith("recorded: ") for case in found[0].cases)
    assert [mutant.what for mutant in mutation_scores(found, promtool)[0].survivors] == []
