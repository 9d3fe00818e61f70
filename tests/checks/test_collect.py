"""Checks give the same, however many processes share them out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from tests.checks.cases import every_case, planned

from tocsin.checks import CHECKS
from tocsin.checks.base import Finding, check
from tocsin.checks.collect import collect
from tocsin.diagnostics import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan

RULES = "- alert: A\n  expr: up\n- alert: B\n  expr: up\n"
HERE = os.getpid()


def _plan(text: str) -> Plan:
    made = planned(text)
    assert made is not None
    return made.plan


@pytest.mark.parametrize("processes", [2, 3, 50])
def test_every_case_gives_the_same_in_any_number_of_processes(processes: int) -> None:
    checks = list(CHECKS.values())
    for case in list(every_case())[::9]:
        plan = _plan(case.text)
        assert collect(checks, plan, processes) == collect(checks, plan, 1)


@check("rule/names", Level.INFO)
def names(plan: Plan) -> Iterator[Finding]:
    for rule in plan.rule_groups[0].rules:
        yield Finding("found", at=rule.written.name)


@check("rule/broken", Level.INFO)
def broken(plan: Plan) -> Iterator[Finding]:
    yield from names.run(plan)
    raise KeyError("x")


@check("rule/deadly", Level.INFO)
def deadly(plan: Plan) -> Iterator[Finding]:
    if os.getpid() != HERE:
        os.kill(os.getpid(), 9)
    yield from names.run(plan)


def test_a_check_that_breaks_off_keeps_what_it_found_and_a_process_that_dies_is_replaced() -> None:
    plan = _plan(RULES)
    for order in ([names, broken, deadly, names], [deadly, deadly, broken]):
        outcomes = collect(order, plan, 2)
        assert [len(outcome.findings) for outcome in outcomes] == [2] * len(order)
        assert [outcome.broke_off for outcome in outcomes] == [
            "KeyError: 'x'" if one is broken else None for one in order
        ]
