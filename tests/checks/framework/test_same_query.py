"""Rules of one query are found the same whether or not their texts were looked at before they are read."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

from tests.checks.cases import planned

from tocsin.checks.framework.same_query import rules_by_query_text
from tocsin.checks.rule import duplicates as rule_checks
from tocsin.plan_outputs import PlanOutputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from tocsin.plan.model import Rule

QUERIES = (
    *("a", "(a)", " a ", "a # now", 'a{x=">5"}', 'a { x = ">5" }', "sum(a)", "sum (a)", "(sum(a))"),
    *("a / b", "a/b", "a and b", "b or a", "a > 1", "2 < a", "a offset 5m", "a > bool 3", "sum(a > 5)"),
)
NUMBERS = (
    *("0", "1", "2", "9", "1.5", "10") * 3,
    *("-1", "- 1", "+2", "010", "010", "0x3", "1e1", ".5", "(2)", "5m"),
)


def _expression(choice: random.Random, queries: list[str]) -> str:
    query, number = choice.choice(queries), choice.choice(NUMBERS)
    op = choice.choice((">", ">", ">=", "<", "<=", "==", ">\n"))
    form = choice.choice(
        (
            "{q} {op} {n}",
            "{q} {op} {n}",
            "{q}{op}{n}  ",
            "{n} {op} {q}",
            "({q} {op} {n})",
            "{q} {op} {n} # why",
        )
    )
    return form.format(q=f"{query}\n" if "#" in query else query, op=op, n=number)


def _rules(choice: random.Random, thing: int) -> str:
    """Two or three rules for one thing."""
    queries = choice.sample(QUERIES, 2)
    return "".join(
        f"- alert: {choice.choice('AB')}\n"
        f"  expr: {json.dumps(_expression(choice, queries))}\n"
        f"  for: {choice.choice((1, 5))}m\n"
        f"  labels: {{severity: {severity}, thing: '{thing}'}}\n"
        for severity in choice.sample(("warning", "critical", "info"), choice.choice((2, 3)))
    )


def test_looking_at_the_end_of_a_text_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    choice = random.Random(7)
    made = planned("".join(_rules(choice, thing) for thing in range(3000)))
    assert made is not None
    seen = list(rule_checks.severity_order.run(made.plan, PlanOutputs(made.plan)))
    unread = 0

    def not_glimpsed(rules: Sequence[Rule]) -> None:
        nonlocal unread
        unread += rules_by_query_text(rules) is not None

    monkeypatch.setattr(rule_checks, "rules_by_query_text", not_glimpsed)
    read = list(rule_checks.severity_order.run(made.plan, PlanOutputs(made.plan)))
    assert seen == read
    assert len(read) > 300
    assert unread > 100
