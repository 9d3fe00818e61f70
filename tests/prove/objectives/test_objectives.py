"""Proofs of burn-rate alerts: series of each indicator, with the share of bad events that pairs wait for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from tests.compile.burn.scenarios import checkout, plan_with
from tests.compile.burn.test_firing import INDICATORS, _measured_by

from tocsin.prove.promtool.run import CaseGroup
from tocsin.prove.promtool.verify import case_failures
from tocsin.prove.rule_values import rule_values
from tocsin.prove.run import proof_subjects, prove
from tocsin.prove.verdict import Status
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from tocsin.engines.program import Program
    from tocsin.prove.verdict import Verdict

_THOROUGH = bool(os.environ.get("TOCSIN_THOROUGH"))
_LOGS = """\
checkout:
  title: T
  objective: 99%
  window: 30d
  ratio:
    engine: loki
    bad: 'sum by (app) (count_over_time({app=~".+"} |= "error" [30d]))'
    total: 'sum by (app) (count_over_time({app=~".+"}[30d]))'
  burn: {page: critical, ticket: warning}
"""
_SLOS = {
    "logs": _LOGS,
    **({name: _measured_by(one) for name, (one, _) in INDICATORS.items()} if _THOROUGH else {}),
}
_PAIRS = ("14.4x in 1h and 5m", "6x in 6h and 30m"), ("3x in 1d and 2h", "1x in 3d and 6h")
_TOGETHER = "never holds alone: `1x in 3d and 6h` then does, too"
"""What is bad as a whole for one of 333 moments is bad for one of 1,000, too, and so is never alone."""


def _proven(slos: str, promtool: Program) -> list[Verdict]:
    return prove(proof_subjects(plan_with(slos)), promtool)


def _names(verdict: Verdict) -> list[str]:
    return [case.name for case in verdict.cases]


@pytest.mark.parametrize("which", _SLOS)
def test_each_pair_of_each_indicator_is_proven_by_itself(which: str, promtool: Program) -> None:
    page, ticket, *missing = _proven(_SLOS[which], promtool)
    for verdict, pairs in zip((page, ticket), _PAIRS, strict=True):
        assert (verdict.fires, verdict.silent, verdict.refused) == (Status.PROVEN, Status.PROVEN, ())
        alone = [pair for pair in pairs if not any(pair in r and _TOGETHER in r for r in verdict.reasons)]
        assert alone == list(pairs) or which in ("gauge", "slices")
        assert {f"just {side} {pair}" for side in ("inside", "outside") for pair in alone} <= set(
            _names(verdict)
        )
    assert all(one.fires is one.silent is Status.PROVEN for one in missing)


def test_what_the_cases_of_an_objective_show(promtool: Program) -> None:
    """Groups, few events, restarts, missing data, what is recorded, and which severity is kept quiet."""
    page, ticket, missing = _proven(
        checkout("burn: {page: critical, ticket: warning, at_least: 5}"), promtool
    )
    assert [one.refused for one in (page, ticket, missing)] == [(), (), ()]
    assert {
        *("fires", "silent", "no traffic", "no data", "counter reset while healthy", "one of two"),
        *("recorded", "recorded 1d", "recorded 3d", "recorded 30d"),
        *("story of 14.4x in 1h and 5m", "short window of 6x in 6h and 30m"),
        *("4 bad events in 1h", "5 bad events in 1h", "4 bad events in 6h", "5 bad events in 6h"),
    } <= set(_names(page))
    outage = {case.name: case.title for case in ticket.cases}["fires"]
    assert "While it fires with severity `critical`, nobody is notified of this one" in outage
    one_of_two = next(case for case in page.cases if case.name == "one of two")
    assert [dict(labels)["shop"] for labels, _ in one_of_two.moments[0].expected] == ["shop-1"]
    assert {"fires", "silent", "one of two, a day later", "a day later"} <= set(_names(missing))


def test_a_full_outage_is_noticed_at_the_evaluation_that_is_promised(promtool: Program) -> None:
    """At 99 %, 14.4 times the budget in an hour takes 8m38s."""
    burn = "burn: {page: {severity: critical, spent: [14.4x in 1h]}, missing: none}"
    [page] = _proven(checkout(burn, "99%"), promtool)
    [case] = [case for case in page.cases if case.name == "fires"]
    assert case.title == "Everything fails: it fires within 9m, promised were 8m38s400ms."
    begun = 62
    assert [(moment.at, moment.firing) for moment in case.moments][:2] == [
        ((begun + 8) * 60, False),
        ((begun + 9) * 60, True),
    ]


@pytest.mark.parametrize("window", ["3d", "30d"])
def test_an_outage_that_a_window_of_a_day_notices_is_proven(window: str, promtool: Program) -> None:
    """Samples lie at the start of five minutes, where Prometheus 3 leaves them out of what is recorded."""
    burn = "burn: {ticket: {severity: warning, spent: [3x in 1d]}, missing: none}"
    [ticket] = _proven(checkout(burn, "99%").replace("30d", window), promtool)
    assert (ticket.fires, ticket.refused) == (Status.PROVEN, ())
    [case] = [case for case in ticket.cases if case.name == "fires"]
    said = "Everything fails, with an evaluation every 4m: it fires within 40m, promised were 43m12s."
    assert case.title == said


def test_a_pair_that_can_never_hold_is_named(promtool: Program) -> None:
    burn = "burn: {page: {severity: critical, for: 5m, spent: [14.4x in 1h, 5x in 1h]}, missing: none}"
    [page] = _proven(checkout(burn, "90%"), promtool)
    assert "`14.4x in 1h and 5m` can never hold: no share of bad events is above 100 %" in page.reasons
    assert page.fires is Status.PROVEN
    [page] = _proven(checkout(burn, "60%"), promtool)
    assert page.fires is Status.IMPOSSIBLE


def test_an_empty_sum_that_is_filled_is_no_group_of_its_own(promtool: Program) -> None:
    """`or vector(0)` adds a series without the group's labels, which finds no partner in the total."""
    burn = "burn: {ticket: {severity: warning, spent: [3x in 1d]}, missing: none}"
    filled = checkout(burn, "99%").replace('"failed"}[30d]))', '"failed"}[30d])) or vector(0)')
    [ticket] = _proven(filled, promtool)
    assert (ticket.fires, ticket.silent, ticket.reasons) == (Status.PROVEN, Status.PROVEN, ())
    assert "just inside 3x in 1d and 2h" in _names(ticket)


