"""What two rule groups do differently, however they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.existing.canonical import DURATION_KEYS, is_same_expression
from tocsin.lang.durations import format_duration
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.existing.canonical import CanonicalGroup, CanonicalRule
    from tocsin.plan.model import Engine

    Options = Sequence[tuple[str, object]]


@value_object
class Difference:
    """What two groups of one name do not agree in; None where one of them says nothing."""

    rule: str
    """The name of the rule; empty where it is about the group."""
    what: str
    before: str | None
    after: str | None


def group_differences(before: CanonicalGroup, after: CanonicalGroup, engine: Engine) -> Iterator[Difference]:
    """All that differs between two groups; nothing where an engine does the same with both."""
    yield from _option_differences("", before.options, after.options)
    names = [[(rule.kind, rule.name) for rule in group.rules] for group in (before, after)]
    if names[0] != names[1]:
        yield Difference("", "rules", *(", ".join(name for _, name in side) for side in names))
        return
    for old, new in zip(before.rules, after.rules, strict=True):
        yield from _rule_differences(old, new, engine)


def _rule_differences(old: CanonicalRule, new: CanonicalRule, engine: Engine) -> Iterator[Difference]:
    if not is_same_expression(old.expr, new.expr, engine):
        yield Difference(new.name, "expression", old.expr, new.expr)
    yield from _option_differences(new.name, old.options, new.options)
    for what, left, right in (
        ("label", dict(old.labels), dict(new.labels)),
        ("annotation", dict(old.annotations), dict(new.annotations)),
    ):
        for name in sorted(left.keys() | right.keys()):
            if left.get(name) != right.get(name):
                yield Difference(new.name, f"{what} {name}", left.get(name), right.get(name))


def _option_differences(rule: str, before: Options, after: Options) -> Iterator[Difference]:
    old, new = dict(before), dict(after)
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield Difference(rule, name, *(_said(name, side.get(name)) for side in (old, new)))


def _said(name: str, value: object) -> str | None:
    if isinstance(value, int) and name in DURATION_KEYS:
        return format_duration(value)
    return None if value is None else str(value)
