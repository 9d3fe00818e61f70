"""The team's own rules for runbooks: which sections an alert of a severity has to have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.runbook_texts import spec_alerts
from tocsin.diagnostics.model import Level
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Alert, Plan


@check("policy/missing-section", Level.ERROR, reads_texts=True)
def missing_section(plan: Plan) -> Iterator[Finding]:
    """A runbook lacks a section that the policy demands for the severity of its alert.

    Why:
        What a page must tell depends on whom it wakes: somebody who is called at night needs to know what
        is hurt, how to find the cause, what to do, and who is next.

    Fix:
        Write the section, be it in one line.

    Bad:
        policy: {runbooks: {warning: [impact, actions]}}
        ---
        runbook: {impact: [Nobody can buy.]}

    Good:
        policy: {runbooks: {warning: [impact, actions]}}
        ---
        runbook:
          impact: [Nobody can buy.]
          actions: {restart: {title: Restart the shop}}
    """
    demanded = plan.policy.runbooks if plan.policy else {}
    for alert in spec_alerts(plan) if demanded else ():
        for rule in alert.rules:
            lacking = [name for name in demanded.get(rule.severity, ()) if not _has(plan, alert, name)]
            if lacking:
                said = " and ".join(f"`{name}`" for name in lacking)
                yield Finding(
                    f"the policy wants {said} in the runbook of a {rule.severity} alert",
                    at=alert.place if alert.place.key else Place(alert.place.path, key=True),
                    help=_mended(lacking),
                    about=alert.place,
                )
                break


def _has(plan: Plan, alert: Alert, section: str) -> bool:
    if section == "escalation":
        return bool(plan.escalation.levels)
    if section == "respond":
        said = alert.runbook.respond
        return any((said.detect_to_act, said.act_to_resolve, said.mttr))
    # What a page elsewhere says is not known.
    return bool(getattr(alert.runbook, section)) or alert.runbook.url is not None


def _mended(lacking: list[str]) -> str:
    own = [name for name in lacking if name != "escalation"]
    if not own:
        return "write the levels under `escalation:` at the top of the spec"
    return f"write {' and '.join(f'`{name}:`' for name in own)} under the alert's `runbook:`"
