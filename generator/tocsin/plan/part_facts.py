"""What is known of a part of a plan without reading it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import Engine, Recording, Rule
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.plan.model import Group, RuleGroup


@value_object
class AlertFacts:
    """What others say of an alert."""

    name: str
    """What the spec calls it."""
    alertname: str
    page: str
    """The file of its page in the folder of runbooks."""
    causes: tuple[str, ...]
    """The alerts on which it depends."""
    related: tuple[str, ...]
    evaluated_by: str | None
    """The name of its rule group."""


@value_object
class PartFacts:
    """What the plan as a whole, and pages of other groups, take from a group of a spec."""

    name: str
    alerts: tuple[AlertFacts, ...]
    records: bool
    """Whether there are recordings among its rules."""
    has_cases: bool
    """Whether any of its alerts has cases."""
    severities: tuple[str, ...]
    """Those of its alerts' rules, each once."""
    labels: Mapping[str, str] | None
    """What all its alerting rules carry alike; None where it has none."""

    @staticmethod
    def of(group: Group, rule_groups: Iterable[RuleGroup]) -> PartFacts:
        """Those of a group with its rule groups."""
        rule_groups = tuple(rule_groups)
        rules = [(one, rule) for one in rule_groups for rule in one.rules]
        # Of an alert that both evaluate, Loki's group is shown.
        evaluated_by = {
            rule.alert_key: one.name
            for engine in Engine
            for one, rule in rules
            if isinstance(rule, Rule) and one.engine is engine
        }
        alerting = [rule for _, rule in rules if isinstance(rule, Rule)]
        return PartFacts(
            group.name,
            tuple(
                AlertFacts(
                    alert.name,
                    alert.alertname,
                    alert.runbook.page.file,
                    tuple(cause.alert for cause in alert.depends_on),
                    alert.related,
                    evaluated_by.get(alert.name),
                )
                for alert in group.alerts
            ),
            any(isinstance(rule, Recording) for _, rule in rules),
            any(alert.cases for alert in group.alerts),
            tuple(dict.fromkeys(rule.severity for alert in group.alerts for rule in alert.rules)),
            alike([rule.labels for rule in alerting]),
        )


def alike(labels: Iterable[Mapping[str, str] | None]) -> dict[str, str] | None:
    """The labels that all have with the same values; None where there are none that have any."""
    found: dict[str, str] | None = None
    for one in labels:
        if one is not None:
            found = dict(one) if found is None else {k: v for k, v in found.items() if one.get(k) == v}
    return found
