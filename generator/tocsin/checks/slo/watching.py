"""An objective and its alerts: does any watch it, at the right time, and the right way round?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.query_trees import promql_tree
from tocsin.checks.slo.burn_rates import slo_coverages
from tocsin.checks.slo.phrases import levels_below, place_of_objective
from tocsin.diagnostics.model import Level
from tocsin.lang.durations import format_duration
from tocsin.lang.promql.ast import Range, walk
from tocsin.plan.source_spans import expr_piece
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.slo.burn_rates import BurnCondition
    from tocsin.plan.model import Plan


@check("slo/unwatched", Level.WARNING)
def unwatched(plan: Plan) -> Iterator[Finding]:
    """No alert watches an objective.

    Why:
        The promise can be broken for weeks, and the first to notice are those to whom it was made.

    Fix:
        Name under `alerts:` those that watch it, or write one.

    Bad:
        slos:
          checkout:
            title: Checkouts succeed
            objective: 99.5%
            window: 30d
            ratio:
              bad: sum(rate(checkouts_total{result="failed"}[30d]))
              total: sum(rate(checkouts_total[30d]))

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
                thresholds: {warning: {above: 0.005, for: 10m}}
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
    measuring = {one.slo.name: one.conditions for one in slo_coverages(plan)}
    for slo in plan.slos:
        if slo.alerts:
            continue
        same = sorted({one.rule.alert for one in measuring.get(slo.name, ()) if one.worse})
        yield Finding(
            f"no alert watches `{slo.name}`: nothing reports when less than {slo.objective_text} are good",
            at=Place(slo.place.path, key=True),
            help=f"`{same[0]}` measures the same: write `alerts: [{', '.join(same)}]`"
            if same
            else "name the alerts that watch it under `alerts:`",
            about=slo.place,
        )


@check("slo/reversed", Level.WARNING)
def reversed_(plan: Plan) -> Iterator[Finding]:
    """An alert that watches an objective fires while things are good, and is silent when they are bad.

    Why:
        The comparison is the wrong way round, or the query gives the good share where the bad one was meant.

    Fix:
        Turn the comparison around.

    Bad:
        groups:
          shop:
            title: Shop
            alerts:
              CheckoutErrors:
                summary: checkouts fail
                description: "{{ $value | humanizePercentage }}"
                promql: |
                  1 - sum(rate(checkouts_total{result="failed"}[30d]))
                    / sum(rate(checkouts_total[30d]))
                unit: ratio
                thresholds: {warning: {above: 99.5%}}
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
                  1 - sum(rate(checkouts_total{result="failed"}[30d]))
                    / sum(rate(checkouts_total[30d]))
                unit: ratio
                thresholds: {warning: {below: 99.5%}}
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
    for watch in slo_coverages(plan):
        for one in watch.named:
            if not one.worse and one.alone:
                yield Finding(
                    f"`{one.rule.alert}` fires while {levels_below(one)},"
                    f" which is what `{watch.slo.name}` asks for",
                    at=expr_piece(one.rule, one.number),
                    also=((place_of_objective(watch.slo), "promised here"),),
                    help="turn the comparison around",
                    about=watch.slo.place,
                )


@check("slo/window", Level.WARNING)
def window(plan: Plan) -> Iterator[Finding]:
    """An alert looks further back than the window of the objective that it watches.

    Why:
        It still fires for what is long forgiven, and what broke the objective within its window is thinned
        by all that was good before.

    Fix:
        Give the query a range no longer than the window.

    Bad:
        groups:
          shop:
            title: Shop
            alerts:
              CheckoutErrors:
                summary: checkouts fail
                description: "{{ $value | humanizePercentage }}"
                promql: |
                  sum(rate(checkouts_total{result="failed"}[30d]))
                    / sum(rate(checkouts_total[30d]))
                unit: ratio
                thresholds: {warning: {above: 0.5%}}
        slos:
          checkout:
            title: Checkouts succeed
            objective: 99.5%
            window: 7d
            ratio:
              bad: sum(rate(checkouts_total{result="failed"}[7d]))
              total: sum(rate(checkouts_total[7d]))
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
                  sum(rate(checkouts_total{result="failed"}[7d]))
                    / sum(rate(checkouts_total[7d]))
                unit: ratio
                thresholds: {warning: {above: 0.5%}}
        slos:
          checkout:
            title: Checkouts succeed
            objective: 99.5%
            window: 7d
            ratio:
              bad: sum(rate(checkouts_total{result="failed"}[7d]))
              total: sum(rate(checkouts_total[7d]))
            alerts: [CheckoutErrors]
    """
    for watch in slo_coverages(plan):
        told: set[tuple[str, float]] = set()
        for one in watch.named:
            if one.reach is None or one.reach <= watch.window or (one.rule.alert, one.reach) in told:
                continue
            told.add((one.rule.alert, one.reach))
            yield Finding(
                f"`{one.rule.alert}` looks back {format_duration(round(one.reach * 1000))}, but "
                f"`{watch.slo.name}` is about {watch.slo.window}",
                at=_range(one),
                also=((Place((*watch.slo.place.path, "window")), "the window of the objective"),),
                help=f"give the query a range of {watch.slo.window} or less",
                about=watch.slo.place,
            )


def _range(one: BurnCondition) -> Place:
    """The first range of the rule that is as long as it looks back."""
    tree = promql_tree(one.rule.expr)
    for node in () if tree is None else walk(tree):
        if isinstance(node, Range) and node.range.seconds == one.reach:
            return expr_piece(one.rule, node.range.span)
    return one.rule.written.expr
