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
        self, digest: bytes | None, share: Callable[[], Share], size: int, outline: bytes | None = None
    ) -> None:
        self.digest = digest
        """Of all that is in it; None where nobody knows it."""
        self.outline = outline or digest
        """Of the same without the texts of its alerts."""
        self.share = share
        self.size = size
        """How many alerts there are in it."""


def parts_to_check(plan: Plan) -> list[PartOfPlan]:
    """What stands before the parts of a plan, each part, and the procedures; none of a plan in one piece."""
    known = plan.rule_groups
    if not isinstance(known, PartedRuleGroups):
        return []
    first = [(group, rule) for group in known.first for rule in group.rules]

    def of(part: PlanPart) -> Share:
        shown, rule_groups = part.read()
        rules = tuple((group, rule) for group in rule_groups for rule in group.rules)
        return Share(rules, shown.alerts, (), Surroundings(plan), is_last=False)

    def before() -> Share:
        return Share(tuple(first), (), (), Surroundings(plan), is_last=False)

    def behind() -> Share:
        return Share((), (), plan.procedures, Surroundings(plan))

    return [
        PartOfPlan(digest_of(known.first), before, len(first)),
        *(
            PartOfPlan(part.digest or None, partial(of, part), len(part.facts.alerts), part.outline_digest)
            for part in known.parts
        ),
        PartOfPlan(digest_of(plan.procedures), behind, len(plan.procedures)),
    ]


def join_parts(parts: Sequence[PartOfPlan], count: int) -> list[Callable[[], Share]]:
    """About that many shares of about the same size, each of parts behind each other; read when asked for."""
    together = sum(part.size for part in parts) / count
    joined: list[list[PartOfPlan]] = []
    size = together
    for part in parts:
        if size >= together:
            joined.append([])
            size = 0
        joined[-1].append(part)
        size += part.size
    return [partial(_joined, one) for one in joined]


def _joined(parts: Sequence[PartOfPlan]) -> Share:
    found = [part.share() for part in parts]
    return Share(
        tuple(rule for one in found for rule in one.rules),
        tuple(alert for one in found for alert in one.alerts),
        tuple(procedure for one in found for procedure in one.procedures),
        found[-1].around,
        found[-1].is_last,
    )


def _whole_alerts(places: Sequence[Place], cut: int) -> int:
    """The cut, or the next one that parts no rules of the same place."""
    while 0 < cut < len(places) and places[cut] == places[cut - 1]:
        cut += 1
    return cut


def _cut(items: Sequence[T], number: int, count: int) -> tuple[T, ...]:
    return tuple(items[len(items) * number // count : len(items) * (number + 1) // count])
