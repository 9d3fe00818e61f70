"""A plan in parts: what each group of a spec gives to it, read where somebody asks for it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.deferred import Deferred
from tocsin.plan.model import Recording, Rule
from tocsin.plan.part_facts import PartFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping, Sequence

    from tocsin.plan.model import Group, Plan, RuleGroup
    from tocsin.plan.outline import Content


class PlanPart:
    """What one group of a spec gives to the plan: the group as people know it, and its rule groups."""

    def __init__(
        self,
        facts: PartFacts,
        make: Callable[[], Content],
        digest: bytes = b"",
        make_outline: Callable[[], Content] | None = None,
        outline_digest: bytes = b"",
        *,
        is_packed: bool = False,
    ) -> None:
        """`make_outline` makes the same without the texts of its alerts, where there is something to gain.

        A part `is_packed` where making it costs less than keeping what is made.
        """
        self.facts = facts
        self.digest = digest
        """Of all that is in it; empty where nobody knows it."""
        self.outline_digest = outline_digest
        """Of the same without the texts of its alerts."""
        self._make = make
        self._make_outline = make_outline
        self._is_packed = is_packed

    @cached_property
    def _content(self) -> Content:
        return self._make()

    def read(self) -> Content:
        """The group and its rule groups, for whoever looks at this part alone and keeps nothing of it."""
        return self._make() if self._is_packed and "_content" not in vars(self) else self._content

    @property
    def has_outline(self) -> bool:
        """Whether its outline is less than the whole."""
        return self._make_outline is not None

    @property
    def group(self) -> Group:
        """The group with its alerts."""
        return self._content[0]

    @property
    def rule_groups(self) -> tuple[RuleGroup, ...]:
        """Its rules, as engines load them."""
        return self._content[1]

    @cached_property
    def outline(self) -> PlanPart:
        """The same without the texts of its alerts; with them where they were read before it is."""
        return PlanPart(self.facts, self._read_outline, self.outline_digest)

    @property
    def read_fastest(self) -> PlanPart:
        """The outline, where its texts are kept apart; what is packed is unpacked as a whole."""
        return self if self._is_packed else self.outline

    def __reduce__(self) -> tuple[object, ...]:
        """Another process gets what is in it: what makes it reads the store, or a spec."""
        return PlanPart, (self.facts, _Made(self._content), self.digest, None, self.outline_digest)

    def _read_outline(self) -> Content:
        make = self._make_outline
        return self._content if make is None or "_content" in vars(self) else make()


class _Made:
    """The content of a part that is made already."""

    def __init__(self, content: Content) -> None:
        self._content = content

    def __call__(self) -> Content:
        return self._content


class PartedGroups(Deferred["Group"]):
    """The groups of a plan, each of which is that of a part."""

    def __init__(self, parts: Sequence[PlanPart]) -> None:
        super().__init__(lambda: (part.group for part in parts))
        self.parts = tuple(parts)

    def __len__(self) -> int:
        return len(self.parts)

    def __reduce__(self) -> tuple[object, ...]:
        return PartedGroups, (self.parts,)


class PartedRuleGroups(Deferred["RuleGroup"]):
    """The rule groups of a plan of which the last are those of its parts."""

    def __init__(self, first: Sequence[RuleGroup], parts: Sequence[PlanPart]) -> None:
        super().__init__(self._all)
        self.first = tuple(first)
        """Those that belong to no part."""
        self.parts = tuple(parts)

    def __reduce__(self) -> tuple[object, ...]:
        return PartedRuleGroups, (self.first, self.parts)

    def _all(self) -> Iterator[RuleGroup]:
        yield from self.first
        for part in self.parts:
            yield from part.rule_groups

    def with_recordings(self) -> Iterator[RuleGroup]:
        """Those among which all recordings are, without reading the others."""
        yield from self.first
        for part in self.parts:
            if part.facts.records:
                yield from part.rule_groups


def parts_of(plan: Plan) -> tuple[PlanPart, ...]:
    """The parts of a plan in its order; none where it was made in one piece."""
    return plan.rule_groups.parts if isinstance(plan.rule_groups, PartedRuleGroups) else ()


def shown_parts(plan: Plan) -> tuple[PlanPart, ...]:
    """The groups that people see, each with its rules; those of a plan in one piece have no rules here."""
    if isinstance(plan.groups, PartedGroups):
        return plan.groups.parts
    return tuple(PlanPart(PartFacts.of(group, ()), partial(_alone, group)) for group in plan.groups)


def shows_alerts(plan: Plan) -> bool:
    """Whether any of the groups that people see has an alert."""
    if isinstance(plan.groups, PartedGroups):
        return any(part.facts.alerts for part in plan.groups.parts)
    return any(group.alerts for group in plan.groups)


def _alone(group: Group) -> Content:
    return group, ()


@answered_once
def outline_of(plan: Plan) -> Plan:
    """The plan without the texts of its alerts; the plan itself where it was made in one piece.

    What people read is empty in it: summaries, descriptions, runbooks, cases. Of annotations it has the
    names, what their templates read, and links.
    """
    groups, rule_groups = plan.groups, plan.rule_groups
    if not (isinstance(groups, PartedGroups) and isinstance(rule_groups, PartedRuleGroups)):
        return plan
    if not any(part.has_outline for part in rule_groups.parts):
        return plan
    return replace(
        plan,
        groups=PartedGroups([part.outline for part in groups.parts]),
        rule_groups=PartedRuleGroups(rule_groups.first, [part.outline for part in rule_groups.parts]),
    )


def sharing_parts(old: Plan, new: Plan) -> tuple[Plan, Plan]:
    """Two plans to be compared, which read only once what is in both of them.

    They do so without the texts of its alerts (`outline_of`), unless other parts have alerts of the same
    names, with which somebody may compare these.
    """
    known = {part.digest: part for part in parts_of(old) if part.digest}
    equal = {part.digest for part in parts_of(new)} & known.keys()
    if not equal:
        return old, new
    others = {name for plan in (old, new) for name in _alerts_of_others(plan, equal)}
    shared = {
        digest: part if any(alert.alertname in others for alert in part.facts.alerts) else part.read_fastest
        for digest, part in known.items()
        if digest in equal
    }
    return _with_parts(old, shared), _with_parts(new, shared)


def _alerts_of_others(plan: Plan, equal: Container[bytes]) -> Iterator[str]:
    """The names of the alerts of a plan in parts but for those of some parts, by their digests."""
    known = plan.rule_groups
    for group in known.first if isinstance(known, PartedRuleGroups) else known:
        yield from (rule.alert for rule in group.rules if isinstance(rule, Rule))
    for part in parts_of(plan):
        if part.digest not in equal:
            yield from (alert.alertname for alert in part.facts.alerts)


def _with_parts(plan: Plan, known: Mapping[bytes, PlanPart]) -> Plan:
    """A plan with parts that are read elsewhere, by their digests."""
    groups, rule_groups = plan.groups, plan.rule_groups
    if not (isinstance(groups, PartedGroups) and isinstance(rule_groups, PartedRuleGroups)):
        return plan
    return replace(
        plan,
        groups=PartedGroups([known.get(part.digest, part) for part in groups.parts]),
        rule_groups=PartedRuleGroups(
            rule_groups.first, [known.get(part.digest, part) for part in rule_groups.parts]
        ),
    )


@answered_once
def recordings_with_groups(plan: Plan) -> tuple[tuple[RuleGroup, Recording], ...]:
    """The recording rules of a plan, each with its group."""
    known = plan.rule_groups
    groups = known.with_recordings() if isinstance(known, PartedRuleGroups) else known
    return tuple((group, rule) for group in groups for rule in group.rules if isinstance(rule, Recording))


def names_of_alerts(plan: Plan) -> set[str]:
    """What the rules of a plan call its alerts."""
    if parts := parts_of(plan):
        return {alert.alertname for part in parts for alert in part.facts.alerts}
    return {rule.alert for group in plan.rule_groups for rule in group.rules if isinstance(rule, Rule)}
