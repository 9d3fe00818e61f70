"""Shares of a plan: what a check finds at one rule or alert can be found a share at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from tocsin.answers import KeepsAnswers, answered_once
from tocsin.checks.framework.surroundings import Surroundings
from tocsin.plan.parts import PartedRuleGroups
from tocsin.plan.plan_json import digest_of
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tocsin.plan.model import Alert, Plan, Procedure, Recording, Rule, RuleGroup
    from tocsin.plan.parts import PlanPart
    from tocsin.source.place import Place

T = TypeVar("T")


@value_object
class Share(KeepsAnswers):
    """Some rules, alerts and procedures of a plan that stand behind each other."""

    rules: tuple[tuple[RuleGroup, Rule | Recording], ...]
    """Each with its group."""
    alerts: tuple[Alert, ...]
    """As people know them; empty for plain files."""
    procedures: tuple[Procedure, ...]
    around: Surroundings
    """What may be asked about the rest of the plan."""
    is_last: bool = True
    """Whether it is the share with which a check looks at what is about no rule or alert."""


@answered_once
def whole_plan(plan: Plan) -> Share:
    """All of a plan as one share."""
    return shares(plan, 1)[0]


def shares(plan: Plan, count: int) -> list[Share]:
    """That many shares of about the same size, in the order of the plan; the procedures are in the last.

    The severities of one alert are in the same share, as a check may report them together.
    """
    rules = [(group, rule) for group in plan.rule_groups for rule in group.rules]
    places = [rule.place for _, rule in rules]
    cuts = [_whole_alerts(places, len(rules) * number // count) for number in range(count + 1)]
    alerts = [alert for group in plan.groups for alert in group.alerts]
    return [
        Share(
            tuple(rules[cuts[number] : cuts[number + 1]]),
            _cut(alerts, number, count),
            plan.procedures if number == count - 1 else (),
            Surroundings(plan),
            number == count - 1,
        )
        for number in range(count)
    ]


class PartOfPlan:
    """A part of a plan that can be known by its digest without being read."""

    def __init__(
        self, digest: bytes | None, share: Callable[[], Share], outline: bytes | None = None
    ) -> None:
        self.digest = digest
        """Of all that is in it; None where nobody knows it."""
        self.outline = outline or digest
        """Of the same without the texts of its alerts."""
        self.share = share


def parts_to_check(plan: Plan) -> list[PartOfPlan]:
    """What stands before the parts of a plan, each part, and the procedures; none of a plan in one piece."""
    known = plan.rule_groups
    if not isinstance(known, PartedRuleGroups):
        return []
    first = [(group, rule) for group in known.first for rule in group.rules]

    def of(part: PlanPart) -> Share:
        rules = tuple((group, rule) for group in part.rule_groups for rule in group.rules)
        return Share(rules, part.group.alerts, (), Surroundings(plan), is_last=False)

    return [
        PartOfPlan(
            digest_of(known.first), lambda: Share(tuple(first), (), (), Surroundings(plan), is_last=False)
        ),
        *(PartOfPlan(part.digest or None, partial(of, part), part.outline_digest) for part in known.parts),
        PartOfPlan(digest_of(plan.procedures), lambda: Share((), (), plan.procedures, Surroundings(plan))),
    ]


def _whole_alerts(places: Sequence[Place], cut: int) -> int:
    """The cut, or the next one that parts no rules of the same place."""
    while 0 < cut < len(places) and places[cut] == places[cut - 1]:
        cut += 1
    return cut


def _cut(items: Sequence[T], number: int, count: int) -> tuple[T, ...]:
    return tuple(items[len(items) * number // count : len(items) * (number + 1) // count])
