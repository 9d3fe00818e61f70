"""The canonical form of rule files: what of them an engine sees, however it is written.

Every key counts, also one that only another engine than Prometheus knows. Durations are milliseconds, an
option that is the default counts as absent, the labels of a group count as those of its rules, and labels and
annotations have no order. Rules keep theirs; groups of a file are evaluated apart from each other.
"""

from __future__ import annotations

from dataclasses import field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.logql import ast as logql
from tocsin.lang.logql.parser import parse_logql
from tocsin.lang.promql.ast import Binary, Number, Paren, without_places
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.tokens import COMPARISONS, TokenKind
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import query_tokens
from tocsin.source.node import MappingNode, Node, ScalarNode, SequenceNode
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.promql.ast import Node as PromNode

DURATION_KEYS = frozenset({"interval", "query_offset", "for", "keep_firing_for", "evaluation_delay"})
"""The options whose values are milliseconds."""
_LEFT_OUT: dict[str, object] = {
    "interval": 0,
    "query_offset": None,
    "limit": 0,
    "for": 0,
    "keep_firing_for": 0,
}
"""What the engines take an option for that is not written."""


@value_object
class CanonicalRule:
    """One rule."""

    kind: str
    """`alert` or `record`."""
    name: str
    expr: str
    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, object], ...]
    """All other keys, with what they say."""
    node: MappingNode = field(compare=False)


@value_object
class CanonicalGroup:
    """One group, with all of its options but the labels, which its rules have."""

    name: str
    options: tuple[tuple[str, object], ...]
    rules: tuple[CanonicalRule, ...]
    node: MappingNode = field(compare=False)


def canonical_groups(file: Node) -> Iterator[CanonicalGroup]:
    """The groups of a sound rule file, or of the part of another file that is one.

    A group without rules does nothing, and counts as none.
    """
    for group in _items(file, "groups"):
        if isinstance(group, MappingNode) and (found := canonical_group(group)).rules:
            yield found


def canonical_group(group: MappingNode) -> CanonicalGroup:
    """A sound rule group."""
    shared = _texts(group, "labels")
    rules = tuple(_rule(one, shared) for one in _items(group, "rules") if isinstance(one, MappingNode))
    return CanonicalGroup(_text(group, "name"), _options(group, ("name", "labels", "rules")), rules, group)


def is_same_expression(one: str, other: str, engine: Engine) -> bool:
    """Whether an engine reads the same from two sound expressions."""
    if one.strip() == other.strip():
        return True
    return canonical_expression(one, engine) == canonical_expression(other, engine)


@lru_cache(maxsize=1024)
def canonical_expression(text: str, engine: Engine) -> object:
    """What an engine reads from an expression: equal where that is the same; the text where it is wrong."""
    try:
        if engine is Engine.LOKI:
            return logql.without_places(parse_logql(text))
        return without_places(_calculated(parse_promql(text)))
    except LangError:
        return _words(text) if engine is Engine.LOKI else text.strip()


def _calculated(tree: PromNode) -> PromNode:
    """The expression with the number that a calculation with numbers on its right comes to."""
    if not isinstance(tree, Binary) or tree.op not in COMPARISONS or isinstance(tree.right, Number):
        return tree
    value = _calculate(tree.right)
    return tree if value is None else replace(tree, right=Number(value, (0, 0)))


def _calculate(node: PromNode, deepest: int = 10) -> float | None:
    """The number that a calculation comes to, step by step as engines calculate; None for anything else."""
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Paren) and deepest:
        return _calculate(node.expr, deepest - 1)
    if not isinstance(node, Binary) or node.op != "*" or not deepest:
        return None
    left, right = _calculate(node.left, deepest - 1), _calculate(node.right, deepest - 1)
    return None if left is None or right is None else left * right


def is_same_duration(option: str, one: str | None, other: str | None) -> bool:
    """Whether two values of an option say the same length of time; None is an option that is not written."""
    return _duration(option, one) == _duration(option, other)


def _words(text: str) -> tuple[object, ...]:
    """The tokens of a query for Loki, numbers by their value; the text where it has no tokens."""
    tokens = query_tokens(text, Engine.LOKI)
    words = (_number(one.text) if one.kind is TokenKind.NUMBER else one.text for one in tokens)
    return tuple(words) or (text.strip(),)


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _rule(node: MappingNode, shared: dict[str, str]) -> CanonicalRule:
    kind = "alert" if _text(node, "alert") else "record"
    return CanonicalRule(
        kind,
        _text(node, kind),
        _text(node, "expr"),
        tuple(sorted({**shared, **_texts(node, "labels")}.items())),
        tuple(sorted(_texts(node, "annotations").items())),
        _options(node, (kind, "expr", "labels", "annotations")),
        node,
    )


def _options(node: MappingNode, others: tuple[str, ...]) -> tuple[tuple[str, object], ...]:
    found = ((name, _option(name, entry.value)) for name, entry in node.entries.items() if name not in others)
    return tuple(sorted((name, one) for name, one in found if one != _LEFT_OUT.get(name, ...)))


def _option(name: str, node: Node) -> object:
    if isinstance(node, MappingNode):
        return tuple((key, _option("", entry.value)) for key, entry in sorted(node.entries.items()))
    if isinstance(node, SequenceNode):
        return tuple(_option("", item) for item in node.items)
    if node.value is None:
        return _LEFT_OUT.get(name)
    if name in DURATION_KEYS:
        return _duration(name, node.text)
    return node.value if name == "limit" else node.text


def _duration(option: str, text: str | None) -> object:
    if text is None:
        return _LEFT_OUT.get(option)
    try:
        return parse_duration(text)
    except LangError:
        return text


def _items(node: Node, key: str) -> tuple[Node, ...]:
    entry = node.entries.get(key) if isinstance(node, MappingNode) else None
    return entry.value.items if entry is not None and isinstance(entry.value, SequenceNode) else ()


def _text(node: MappingNode, key: str) -> str:
    entry = node.entries.get(key)
    if entry is None or not isinstance(entry.value, ScalarNode) or entry.value.value is None:
        return ""
    return entry.value.text


def _texts(node: MappingNode, key: str) -> dict[str, str]:
    entry = node.entries.get(key)
    inner = entry.value if entry is not None else None
    return {name: _text(inner, name) for name in inner.entries} if isinstance(inner, MappingNode) else {}
