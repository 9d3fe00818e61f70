"""Which rule of a plan an engine means by the name and labels that it reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.validate.verdicts import RuleKey, rule_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.plan.model import Alert, Rule


class RuleNames:
    """The rules of some alerts, by the name and labels that engines report."""

    def __init__(self, alerts: Iterable[Alert]) -> None:
        self._rules: dict[str, list[tuple[RuleKey, Mapping[str, str]]]] = {}
        for alert in alerts:
            for rule in sorted(alert.rules, key=lambda rule: rule.order):
                named = self._rules.setdefault(rule.alert, [])
                named.append((rule_key(alert, rule), _literal_labels(rule)))

    def keys(self, alertname: str, labels: Mapping[str, str]) -> tuple[RuleKey, ...]:
        """The rule whose labels an alert or a rule has; several where nothing tells them apart.

        One that the plan does not have goes by its name and severity.
        """
        severity = labels.get("severity", "")
        found = [
            (key, len(own))
            for key, own in self._rules.get(alertname, ())
            if key.severity == severity and all(labels.get(name, "") == text for name, text in own.items())
        ]
        if not found:
            return (RuleKey(alertname, severity),)
        most = max(count for _, count in found)
        return tuple(key for key, count in found if count == most)


def _literal_labels(rule: Rule) -> dict[str, str]:
    """The labels that distinguish the rule from others, except those computed for each of its alerts."""
    return {name: text for name, text in rule.apart.items() if "{{" not in text}
