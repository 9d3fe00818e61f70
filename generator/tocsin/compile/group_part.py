"""A group of a spec on its way into the plan: what the plan as a whole needs of it, and the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.inhibitions import InhibitingAlert
from tocsin.plan.part_facts import PartFacts
from tocsin.plan.parts import PlanPart
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.compile.groups import CompiledGroup
    from tocsin.plan.model import Allowance


@value_object
class PartHead:
    """What the plan as a whole needs of a group."""

    facts: PartFacts
    order: int
    is_shown: bool
    """Whether it has anything to show: one with nothing but recordings has not."""
    alerts: tuple[InhibitingAlert, ...]
    allowances: tuple[Allowance, ...]
    names: tuple[str, ...]
    """The alerts that it names, which have to be in the spec."""
    outline: str
    """The digest of the outline of what it gives to the plan, in hexadecimal digits."""
    texts: str
    """That of its texts; both are empty where nobody knows them."""

    @staticmethod
    def of(
        compiled: CompiledGroup, names: Iterable[str] = (), outline: str = "", texts: str = ""
    ) -> PartHead:
        """That of a compiled group."""
        group = compiled.group
        return PartHead(
            PartFacts.of(group, compiled.rule_groups),
            compiled.order,
            bool(group.alerts or group.panels),
            tuple(map(InhibitingAlert.of, group.alerts)),
            compiled.allowances,
            tuple(names),
            outline,
            texts,
        )


@value_object
class GroupPart:
    """A group with what it gives to the plan."""

    head: PartHead
    part: PlanPart


def as_part(compiled: CompiledGroup) -> GroupPart:
    """A compiled group of which nobody knows the digest."""
    head = PartHead.of(compiled)
    content = (compiled.group, compiled.rule_groups)
    return GroupPart(head, PlanPart(head.facts, lambda: content))
