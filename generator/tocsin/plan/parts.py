"""A plan in parts: what each group of a spec gives to it, read where somebody asks for it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.deferred import Deferred
from tocsin.plan.model import Recording, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tocsin.plan.model import Group, Plan, RuleGroup

    Content = tuple[Group, tuple[RuleGroup, ...]]


class PlanPart:
    """What one group of a spec gives to the plan: the group as people know it, and its rule groups."""

    def __init__(
        self, digest: bytes, alert_names: Sequence[str], records: bool, make: Callable[[], Content]
    ) -> None:
        self.digest = digest
        """Of all that is in it; empty where nobody knows it."""
        self.alert_names = tuple(alert_names)
        """The values of `alertname`, in the order of the alerts."""
        self.records = records
        """Whether there are recordings among its rules."""
        self._make = make

    @cached_property
    def _content(self) -> Content:
        return self._make()

    @property
    def group(self) -> Group:
        """The group with its alerts."""
        return self._content[0]

    @property
    def rule_groups(self) -> tuple[RuleGroup, ...]:
        """Its rules, as engines load them."""
        return self._content[1]


class PartedRuleGroups(Deferred["RuleGroup"]):
    """The rule groups of a plan of which the last are those of its parts."""

    def __init__(self, first: Sequence[RuleGroup], parts: Sequence[PlanPart]) -> None:
        super().__init__(self._all)
        self.first = tuple(first)
        """Those that belong to no part."""
        self.parts = tuple(parts)

    def _all(self) -> Iterator[RuleGroup]:
        yield from self.first
        for part in self.parts:
            yield from part.rule_groups

    def with_recordings(self) -> Iterator[RuleGroup]:
        """Those among which all recordings are, without reading the others."""
        yield from self.first
        for part in self.parts:
            if part.records:
                yield from part.rule_groups


def parts_of(plan: Plan) -> tuple[PlanPart, ...]:
    """The parts of a plan in its order; none where it was made in one piece."""
    return plan.rule_groups.parts if isinstance(plan.rule_groups, PartedRuleGroups) else ()


@answered_once
def recordings_with_groups(plan: Plan) -> tuple[tuple[RuleGroup, Recording], ...]:
    """The recording rules of a plan, each with its group."""
    known = plan.rule_groups
    groups = known.with_recordings() if isinstance(known, PartedRuleGroups) else known
    return tuple((group, rule) for group in groups for rule in group.rules if isinstance(rule, Recording))


def names_of_alerts(plan: Plan) -> set[str]:
    """What the rules of a plan call its alerts."""
    if parts := parts_of(plan):
        return {name for part in parts for name in part.alert_names}
    return {rule.alert for group in plan.rule_groups for rule in group.rules if isinstance(rule, Rule)}
