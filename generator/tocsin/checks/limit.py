"""Checks of how many rules and groups a ruler takes, where rules are delivered to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.diagnostics.model import Level
from tocsin.plan.model import Rule
from tocsin.plan.ruler_groups import divided_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan


@check("limit/rules-per-group", Level.ERROR)
def rules_per_group(plan: Plan) -> Iterator[Finding]:
    """An alert has more severities than a ruler takes rules in a group.

    Why:
        A group with too many rules is divided, but the severities of one alert stay together, so that they
        are decided by the same samples. The ruler refuses the group that they are in.

    Fix:
        Let the ruler take more rules in a group, and write that number.

    Bad:
        deliver: {mimir: {namespace: shop, rules_per_group: 1}}
        groups:
          web:
            title: Web
            alerts:
              Errors:
                summary: errors
                description: too many
                promql: sum(rate(errors_total[5m]))
                thresholds: {warning: {above: 1}, critical: {above: 5}}

    Good:
        deliver: {mimir: {namespace: shop, rules_per_group: 2}}
        groups:
          web:
            title: Web
            alerts:
              Errors:
                summary: errors
                description: too many
                promql: sum(rate(errors_total[5m]))
                thresholds: {warning: {above: 1}, critical: {above: 5}}
    """
    for ruler in plan.rulers:
        most = ruler.rules_per_group
        for groups in divided_rules(plan, ruler).groups.values():
            for group in (one.group for one in groups if 0 < most < len(one.group.rules)):
                first, count = group.rules[0], len(group.rules)
                if isinstance(first, Rule):
                    yield Finding(
                        f"`{first.alert}` makes {count} rules, and the ruler takes {most} in a group",
                        at=first.written.name,
                        help=f"let the ruler take {count} rules in a group, and write "
                        f"`rules_per_group: {count}`",
                        about=first.place,
                    )


@check("limit/groups", Level.ERROR)
def groups(plan: Plan) -> Iterator[Finding]:
    """There are more rule groups than a ruler takes of a tenant, or so many that it lets none be changed.

    Why:
        What is beyond the limit is refused, and those rules are not evaluated. A group that is changed
        counts twice while it is stored: with as many groups as the limit says, Mimir and Loki refuse
        every change.

    Fix:
        Let the ruler take more groups of the tenant, and write that number; or more rules in a group.

    Bad:
        deliver: {mimir: {namespace: shop, groups: 1}}
        recordings:
          jobs: {rules: [{record: 'job:up:sum', promql: sum by (job) (up)}]}
          nodes: {rules: [{record: 'node:up:sum', promql: sum by (node) (up)}]}

    Good:
        deliver: {mimir: {namespace: shop, groups: 3}}
        recordings:
          jobs: {rules: [{record: 'job:up:sum', promql: sum by (job) (up)}]}
          nodes: {rules: [{record: 'node:up:sum', promql: sum by (node) (up)}]}
    """
    for ruler in plan.rulers:
        for tenant, held in divided_rules(plan, ruler).groups.items():
            count, most = len(held), ruler.groups
            if 0 < most <= count:
                of = f" of the tenant `{tenant}`" if tenant else ""
                refused = f"takes {most}" if most < count else "lets none of so many be changed"
                groups = "rule group" if count == 1 else "rule groups"
                yield Finding(
                    f"there {'is' if count == 1 else 'are'} {count} {groups}{of}, and the ruler {refused}",
                    at=ruler.place,
                    help=f"let the ruler take {count + 1} groups of the tenant, and write "
                    f"`groups: {count + 1}`",
                )