def test_a_pair_that_never_holds_without_another_is_named(promtool: Program) -> None:
    """So many bad moments of a day are enough for three days, whatever these were like."""
    burn = "burn: {page: {severity: critical, spent: [6x in 1h, 3x in 2h]}, missing: none}"
    [page] = _proven(_measured_by(INDICATORS["gauge"][0]).rsplit("  burn:", 1)[0] + f"  {burn}\n", promtool)
    reason = "`6x in 1h and 5m` never holds alone: `3x in 2h and 10m` then does, too"
    assert (page.reasons, page.fires) == ((reason,), Status.PROVEN)


def test_groups_with_an_objective_of_their_own_are_proven_apart(promtool: Program) -> None:
    """At 95 % the short window is held against 72 %, and no share is far above that."""
    burn = "burn: {page: {severity: critical, spent: [14.4x in 1h]}, missing: none}"
    objective = "{default: 99%, by: shop, values: {b: 95%}}"
    [page] = _proven(checkout(burn, objective), promtool)
    assert (page.fires, page.silent, page.reasons) == (Status.PROVEN, Status.PROVEN, ())
    pair = "14.4x in 1h and 5m"
    assert {f"just inside {pair} of b", f"short window of {pair} of b", "recorded 30d of b"} <= set(
        _names(page)
    )


@pytest.mark.parametrize(("window", "fires_too_soon"), [("2h", False), ("1h", True)])
def test_the_turn_of_a_short_window_tells_it_from_a_shorter_one(
    window: str, fires_too_soon: bool, promtool: Program
) -> None:
    burn = "burn: {ticket: {severity: warning, spent: [3x in 1d], for: 5m}, missing: none}"
    [ticket] = _proven(checkout(burn, "99%"), promtool)
    [case] = [case for case in ticket.cases if case.name == "short window of 3x in 1d and 2h"]
    assert [moment.firing for moment in case.moments] == [False, False, True, True]
    rules = yaml_text(
        {"groups": [{"name": "proof", "rules": rule_values(ticket.subject.rule, ticket.through)}]}
    )
    [[said]] = case_failures(promtool, [CaseGroup(rules.replace("[2h]", f"[{window}]"), (case,))])
    assert (said is not None) is fires_too_soon


def test_a_short_window_of_hours_is_shown_by_single_bad_moments(promtool: Program) -> None:
    """One of 1,030 samples is below 0.1 %, one of 982 above it."""
    burn = "burn: {ticket: {severity: warning, spent: [1x in 3d]}, missing: none}"
    spec = _measured_by(INDICATORS["gauge"][0]).rsplit("  burn:", 1)[0] + f"  {burn}\n"
    [ticket] = _proven(spec, promtool)
    assert (ticket.fires, ticket.silent, ticket.reasons) == (Status.PROVEN, Status.PROVEN, ())
    titles = {case.name: case.title for case in ticket.cases}
    assert "1 of 1029 samples" in titles["short window just below 1x in 3d and 6h"]
    assert "1 of 982 samples" in titles["short window just above 1x in 3d and 6h"]


@pytest.mark.parametrize("reach", ["1m", "10m"])
def test_slices_that_look_back_are_proven(reach: str, promtool: Program) -> None:
    """Right after a turn such a slice sees good and bad samples, and nobody knows which it is."""
    indicator = f"slices: {{promql: 'max by (shop) (rate(lag_seconds_total[{reach}]))', below: 0.5}}"
    burn = "burn: {page: {severity: critical, spent: [6x in 6h]}}"
    spec = _measured_by(indicator).rsplit("  burn:", 1)[0] + f"  {burn}\n"
    verdicts = _proven(spec.replace("99.9%", "99%"), promtool)
    assert [(one.fires, one.silent, one.reasons) for one in verdicts] == [
        (Status.PROVEN, Status.PROVEN, ())
    ] * 2
    assert "just inside 6x in 6h and 30m" in _names(verdicts[0])


def test_severities_that_do_not_inhibit_each_other_are_told(promtool: Program) -> None:
    burn = (
        "burn: {page: {severity: critical, spent: [2% in 1h]}, missing: none, "
        "ticket: {severity: warning, spent: [1% in 1h], alert: CheckoutSlow}}"
    )
    _, ticket = _proven(checkout(burn), promtool)
    reason = "`CheckoutBudgetBurn (critical)` does not inhibit it: of one incident, both are notified"
    assert ticket.reasons == (reason,)
