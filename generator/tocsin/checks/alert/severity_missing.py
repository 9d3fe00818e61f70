"""Checks of alerts that have no severity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.diagnostics.model import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan


@check("alert/no-severity", Level.WARNING)
def no_severity(plan: Plan) -> Iterator[Finding]:
    """An alert of a spec has `severity: none`, so that its rule sets no label `severity`.

    Why:
        Routes by severity do not see the alert: it goes where its other labels lead, mostly to the
        catch-all. No severity inhibits it, and nobody who is notified can tell how urgent it is.

    Fix:
        Write the severity that is meant. Where a receiver is to get the alert whatever happens, as a
        dead man's switch, give the reason under `allow:`.

    Bad:
        expr: vector(1)
        severity: none

    Good:
        expr: up == 0
        severity: warning
    """
    for group in plan.groups:
        for alert in group.alerts:
            for rule in alert.rules:
                if rule.severity:
                    continue
                receivers = dict.fromkeys(one.receiver for one in alert.told if not one.severity)
                told = ", ".join(f"`{name}`" for name in receivers)
                yield Finding(
                    f"`{rule.alert}` has no severity, so no route by severity takes it"
                    + (f": {told} is notified" if told else ""),
                    at=rule.written.labels["severity"],
                    help="write the severity that is meant",
                    about=rule.place,
                )
