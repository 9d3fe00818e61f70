"""The alerting rules as the API of Prometheus and of Loki's ruler tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.validate.verdicts import RuleKey

if TYPE_CHECKING:
    from collections.abc import Mapping


def told_rules(answer: Any) -> dict[RuleKey, Any]:
    """The rules of an answer of `/api/v1/rules`, each with the name and interval of its group as well."""
    return {
        RuleKey(rule["name"], rule.get("labels", {}).get("severity", "")): {
            **rule,
            "group": group["name"],
            "interval": group["interval"],
        }
        for group in answer["data"]["groups"]
        for rule in group["rules"]
    }


def is_firing(rule: Mapping[str, Any]) -> bool:
    """Whether alerts of the rule fire.

    A rule that was not evaluated yet has no state of its own in newer versions, but it has its alerts.
    """
    return any(alert["state"] == "firing" for alert in rule["alerts"] or ())
