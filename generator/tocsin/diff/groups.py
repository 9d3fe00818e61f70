"""What became of the options of rule groups; what is in the groups is compared by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diff.changes import Detail, GroupChange
from tocsin.existing.canonical import is_same_duration
from tocsin.text.yaml import flow_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan, RuleGroup


def changed_groups(old: Plan, new: Plan) -> Iterator[GroupChange]:
    """The groups with other options, by name; their interval and labels are reported of each rule."""
    before, after = _by_name(old), _by_name(new)
    for key in sorted(before.keys() & after.keys()):
        # Of several groups with one name, in several files, nobody can say which became which.
        if len(before[key]) != len(after[key]):
            continue
        for left, right in zip(before[key], after[key], strict=True):
            details = tuple(_details(left, right))
            if details:
                yield GroupChange(key[1], details)


def _by_name(plan: Plan) -> dict[tuple[str, str], list[RuleGroup]]:
    found: dict[tuple[str, str], list[RuleGroup]] = {}
    for group in plan.rule_groups:
        found.setdefault((group.engine.value, group.name), []).append(group)
    return found


def _details(old: RuleGroup, new: RuleGroup) -> Iterator[Detail]:
    if old.limit != new.limit:
        yield Detail("limit", *(str(one.limit) if one.limit else None for one in (old, new)))
    if not is_same_duration("query_offset", old.query_offset, new.query_offset):
        yield Detail("query_offset", old.query_offset, new.query_offset)
    for key in sorted({*old.foreign, *new.foreign}):
        if old.foreign.get(key) != new.foreign.get(key):
            yield Detail(key, *(_text(one.foreign.get(key)) for one in (old, new)))


def _text(value: object) -> str | None:
    return None if value is None else value if isinstance(value, str) else flow_text(value)
