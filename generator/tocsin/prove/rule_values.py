"""Rules as rule files hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.plan.model import Recording, Rule


def rule_values(rule: Rule, through: Sequence[Recording] = ()) -> list[dict[str, Any]]:
    """A rule, after the recording rules that it needs, as a rule file holds them."""
    return [*map(recording_value, through), rule_value(rule)]


def recording_value(rule: Recording) -> dict[str, Any]:
    """A recording rule as a rule file holds it."""
    labels = {"labels": dict(rule.labels)} if rule.labels else {}
    return {"record": rule.record, "expr": rule.expr, **labels}


def rule_value(rule: Rule) -> dict[str, Any]:
    """A rule as a rule file holds it."""
    value: dict[str, Any] = {"alert": rule.alert, "expr": rule.expr, "for": rule.for_}
    if rule.keep_firing_for is not None:
        value["keep_firing_for"] = rule.keep_firing_for
    return {**value, "labels": dict(rule.labels), "annotations": dict(rule.annotations)}
