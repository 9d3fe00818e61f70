"""Checks of what rulers keep of the rules that they get over their APIs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.diagnostics.model import Level
from tocsin.plan.model import Engine, Recording
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan


@check("deliver/mimir-ruler", Level.ERROR)
def mimir_ruler(plan: Plan) -> Iterator[Finding]:
    """A rule group for Mimir has a `limit`, which its ruler does not keep.

    Why:
        Mimir takes the group without an error and stores it without the limit, so that the rule that makes
        too many alerts or series is not stopped.

    Fix:
        Leave it out, and set `ruler_max_rule_evaluation_results` for the tenant in Mimir.

    Bad:
        deliver: {mimir: {namespace: shop}}
        recordings:
          jobs:
            limit: 100
            rules:
              - {record: 'job:up:sum', promql: sum by (job) (up)}

    Good:
        deliver: {mimir: {namespace: shop}}
        recordings:
          jobs:
            rules:
              - {record: 'job:up:sum', promql: sum by (job) (up)}
    """
    for ruler in plan.rulers:
        for group in plan.rule_groups if ruler.engine is Engine.PROMETHEUS else ():
            if group.engine is ruler.engine and group.limit:
                yield Finding(
                    f"Mimir's ruler does not keep the `limit` of the group `{group.name}`",
                    at=Place((*group.place.path, "limit"), key=True),
                    help="leave it out, and set `ruler_max_rule_evaluation_results` in Mimir",
                    about=group.place,
                )


@check("deliver/loki-ruler", Level.ERROR)
def loki_ruler(plan: Plan) -> Iterator[Finding]:
    """An alert for Loki's ruler has `keep_firing_for`, which its API does not keep.

    Why:
        Loki takes the rule without an error and stores it without the field, so that the alert is resolved
        at once.

    Fix:
        Leave it out; a longer range in the query, such as `[15m]`, keeps the alert as well.

    Bad:
        deliver: {loki: {namespace: shop}}
        groups:
          app:
            title: App
            alerts:
              Errors:
                summary: errors
                description: too many
                logql: sum(rate({app="web"} |= "error" [5m]))
                keep_firing_for: 10m
                thresholds: {warning: {above: 1}}

    Good:
        deliver: {loki: {namespace: shop}}
        groups:
          app:
            title: App
            alerts:
              Errors:
                summary: errors
                description: too many
                logql: sum(rate({app="web"} |= "error" [15m]))
                thresholds: {warning: {above: 1}}
    """
    seen: set[Place] = set()
    for ruler in plan.rulers:
        for group in plan.rule_groups if ruler.engine is Engine.LOKI else ():
            for rule in group.rules if group.engine is ruler.engine else ():
                kept = isinstance(rule, Recording) or rule.keep_firing_for in (None, "0s")
                if not kept and rule.place not in seen:
                    seen.add(rule.place)
                    yield Finding(
                        "Loki's ruler does not keep `keep_firing_for`",
                        at=rule.place,
                        help="leave `keep_firing_for` out, or ask over a longer range in the query",
                    )
