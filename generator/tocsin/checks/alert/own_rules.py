"""Checks of alerts whose rules have conditions of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.diagnostics.model import Level
from tocsin.routing.alert_labels import alert_labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan
    from tocsin.routing.alert_labels import AlertLabels


@check("alert/rules-alike", Level.INFO)
def rules_alike(plan: Plan) -> Iterator[Finding]:
    """Two of an alert's `rules` set the same labels, and may fire for series with the same labels.

    Why:
        An alert is known by its name and labels. Where both rules fire for the same labels they are one
        alert: their texts replace each other, and when one of them ends, so does the alert.

    Fix:
        Give the rules different severities, or a label that tells which of them it is.

    Bad:
        groups:
          web:
            title: Web
            alerts:
              Failing:
                summary: Shops fail
                description: They fail
                rules:
                  - {severity: warning, expr: errors > 5}
                  - {severity: warning, expr: timeouts > 5}

    Good:
        groups:
          web:
            title: Web
            alerts:
              Failing:
                summary: Shops fail
                description: They fail
                rules:
                  - {severity: warning, labels: {how: errors}, expr: errors > 5}
                  - {severity: warning, labels: {how: timeouts}, expr: timeouts > 5}
    """
    labels = {id(one.rule): one for one in alert_labels(plan)}
    for group in plan.groups:
        for alert in group.alerts:
            for rule in alert.rules if any(one.number for one in alert.rules) else ():
                earlier = (
                    one
                    for one in alert.rules
                    if one.severity == rule.severity and one.apart == rule.apart and one.order < rule.order
                )
                for other in earlier:
                    if _may_meet(labels[id(other)], labels[id(rule)]):
                        yield Finding(
                            f"two rules of `{alert.name}` may make the same alert: they set the same labels",
                            at=rule.written.name,
                            also=((other.written.name, "the other rule"),),
                            help="give one of them another severity, or a label that tells them apart",
                            about=alert.place,
                        )
                        break


def _may_meet(one: AlertLabels, other: AlertLabels) -> bool:
    """Whether alerts of both rules may have the same labels."""
    return not any(
        one.some_values(name).both(other.some_values(name)).is_empty for name in (*one.names, *other.names)
    )
