"""The alerting rules as the API of Prometheus and of Loki's ruler tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.validate.rule_names import RuleNames
    from tocsin.validate.verdicts import RuleKey


def told_rules(answer: Any, names: RuleNames) -> dict[RuleKey, Any]:
    """The rules of an answer of `/api/v1/rules`, each with the name and interval of its group as well."""
    found: dict[RuleKey, Any] = {}
    for group in answer["data"]["groups"]:
        for rule in group["rules"]:
            keys = names.keys(rule["name"], rule.get("labels", {}))
            # Rules with the same labels come in the order of their file.
            key = next((one for one in keys if one not in found), keys[0])
            found[key] = {**rule, "group": group["name"], "interval": group["interval"]}
    return found


def is_firing(rule: Mapping[str, Any]) -> bool:
    """Whether alerts of the rule fire.

    A rule that was not evaluated yet has no state of its own in newer versions, but it has its alerts.
    """
    return any(alert["state"] == "firing" for alert in rule["alerts"] or ())
