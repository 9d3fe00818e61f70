"""A check that does not say that it reads texts finds the same in the outline of a plan."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from tests.checks.cases import every_case, planned

from tocsin.answers import give_answer
from tocsin.checks import CHECKS
from tocsin.checks.framework.plan_slice import shares
from tocsin.checks.framework.rules_index import GATHERERS, words_by_part
from tocsin.checks.framework.surroundings import INDEXES
from tocsin.plan.model import DashboardRef, Group
from tocsin.plan.outline import outline_of_group
from tocsin.plan_outputs import PlanOutputs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.checks.cases import Case

    from tocsin.checks.framework.rules_index import Words
    from tocsin.plan.model import Plan

_OF_OUTLINES = [
    case
    for case in every_case()
    if CHECKS[case.check].run_share is None and not CHECKS[case.check].reads_texts
]


def _outlined(plan: Plan) -> Plan:
    """The plan without texts, as if all of it were one group."""
    alerts = tuple(alert for group in plan.groups for alert in group.alerts)
    whole = Group("", "", None, DashboardRef("", "", None), alerts)
    group, rule_groups = outline_of_group((whole, tuple(plan.rule_groups)))
    rest = iter(group.alerts)
    groups = tuple(replace(one, alerts=tuple(next(rest) for _ in one.alerts)) for one in plan.groups)
    return replace(plan, groups=groups, rule_groups=rule_groups)


def _words_in_shares(plan: Plan, name: str) -> Sequence[Words]:
    return [GATHERERS[name](share) for share in shares(plan, 3)]


@pytest.mark.parametrize("case", _OF_OUTLINES, ids=lambda case: f"{case.check}:{case.line}")
def test_an_outline_is_enough(case: Case) -> None:
    made = planned(case.text)
    assert made is not None
    run, outputs = CHECKS[case.check].run, PlanOutputs(made.plan)
    outline = _outlined(made.plan)
    assert list(run(outline, outputs)) == list(run(made.plan, outputs))
    in_shares = replace(made.plan)
    by_share: Callable[[str], Sequence[Words]] = partial(_words_in_shares, in_shares)
    give_answer(words_by_part, in_shares, by_share)
    for index in INDEXES.values():
        assert index.find(outline) == index.find(made.plan) == index.find(in_shares), index.name


def test_most_checks_of_a_whole_plan_read_an_outline() -> None:
    readers = {check.id for check in CHECKS.values() if check.reads_texts}
    assert readers == {
        "policy/annotation-value",
        "policy/missing-annotation",
        "policy/missing-section",
        "policy/reject",
        "runbook/unused-procedure",
    }
    assert len({case.check for case in _OF_OUTLINES}) > 100
