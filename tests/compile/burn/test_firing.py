"""Burn-rate alerts under promtool: they fire when the budget burns, at the time that follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.compile.burn.scenarios import DONE, FAILED, checkout, complaint, plan_with, write_rules

from tocsin.engines.promtool import check_rules
from tocsin.lang.promql.shape import metric_names
from tocsin.plan.model import Recording, Rule

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

PAGE, TICKET = "CheckoutBudgetBurn critical a", "CheckoutBudgetBurn warning a"
LOST = "CheckoutBudgetMissing warning"


def test_a_full_outage_is_noticed_when_the_long_window_has_its_share(
    promtool: Program, tmp_path: Path
) -> None:
    """At 99 %, 14.4 times the budget in one hour is 8.64 minutes of nothing but failures."""
    plan = plan_with(checkout("burn: {page: {severity: critical, spent: [2% in 1h]}}", objective="99%"))
    series = {DONE: "0+60x720 43200x60", FAILED: "0x720 60+60x59"}
    firing: dict[str, list[str]] = {"720m": [], "728m": [], "730m": [PAGE]}
    assert complaint(promtool, tmp_path, plan, series, firing) is None


def test_a_trickle_opens_a_ticket_and_wakes_nobody(promtool: Program, tmp_path: Path) -> None:
    """Four times the budget is above what the ticket waits for, and below what the page does."""
    series = {DONE: "0+9960x1500", FAILED: "0+40x1500"}
    assert complaint(promtool, tmp_path, plan_with(checkout()), series, {"1500m": [TICKET]}) is None


def test_no_failure_and_no_traffic_are_quiet(promtool: Program, tmp_path: Path) -> None:
    """A counter of failures that is not there yet counts as none; without traffic there is no share."""
    plan = plan_with(checkout())
    assert (
        complaint(
            promtool,
            tmp_path,
            plan,
            {DONE: "0+60x120"},
            {"120m": []},
            {
                "slo:bad_ratio:rate1h": {"120m": {'slo:bad_ratio:rate1h{shop="a", slo="checkout"}': 0}},
            },
        )
        is None
    )
    quiet = {DONE: "5x120", FAILED: "0x120"}
    assert (
        complaint(
            promtool,
            tmp_path,
            plan,
            quiet,
            {"120m": []},
            {
                "slo:bad_ratio:rate1h": {"120m": {}},
                "slo:bad:rate5m": {"120m": {'slo:bad:rate5m{shop="a", slo="checkout"}': 0}},
            },
        )
        is None
    )


def test_a_restart_is_no_outage(promtool: Program, tmp_path: Path) -> None:
    """Counters begin again at zero."""
    series = {DONE: "100000+60x60 0+60x60", FAILED: "5000x60 0x60"}
    assert (
        complaint(promtool, tmp_path, plan_with(checkout()), series, {"61m": [], "70m": [], "120m": []})
        is None
    )


def test_one_group_burns_beside_a_healthy_one(promtool: Program, tmp_path: Path) -> None:
    series = {
        DONE: "0x180",
        FAILED: "0+60x180",
        'checkouts_total{shop="b", result="ok"}': "0+6000x180",
    }
    assert complaint(promtool, tmp_path, plan_with(checkout()), series, {"180m": [PAGE, TICKET]}) is None


def test_after_the_outage_the_short_window_lets_go(promtool: Program, tmp_path: Path) -> None:
    plan = plan_with(checkout("burn: {page: {severity: critical, spent: [2% in 1h]}}", objective="99%"))
    series = {DONE: "0+60x720 43200x30 43260+60x60", FAILED: "0x720 60+60x29 1800x60"}
    assert complaint(promtool, tmp_path, plan, series, {"745m": [PAGE], "758m": []}) is None


@pytest.mark.parametrize(("failures", "firing"), [(4, []), (5, [PAGE])])
def test_the_floor_counts_bad_events(
    failures: int, firing: list[str], promtool: Program, tmp_path: Path
) -> None:
    """A small service that fails altogether has few events, and all of them are bad."""
    plan = plan_with(
        checkout("burn: {page: {severity: critical, spent: [2% in 1h]}, at_least: 5, missing: none}")
    )
    steps = " ".join(str(number) for number in range(failures + 1))
    series = {FAILED: f"0x120 {steps} {failures}x2", DONE: "7x140"}
    assert complaint(promtool, tmp_path, plan, series, {f"{121 + failures}m": firing}) is None


def test_what_vanishes_is_reported_by_group_and_what_never_was_as_well(
    promtool: Program, tmp_path: Path
) -> None:
    plan = plan_with(checkout())
    series = {DONE: "0+60x30 _x60", 'checkouts_total{shop="b", result="ok"}': "0+60x90"}
    assert complaint(promtool, tmp_path, plan, series, {"30m": [], "60m": [f"{LOST} a"]}) is None
    assert complaint(promtool, tmp_path, plan, {"up": "1x60"}, {"30m": [LOST]}) is None


def test_groups_have_objectives_of_their_own(promtool: Program, tmp_path: Path) -> None:
    """What breaks 99.9 % is within 95 %."""
    objective = "{default: 99.9%, by: shop, values: {b: 95%}}"
    plan = plan_with(checkout("burn: {page: {severity: critical, spent: [2% in 1h]}}", objective=objective))
    series = {
        DONE: "0+90x120",
        FAILED: "0+10x120",
        'checkouts_total{shop="b", result="ok"}': "0+90x120",
        'checkouts_total{shop="b", result="failed"}': "0+10x120",
    }
    assert (
        complaint(
            promtool,
            tmp_path,
            plan,
            series,
            {"120m": [PAGE]},
            {
                "slo:objective:ratio": {
                    "120m": {
                        'slo:objective:ratio{shop="a", slo="checkout"}': 0.999,
                        'slo:objective:ratio{shop="b", slo="checkout"}': 0.95,
                    }
                },
            },
        )
        is None
    )


def test_the_share_of_a_long_window_is_that_of_all_its_events(promtool: Program, tmp_path: Path) -> None:
    """A busy hour without failures weighs more than a quiet one that fails: 60 of 6,060 are bad."""
    plan = plan_with(checkout())
    series = {DONE: "0+100x60 6000x120", FAILED: "0x60 0+1x60 60x60"}
    value = {'slo:bad_ratio:rate30d{shop="a", slo="checkout"}': 60 / 6060}
    query = "round(slo:bad_ratio:rate30d, 0.000001)"
    rounded = {labels.replace("slo:bad_ratio:rate30d", ""): round(one, 6) for labels, one in value.items()}
    assert complaint(promtool, tmp_path, plan, series, {}, {query: {"180m": rounded}}) is None


INDICATORS = {
    "good": (
        "ratio: {good: 'sum(rate(a{ok=\"1\"}[30d]))', total: 'sum(increase(a[30d]))'}",
        {'a{ok="1"}': "0x60", 'a{ok="0"}': "0+60x60"},
    ),
    "classic histogram": (
        "latency: {histogram: b, within: 2s}",
        {'b_bucket{le="2.0"}': "0x60", 'b_bucket{le="+Inf"}': "0+60x60", "b_count": "0+60x60"},
    ),
    "buckets": (
        "latency: {buckets: 'sum by (le) (rate(b_bucket[30d]))', within: 500ms}",
        {'b_bucket{le="0.5"}': "0x60", 'b_bucket{le="+Inf"}': "0+60x60", "b_count": "0+60x60"},
    ),
    "a bucket that is not there": (
        "latency: {histogram: b, within: 700ms}",
        {'b_bucket{le="+Inf"}': "0+60x60", "b_count": "0+60x60"},
    ),
    "native histogram": (
        "latency: {histogram: h, within: 1s, kind: native}",
        {"h": "{{schema:0 count:0 sum:0 buckets:[0]}}+{{schema:0 count:6 sum:24 offset:3 buckets:[6]}}x60"},
    ),
    "gauge": ("up: probe_success", {"probe_success": "0x60"}),
    "slices": ("slices: {promql: max(lag_seconds), below: 800ms, unit: seconds}", {"lag_seconds": "1x60"}),
    "share": ("ratio: {share: 'sum(rate(a[30d])) / sum(rate(b[30d]))'}", {"a": "0+5x60", "b": "0+5x60"}),
}


def _measured_by(indicator: str) -> str:
    return (
        f"checkout:\n  title: T\n  objective: 99.9%\n  window: 30d\n  {indicator}\n"
        "  burn: {page: critical, ticket: warning}\n"
    )


@pytest.mark.parametrize("which", INDICATORS)
def test_each_indicator_pages_in_an_outage(which: str, promtool: Program, tmp_path: Path) -> None:
    indicator, series = INDICATORS[which]
    plan = plan_with(_measured_by(indicator))
    assert (
        complaint(
            promtool,
            tmp_path,
            plan,
            series,
            {"60m": ["CheckoutBudgetBurn critical", "CheckoutBudgetBurn warning"]},
        )
        is None
    )


@pytest.mark.parametrize("which", INDICATORS)
@pytest.mark.parametrize("version", ["promtool", "promtool_old"])
def test_promtool_accepts_the_rules_of_each_indicator(
    which: str, version: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    plan = plan_with(_measured_by(INDICATORS[which][0]))
    assert check_rules(request.getfixturevalue(version), write_rules(plan, tmp_path)) is None
    [group] = plan.rule_groups
    assert len(group.rules) <= 16


def test_a_floor_of_logs_counts_by_what_is_recorded() -> None:
    """Of logs nothing is recorded over an hour but the share."""
    logs = (
        'ratio: {engine: loki, bad: \'sum(count_over_time({app="x"} |= "error" [30d]))\', '
        "total: 'sum(count_over_time({app=\"x\"}[30d]))'}"
    )
    plan = plan_with(_measured_by(logs).replace("ticket: warning", "at_least: 5"))
    rules = [rule for group in plan.rule_groups for rule in group.rules]
    recorded = {rule.record for rule in rules if isinstance(rule, Recording)}
    read = {name for rule in rules if isinstance(rule, Rule) for name in metric_names(rule.expr)}
    assert read <= recorded


def test_the_description_names_the_objective_of_each_group() -> None:
    plan = plan_with(checkout(objective="{default: 99.9%, by: shop, values: {b: 95%, c: 99%, d: 95%}}"))
    [rule, _, _] = [rule for group in plan.rule_groups for rule in group.rules if isinstance(rule, Rule)]
    said = "99.9 % (b, d: 95 %; c: 99 %) good over 30d allows 0.1 % (b, d: 5 %; c: 1 %)"
    assert said in rule.annotations["description"]
