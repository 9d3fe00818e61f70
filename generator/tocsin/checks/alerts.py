"""The rules of a plan, or of a share of it, as checks walk over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.shares import Share
from tocsin.plan.model import Recording, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan, RuleGroup


def rules(of: Plan | Share) -> Iterator[tuple[RuleGroup, Rule | Recording]]:
    """Every rule with its group, in the order of evaluation."""
    if isinstance(of, Share):
        yield from of.rules
        return
    for group in of.rule_groups:
        for rule in group.rules:
            yield group, rule


def alerting(of: Plan | Share) -> Iterator[tuple[RuleGroup, Rule]]:
    """Every alerting rule with its group."""
    for group, rule in rules(of):
        if isinstance(rule, Rule):
            yield group, rule


def recording(of: Plan | Share) -> Iterator[tuple[RuleGroup, Recording]]:
    """Every recording rule with its group."""
    for group, rule in rules(of):
        if isinstance(rule, Recording):
            yield group, rule
