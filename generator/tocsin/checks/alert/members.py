"""Checks of alerts that are written once for several label sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.diagnostics.model import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Alert, Plan


@check("alert/same-members", Level.WARNING)
def same_members(plan: Plan) -> Iterator[Finding]:
    """Two members of `for_each` have the same query.

    Why:
        Both fire for the same series at the same time, whatever the labels of the members say, and two
        teams may be notified of what concerns one of them.

    Fix:
        Select the series of each member by its labels, as `{service="${service}"}`.

    Bad:
        promql: max by (queue) (queue_length)
        thresholds: {warning: {above: 100}}
        for_each:
          - labels: {service: checkout}
          - labels: {service: search}

    Good:
        promql: max by (queue) (queue_length{service="${service}"})
        thresholds: {warning: {above: 100}}
        for_each:
          - labels: {service: checkout}
          - labels: {service: search}
    """
    for group in plan.groups:
        first: dict[tuple[str, str], Alert] = {}
        for alert in group.alerts:
            if alert.member is None or not alert.rules:
                continue
            written = alert.rules[0].written
            same = first.setdefault((alert.member.family, written.text.strip()), alert)
            if same is not alert:
                labels = ", ".join(f'{name}="${{{name}}}"' for name in alert.member.labels)
                yield Finding(
                    f"`{same.name}` and `{alert.name}` have the same query",
                    at=written.expr,
                    help=f"select the series of each member: `{{{labels}}}`",
                    about=alert.place,
                )
