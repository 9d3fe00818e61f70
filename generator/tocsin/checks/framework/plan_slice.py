"""Shares of a plan: what a check finds at one rule or alert can be found a share at a time."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from tocsin.identity_key import IdentityKey
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.plan.model import Alert, Plan, Procedure, Recording, Rule, RuleGroup

T = TypeVar("T")


@value_object
class Share:
    """Some rules, alerts and procedures of a plan that stand behind each other."""

    plan: Plan
    rules: tuple[tuple[RuleGroup, Rule | Recording], ...]
    """Each with its group."""
    alerts: tuple[Alert, ...]
    """As people know them; empty for plain files."""
    procedures: tuple[Procedure, ...]


def whole_plan(plan: Plan) -> Share:
    """All of a plan as one share."""
    return _whole(IdentityKey(plan))


@lru_cache(maxsize=2)
def _whole(key: IdentityKey[Plan]) -> Share:
    return shares(key.one, 1)[0]


def shares(plan: Plan, count: int) -> list[Share]:
    """That many shares of about the same size, in the order of the plan; the procedures are in the last."""
    rules = [(group, rule) for group in plan.rule_groups for rule in group.rules]
    alerts = [alert for group in plan.groups for alert in group.alerts]
    return [
        Share(
            plan,
            _cut(rules, number, count),
            _cut(alerts, number, count),
            plan.procedures if number == count - 1 else (),
        )
        for number in range(count)
    ]


def _cut(items: Sequence[T], number: int, count: int) -> tuple[T, ...]:
    return tuple(items[len(items) * number // count : len(items) * (number + 1) // count])
