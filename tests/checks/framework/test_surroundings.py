"""What a check of shares asks about the rest of its plan is noted, with the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.checks.cases import planned

from tocsin.checks import CHECKS
from tocsin.checks.framework.check import Finding, check_shares_with_outputs
from tocsin.checks.framework.plan_slice import shares
from tocsin.checks.framework.series_labels import carried_labels
from tocsin.checks.framework.surroundings import INDEXES, Surroundings
from tocsin.diagnostics import Level
from tocsin.plan_outputs import PlanOutputs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.outputs import Outputs
    from tocsin.checks.framework.plan_slice import Share
    from tocsin.plan.model import Plan


def _plan(text: str) -> Plan:
    made = planned(text)
    assert made is not None
    return made.plan


def test_answers_come_from_all_of_the_plan_and_are_noted() -> None:
    around = Surroundings(
        _plan("- alert: A\n  expr: up == 0\n- alert: B\n  expr: sum by (rack) (load1) > 9\n")
    )
    assert around.has(carried_labels, "rack")
    assert not around.has(carried_labels, "shelf")
    assert around.answers == {(carried_labels.name, "rack"): True, (carried_labels.name, "shelf"): False}
    assert not around.is_open
    assert not around.reads_outline
    around.whole_outline()
    assert around.reads_outline
    assert not around.is_open
    around.whole_plan()
    assert around.is_open


@check_shares_with_outputs("runbook/acted-on", Level.INFO)
def acted_on(share: Share, outputs: Outputs) -> Iterator[Finding]:
    for alert in share.alerts:
        if alert.runbook.actions and "actions" in (outputs.runbook_sections(alert.runbook.page.file) or ()):
            yield Finding("found", at=alert.place)


@pytest.mark.parametrize("asks", [True, False])
def test_who_asks_for_an_output_asks_for_the_whole_plan(asks: bool) -> None:
    plan = _plan("runbook: {actions: {restart: {title: Restart it}}}\n" if asks else "runbook: {}\n")
    [share] = shares(plan, 1)
    assert acted_on.run_share is not None
    assert bool([*acted_on.run_share(share, PlanOutputs(plan))]) is asks
    assert share.around.is_open is asks


@pytest.mark.parametrize(
    ("check", "first", "second", "asked"),
    [
        (
            "query/count-of-none",
            '- alert: A\n  expr: count(redis_connected{role="replica"}) < 2\n',
            '- alert: B\n  expr: absent(redis_connected{role="replica"})\n',
            ("series asked for by absent", ("redis_connected", "role", "=", "replica")),
        ),
        (
            "query/equals-regex",
            '- alert: A\n  expr: rate(requests_total{code="5.."}[5m]) > 1\n',
            "".join(f'- alert: B{number}\n  expr: errors{{code="5.."}} > 1\n' for number in range(3)),
            ("matchers of many rules", ("code", "5..")),
        ),
    ],
)
def test_a_share_learns_of_the_others_by_asking(
    check: str, first: str, second: str, asked: tuple[str, tuple[str, ...]]
) -> None:
    run = CHECKS[check].run_share
    assert run is not None
    for text, answer in ((first, False), (first + second, True)):
        plan = _plan(text)
        share, *_ = shares(plan, len(text.split("alert:")) - 1)
        assert bool([*run(share, PlanOutputs(plan))]) is not answer
        assert share.around.answers[asked] is answer
        assert asked[0] in INDEXES
