"""The rules of a plan, as checks walk over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import Recording, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan, RuleGroup


def rules(plan: Plan) -> Iterator[tuple[RuleGroup, Rule | Recording]]:
    """Every rule with its group, in the order of evaluation."""
    for group in plan.rule_groups:
        for rule in group.rules:
            yield group, rule


def alerting(plan: Plan) -> Iterator[tuple[RuleGroup, Rule]]:
    """Every alerting rule with its group."""
    for group, rule in rules(plan):
        if isinstance(rule, Rule):
            yield group, rule


def recording(plan: Plan) -> Iterator[tuple[RuleGroup, Recording]]:
    """Every recording rule with its group."""
    for group, rule in rules(plan):
        if isinstance(rule, Recording):
            yield group, rule
