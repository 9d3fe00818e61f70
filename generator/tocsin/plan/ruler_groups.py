"""The rule groups that a ruler gets: those of the plan, divided where it takes no more rules in one."""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.plan.divide import Bucket, divide
from tocsin.plan.model import Engine, Recording, Rule
from tocsin.plan.names import SINGLE_TENANT
from tocsin.plan.pieces_by_reads import divide_by_reads
from tocsin.plan.recorded_reads import reads_within
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.plan.model import Plan, RuleGroup, Ruler
    from tocsin.plan.recorded_reads import Read


@value_object
class Lag:
    """A rule that reads what another one writes, and gets it from a group of its own times."""

    reader: Rule | Recording
    writer: Rule | Recording
    group: RuleGroup
    """The group of the plan that both are in."""
    joined: int
    """How many rules would have to be in one group, so that none of them is late."""


@value_object
class DeliveredGroup:
    """A rule group as a ruler gets it."""

    group: RuleGroup
    of: RuleGroup
    """The group of the plan; the same one where all of its rules are in it."""


@value_object
class DividedRules:
    """All groups of a ruler, and what they cost."""

    groups: dict[str, tuple[DeliveredGroup, ...]]
    """By tenant, in the order of the plan; the tenant is empty where none is named."""
    lags: tuple[Lag, ...]


@answered_once
def divided_rules(plan: Plan, ruler: Ruler) -> DividedRules:
    """The groups that a ruler gets; asking twice costs nothing."""
    groups: dict[str, list[DeliveredGroup]] = {}
    lags: list[Lag] = []
    for tenant, group in groups_of_tenants(plan.rule_groups, ruler):
        parts, late = _parts(group, ruler.rules_per_group)
        groups.setdefault(tenant, []).extend(DeliveredGroup(part, group) for part in parts)
        lags += late
    return DividedRules({tenant: tuple(_own_names(groups[tenant])) for tenant in sorted(groups)}, tuple(lags))


def groups_of_tenants(groups: Sequence[RuleGroup], ruler: Ruler) -> Iterator[tuple[str, RuleGroup]]:
    """The groups that a ruler evaluates, each with its tenant."""
    for group in groups:
        if group.engine is ruler.engine:
            yield _tenant(group, ruler), group


def _tenant(group: RuleGroup, ruler: Ruler) -> str:
    if ruler.tenant is not None:
        return ruler.tenant
    return (group.tenant or SINGLE_TENANT) if ruler.engine is Engine.LOKI else ""


def _parts(group: RuleGroup, most: int) -> tuple[list[RuleGroup], list[Lag]]:
    if most == 0 or len(group.rules) <= most:
        return [group], []
    reads = list(reads_within(group.rules))
    pieces = divide_by_reads(group.rules, reads, most)
    keys = _keys(group.rules)
    parts: list[RuleGroup] = []
    part_of: dict[int, Bucket] = {}
    for bucket, held in divide(pieces, key=lambda piece: keys[piece[0]], size=len, most=most):
        name = f"{group.name}-{bucket.suffix}" if bucket.suffix else group.name
        numbers = sorted(number for piece in held for number in piece)
        part_of |= dict.fromkeys(numbers, bucket)
        parts.append(replace(group, name=name, rules=tuple(group.rules[number] for number in numbers)))
    # What is written behind its reader was an interval late before as well.
    late = [one for one in reads if one.writer < one.reader and part_of[one.reader] != part_of[one.writer]]
    return parts, list(_lags(group, reads, late))


def _lags(group: RuleGroup, reads: Sequence[Read], late: Sequence[Read]) -> Iterator[Lag]:
    joined: dict[int, int] = {}
    for component in divide_by_reads(group.rules, reads, len(group.rules)) if late else ():
        joined |= dict.fromkeys(component, len(component))
    for read in late:
        yield Lag(group.rules[read.reader], group.rules[read.writer], group, joined[read.reader])


def _keys(rules: Sequence[Rule | Recording]) -> list[str]:
    """What says to which part a rule goes: its name, with its labels where others have the same name."""
    names = [rule.alert if isinstance(rule, Rule) else rule.record for rule in rules]
    taken = Counter(names)
    seen: Counter[str] = Counter()
    found = []
    for name, rule in zip(names, rules, strict=True):
        key = name
        if taken[name] > 1 and isinstance(rule, Recording):
            key = f"{name}{sorted(rule.labels.items())}"
        seen[key] += 1
        found.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return found


def _own_names(groups: Sequence[DeliveredGroup]) -> Iterator[DeliveredGroup]:
    """The groups with names that no other one of the tenant has, whichever of its files they are in."""
    taken = Counter(one.group.name for one in groups)
    for one in groups:
        group = one.group
        if taken[group.name] > 1:
            checksum = zlib.crc32(f"{group.file}/{group.name}".encode())
            group = replace(group, name=f"{group.name}-{checksum:08x}")
        yield DeliveredGroup(group, one.of)
