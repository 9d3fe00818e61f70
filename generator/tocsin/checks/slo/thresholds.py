"""Thresholds beside what an objective allows: too far beyond it, or well below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.slo.burn_rates import slo_coverages
from tocsin.checks.slo.phrases import firing_level, multiple, objective_level, place_of_objective
from tocsin.diagnostics.model import Level
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.slo.burn_rates import BurnCondition, Watch
    from tocsin.plan.model import Plan

# The slowest burn that people write alerts for, beside that which just breaks the objective.
_SLOWEST_BURN = 2


@check("slo/threshold-too-loose", Level.WARNING)
def threshold_too_loose(plan: Plan) -> Iterator[Finding]:
    """Every alert on what an objective measures has a threshold beyond what the objective allows.

    Why:
        Between what was promised and what the alert waits for, the promise is broken, for any length of time,
        and no alert fires.

    Fix:
        Give one severity the objective's own limit, or promise less.

    Bad:
        groups:
          db:
            title: Database
            alerts:
              SlowQueries:
                summary: queries are slow
                description: "{{ $value | humanizeDuration }}"
                promql: |
                  histogram_quantile(0.95,
                    sum by (le) (rate(query_seconds_bucket[5m])))
                unit: seconds
                thresholds: {warning: {above: 1s, for: 5m}}
        slos:
          queries:
            title: Queries are fast
            objective: 95%
            window: 30d
            latency: {histogram: query_seconds, within: 500ms}
            alerts: [SlowQueries]

    Good:
        groups:
          db:
            title: Database
            alerts:
              SlowQueries:
                summary: queries are slow
                description: "{{ $value | humanizeDuration }}"
                promql: |
                  histogram_quantile(0.95,
                    sum by (le) (rate(query_seconds_bucket[5m])))
                unit: seconds
                thresholds:
                  warning: {above: 500ms, for: 5m}
                  critical: {above: 1s, for: 5m}
        slos:
          queries:
            title: Queries are fast
            objective: 95%
            window: 30d
            latency: {histogram: query_seconds, within: 500ms}
            alerts: [SlowQueries]
    """
    for watch in slo_coverages(plan):
        found = _uncovered(watch)
        if found is not None and _is_no_burn_rate(found, watch):
            yield Finding(
                f"`{found.rule.alert}` waits for {firing_level(found)}, but `{watch.slo.name}` "
                f"is broken from {objective_level(watch.slo)} on",
                at=expr_piece(found.rule, found.number),
                also=((place_of_objective(watch.slo), "promised here"),),
                help=f"let one severity fire at {objective_level(watch.slo)}{_at_quantile(found, watch)}",
                about=watch.slo.place,
            )


@check("slo/slow-burn", Level.INFO)
def slow_burn(plan: Plan) -> Iterator[Finding]:
    """Every alert on an objective waits for a fast burn: at a slower one the budget goes unseen.

    Why:
        A threshold of ten times the error budget finds the outage of an hour. What fails twice as often
        as promised, all month long, breaks the objective as surely, and no alert fires.

    Fix:
        Add an alert over a longer range, of the budget itself, with a severity that may wait until morning.

    Bad:
        groups:
          shop:
            title: Shop
            alerts:
              CheckoutErrors:
                summary: checkouts fail
                description: "{{ $value | humanizePercentage }}"
                promql: |
                  sum(rate(checkouts_total{result="failed"}[1h]))
                    / sum(rate(checkouts_total[1h]))
                unit: ratio
                thresholds: {warning: {above: 7.2%}}
        slos:
          checkout:
            title: Checkouts succeed
            objective: 99.5%
            window: 30d
            ratio:
              bad: sum(rate(checkouts_total{result="failed"}[30d]))
              total: sum(rate(checkouts_total[30d]))
            alerts: [CheckoutErrors]

    Good:
        groups:
          shop:
            title: Shop
            alerts:
              CheckoutErrors:
                summary: checkouts fail
                description: "{{ $value | humanizePercentage }}"
                promql: |
                  sum(rate(checkouts_total{result="failed"}[1h]))
                    / sum(rate(checkouts_total[1h]))
                unit: ratio
                thresholds: {warning: {above: 7.2%}}
              BudgetSpent:
                summary: the error budget is spent
                description: "{{ $value | humanizePercentage }}"
                promql: |
                  sum(rate(checkouts_total{result="failed"}[3d]))
                    / sum(rate(checkouts_total[3d]))
                unit: ratio
                thresholds: {warning: {above: 0.5%}}
        slos:
          checkout:
            title: Checkouts succeed
            objective: 99.5%
            window: 30d
            ratio:
              bad: sum(rate(checkouts_total{result="failed"}[30d]))
              total: sum(rate(checkouts_total[30d]))
            alerts: [CheckoutErrors, BudgetSpent]
    """
    for watch in slo_coverages(plan):
        found = _uncovered(watch)
        if found is not None and not _is_no_burn_rate(found, watch) and watch.slo.alerts:
            yield Finding(
                f"no alert sees the error budget of `{watch.slo.name}` burn at less than "
                f"{multiple(found.times)} times its rate",
                at=expr_piece(found.rule, found.number),
                label=f"{multiple(found.times)} × {watch.slo.budget_text}",
                also=((place_of_objective(watch.slo), "promised here"),),
                help=f"add an alert at {watch.slo.budget_text} over a longer range, or a threshold "
                "for a lower severity",
                about=watch.slo.place,
            )


@check("slo/threshold-too-strict", Level.INFO)
def threshold_too_strict(plan: Plan) -> Iterator[Finding]:
    """The most urgent severity fires while the objective is kept, and could go on with that for ever.

    Why:
        Somebody is woken up although all is as it was promised. Either more is meant than what was
        promised, or less is enough for the page.

    Fix:
        Give the page the objective's limit or a burn rate, and the earlier warning a lower severity; or
        promise more.

    Bad:
        groups:
          shop:
            title: Shop
            alerts:
              CheckoutErrors:
                summary: checkouts fail
                description: "{{ $value | humanizePercentage }}"
                promql: |
                  sum(rate(checkouts_total{result="failed"}[1h]))
                    / sum(rate(checkouts_total[1h]))
                unit: ratio
                thresholds: {critical: {above: 0.1%}}
                runbook: {actions: {call: {title: Call the bank}}}
        slos:
          checkout:
            title: Checkouts succeed
            objective: 99.5%
            window: 30d
            ratio:
              bad: sum(rate(checkouts_total{result="failed"}[30d]))
              total: sum(rate(checkouts_total[30d]))
            alerts: [CheckoutErrors]

    Good:
        groups:
          shop:
            title: Shop
            alerts:
              CheckoutErrors:
                summary: checkouts fail
                description: "{{ $value | humanizePercentage }}"
                promql: |
                  sum(rate(checkouts_total{result="failed"}[1h]))
                    / sum(rate(checkouts_total[1h]))
                unit: ratio
                thresholds:
                  warning: {above: 0.1%}
                  critical: {above: 7.2%}
                runbook: {actions: {call: {title: Call the bank}}}
        slos:
          checkout:
            title: Checkouts succeed
            objective: 99.5%
            window: 30d
            ratio:
              bad: sum(rate(checkouts_total{result="failed"}[30d]))
              total: sum(rate(checkouts_total[30d]))
            alerts: [CheckoutErrors]
    """
    urgent = plan.severities[0].name if plan.severities else None
    for watch in slo_coverages(plan):
        for one in watch.named:
            early = one.is_time or (one.reach is not None and one.reach < watch.window)
            if one.rule.severity == urgent and one.worse and one.alone and one.times < 1 and early:
                yield Finding(
                    f"`{one.rule.alert}` is {urgent} from {firing_level(one)} on, while `{watch.slo.name}` "
                    f"is kept up to {objective_level(watch.slo)}",
                    at=expr_piece(one.rule, one.number),
                    also=((place_of_objective(watch.slo), "promised here"),),
                    help="let a lower severity warn this early, or promise more",
                    about=watch.slo.place,
                )


def _at_quantile(found: BurnCondition, watch: Watch) -> str:
    """The quantile that the objective is about, where the alert compares another one."""
    return "" if found.quantile is None else f" of the quantile {float(watch.slo.objective):g}"


def _uncovered(watch: Watch) -> BurnCondition | None:
    """The alternative that fires first, where all that measures the same waits beyond the objective."""
    # What looks further back than the window says nothing of it: all that was good before thins the bad.
    firing = [one for one in watch.conditions if one.worse and (one.reach or 0) <= watch.window]
    if not watch.understood or not firing or any(one.times <= 1 for one in firing):
        return None
    named = [one for one in firing if one.rule.alert_key in watch.slo.alerts] or firing
    return min(named, key=lambda one: (not _is_no_burn_rate(one, watch), one.times))


def _is_no_burn_rate(one: BurnCondition, watch: Watch) -> bool:
    """Whether it cannot be meant for errors that come so fast that the budget is gone before its time."""
    return one.is_time or one.times < _SLOWEST_BURN or (one.reach is not None and one.reach >= watch.window)
