"""Turning the keys of a resource into those of Alertmanager's configuration; every value keeps its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.source.node import Entry, MappingNode, ScalarNode, SequenceNode
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.existing.node_reader import Reader
    from tocsin.source.document import Span
    from tocsin.source.node import Node

HIDDEN = "<secret>"
_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z]+)")


class Same:
    """A value that both have alike."""


class Reference:
    """A reference to a key of a Secret or ConfigMap; what is behind it is nobody's business here."""


class Pairs:
    """A list of keys and values, which Alertmanager has as a mapping."""


@value_object
class Each:
    """A list of values of one shape."""

    item: Shape


@value_object
class Values:
    """A mapping with keys of the author's choice."""

    item: Shape


@value_object
class Fields:
    """A mapping with known keys: each has Alertmanager's name for it, and the shape of its value."""

    keys: Mapping[str, tuple[str, Shape]]


Shape = Same | Reference | Pairs | Each | Values | Fields

SAME, REFERENCE, PAIRS = Same(), Reference(), Pairs()


def snake_case(key: str) -> str:
    """The usual name of a key in Alertmanager's configuration."""
    return _HUMP.sub(r"_\1", key).lower()


def record_fields(same: str = "", references: str = "", **others: tuple[str, Shape] | Shape) -> Fields:
    """The fields of a record; those of other shapes may bring a name of their own."""
    keys: dict[str, tuple[str, Shape]] = {key: (snake_case(key), SAME) for key in same.split()}
    keys |= {key: (snake_case(key), REFERENCE) for key in references.split()}
    keys |= {
        key: other if isinstance(other, tuple) else (snake_case(key), other) for key, other in others.items()
    }
    return Fields(keys)


def key_names(shape: Shape) -> Iterator[tuple[str, str]]:
    """Alertmanager's name of each key, and the key itself, here and below."""
    waiting, seen = [shape], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, (Each, Values)):
            waiting.append(one.item)
        elif isinstance(one, Fields):
            yield from ((new, key) for key, (new, _) in one.keys.items())
            waiting += [below for _, below in one.keys.values()]


class Translation:
    """Translates values; a text that stands where only a reference may is among `secrets`."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.secrets: list[Span] = []

    def value(self, node: Node, shape: Shape, what: str) -> Node:
        """The value as Alertmanager has it; what does not fit is noted, and left for others to refuse."""
        if isinstance(node, ScalarNode) and node.value is None:
            return node
        if isinstance(shape, Reference):
            return self._reference(node)
        if isinstance(shape, (Each, Pairs)):
            if not isinstance(node, SequenceNode):
                return node
            if isinstance(shape, Pairs):
                return self._pairs(node)
            items = tuple(self.value(item, shape.item, what) for item in node.items)
            return SequenceNode(node.document, node.start, node.end, items)
        if not isinstance(node, MappingNode) or isinstance(shape, Same):
            return node
        if isinstance(shape, Values):
            inner = {
                name: Entry(one.key, self.value(one.value, shape.item, what))
                for name, one in node.entries.items()
            }
            return MappingNode(node.document, node.start, node.end, inner)
        return self.record(node, shape, what)

    def record(self, node: MappingNode, shape: Fields, what: str) -> MappingNode:
        """A mapping with known keys; others are noted and left out, as Kubernetes does."""
        self.reader.keys(node, shape.keys, {}, what)
        entries: dict[str, Entry] = {}
        for key, entry in node.entries.items():
            if key in shape.keys:
                name, below = shape.keys[key]
                entries[name] = Entry(entry.key, self.value(entry.value, below, f"`{key}`"))
        return MappingNode(node.document, node.start, node.end, entries)

    def _reference(self, node: Node) -> Node:
        if isinstance(node, ScalarNode):
            message = "only a reference to a secret is allowed here; write its `name:` and `key:`"
            self.reader.error("file/type", message, node.span)
            self.secrets.append(node.span)
            return referenced_value(node, "in clear")
        inner: Node = node
        if isinstance(node, MappingNode):
            for kind in ("secret", "configMap"):
                if kind in node.entries and isinstance(node.entries[kind].value, MappingNode):
                    inner = node.entries[kind].value
        if not isinstance(inner, MappingNode):
            self.reader.error("file/type", "a reference to a secret belongs here", node.span)
            return referenced_value(node, "unknown")
        said = {name: self.reader.text(inner.entries.get(name)) for name in ("name", "key")}
        for name, text in said.items():
            if not text:
                message = f"this reference to a secret has no `{name}`"
                self.reader.error("file/rule", message, inner.span)
        return referenced_value(node, f"{said['name']}/{said['key']}")

    def _pairs(self, node: SequenceNode) -> Node:
        entries: dict[str, Entry] = {}
        for item in node.items:
            pair = self.reader.mapping(item)
            key = None if pair is None else self.reader.scalar(pair.entries.get("key"))
            if pair is None or key is None:
                if pair is not None:
                    self.reader.error("file/rule", "this pair has no `key`", pair.span)
                continue
            value = pair.entries["value"].value if "value" in pair.entries else own_text(key, "")
            if key.text in entries:
                self.reader.error("file/rule", f"`{key.text}` is written twice here", key.span)
            entries[key.text] = Entry(key, value)
        return MappingNode(node.document, node.start, node.end, entries)


def own_text(node: Node, text: str) -> ScalarNode:
    """A text of our own at the place of another value."""
    return ScalarNode(node.document, node.start, node.end, "plain", text, text)


def referenced_value(node: Node, target: str) -> ScalarNode:
    """The value behind a reference, of which only the reference is known and shown."""
    return ScalarNode(node.document, node.start, node.end, "plain", HIDDEN, f"<secret {target}>")
