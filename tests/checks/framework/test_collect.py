"""Checks give the same, however many processes share them out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from tests.checks.cases import every_case, planned

from tocsin.checks import CHECKS
from tocsin.checks.framework.check import Finding, check, check_shares
from tocsin.checks.framework.collect import run_each
from tocsin.checks.framework.plan_slice import shares
from tocsin.checks.framework.rules import rules_with_groups
from tocsin.diagnostics import Level
from tocsin.plan_outputs import PlanOutputs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.collect import CheckOutcome
    from tocsin.checks.framework.plan_slice import Share
    from tocsin.plan.model import Plan

RULES = "- alert: A\n  expr: up\n- alert: B\n  expr: up\n"
HERE = os.getpid()


def _plan(text: str) -> Plan:
    made = planned(text)
    assert made is not None
    return made.plan


# With 50, most shares are empty, and each of the 50 is forked anew for each case.
@pytest.mark.parametrize(("processes", "every"), [(2, 9), (3, 20), (50, 300)])
def test_cases_give_the_same_in_any_number_of_processes(processes: int, every: int) -> None:
    checks = list(CHECKS.values())
    for case in list(every_case())[::every]:
        plan = _plan(case.text)
        outputs = PlanOutputs(plan)
        # Their order is made by `run`, by place.
        shared, alone = ([_found(one) for one in run_each(checks, plan, outputs, n)] for n in (processes, 1))
        assert shared == alone


def _found(outcome: CheckOutcome) -> tuple[list[str], str | None]:
    return sorted(map(repr, outcome.findings)), outcome.broke_off


def _names(plan: Plan) -> Iterator[Finding]:
    for rule in plan.rule_groups[0].rules:
        yield Finding("found", at=rule.written.name)


@check("rule/names", Level.INFO)
def names(plan: Plan) -> Iterator[Finding]:
    yield from _names(plan)


@check("rule/broken", Level.INFO)
def broken(plan: Plan) -> Iterator[Finding]:
    yield from _names(plan)
    raise KeyError("x")


@check("rule/deadly", Level.INFO)
def deadly(plan: Plan) -> Iterator[Finding]:
    if os.getpid() != HERE:
        os.kill(os.getpid(), 9)
    yield from _names(plan)


def test_a_check_that_breaks_off_keeps_what_it_found_and_a_process_that_dies_is_replaced() -> None:
    plan = _plan(RULES)
    for order in ([names, broken, deadly, names], [deadly, deadly, broken]):
        outcomes = run_each(order, plan, PlanOutputs(plan), 2)
        assert [len(outcome.findings) for outcome in outcomes] == [2] * len(order)
        assert [outcome.broke_off for outcome in outcomes] == [
            "KeyError: 'x'" if one is broken else None for one in order
        ]


@check_shares("rule/half", Level.INFO)
def half(share: Share) -> Iterator[Finding]:
    for _, rule in rules_with_groups(share):
        if rule.expr == "broken":
            raise KeyError("x")
        yield Finding("found", at=rule.written.name)


def test_a_check_of_shares_breaks_off_at_the_same_rule_in_any_number_of_processes() -> None:
    exprs = ["up"] * 40 + ["broken"] + ["up"] * 40
    plan = _plan("".join(f"- alert: A{number}\n  expr: {expr}\n" for number, expr in enumerate(exprs)))
    for processes in (1, 2, 3):
        [outcome] = run_each([half], plan, PlanOutputs(plan), processes)
        assert outcome.broke_off == "KeyError: 'x'"
        assert len(outcome.findings) == 40
        assert outcome.findings[-1].at == plan.rule_groups[0].rules[39].written.name


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_shares_hold_each_rule_and_each_alert_once_and_in_their_order(count: int) -> None:
    for case in list(every_case())[::20]:
        plan = _plan(case.text)
        found = shares(plan, count)
        assert len(found) == count
        assert [rule for share in found for rule in share.rules] == list(rules_with_groups(plan))
        assert [alert for share in found for alert in share.alerts] == [
            alert for group in plan.groups for alert in group.alerts
        ]
        assert tuple(one for share in found for one in share.procedures) == plan.procedures
