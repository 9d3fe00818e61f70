"""Whether two rule files make an engine evaluate the same rules; where not, the places on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.existing.canonical import canonical_groups, is_same_expression
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.existing.canonical import CanonicalGroup, CanonicalRule
    from tocsin.plan.model import Engine
    from tocsin.source.document import Span
    from tocsin.source.node import MappingNode, Node


@value_object
class Difference:
    """Something in which two files differ."""

    message: str
    group: MappingNode | None
    """The group of the original in which it is; None where only the other one has it."""
    original: Span
    generated: Span
    rule: MappingNode | None = None
    """The rule of the original that differs."""


def differences(original: Node, generated: Node, engine: Engine) -> Iterator[Difference]:
    """All in which the rules of two sound files differ for the engine; nothing where they are the same."""
    left, right = list(canonical_groups(original)), list(canonical_groups(generated))
    others: dict[str, list[CanonicalGroup]] = {}
    for group in right:
        others.setdefault(group.name, []).append(group)
    for group in left:
        same = others.get(group.name)
        if same:
            yield from _between_groups(group, same.pop(0), engine)
        else:
            message = f"the group `{group.name}` is missing"
            yield Difference(message, group.node, _at(group.node), generated.span)
    for groups in others.values():
        for group in groups:
            message = f"there is a further group `{group.name}`"
            yield Difference(message, None, original.span, _at(group.node))


def _between_groups(old: CanonicalGroup, new: CanonicalGroup, engine: Engine) -> Iterator[Difference]:
    def differ(message: str, here: MappingNode, there: MappingNode) -> Difference:
        return Difference(message, old.node, _at(here), _at(there))

    for name in _unequal(old.options, new.options):
        yield differ(f"the group `{old.name}` differs in `{name}`", old.node, new.node)
    for before, after in zip(old.rules, new.rules, strict=False):
        for what in _between_rules(before, after, engine):
            message = f"`{before.name}` differs in {what}"
            yield Difference(message, old.node, _at(before.node), _at(after.node), before.node)
    if len(old.rules) != len(new.rules):
        message = f"the group `{old.name}` has {len(old.rules)} rules, and {len(new.rules)} were generated"
        yield differ(message, old.node, new.node)


def _between_rules(old: CanonicalRule, new: CanonicalRule, engine: Engine) -> Iterator[str]:
    if (old.kind, old.name) != (new.kind, new.name):
        yield f"its place: `{new.name}` stands there"
        return
    if not is_same_expression(old.expr, new.expr, engine):
        yield "its expression"
    for kind, here, there in (
        ("the label", old.labels, new.labels),
        ("the annotation", old.annotations, new.annotations),
        ("the key", old.options, new.options),
    ):
        for name in _unequal(here, there):
            yield f"{kind} `{name}`"


def _unequal(old: tuple[tuple[str, object], ...], new: tuple[tuple[str, object], ...]) -> Iterator[str]:
    if old == new:
        return
    here, there = dict(old), dict(new)
    yield from (name for name in {**here, **there} if here.get(name, ...) != there.get(name, ...))


def _at(node: MappingNode) -> Span:
    """The first key of a rule or group."""
    return next(iter(node.entries.values())).key.span
