"""Turning the keys of a resource into those of Alertmanager's configuration; every value keeps its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.kubernetes.resource_shapes import Each, Fields, Pairs, Reference, Same, Values
from tocsin.source.node import Entry, MappingNode, ScalarNode, SequenceNode

if TYPE_CHECKING:
    from tocsin.existing.node_reader import Reader
    from tocsin.lang.kubernetes.resource_shapes import Shape
    from tocsin.source.document import Span
    from tocsin.source.node import Node

HIDDEN = "<secret>"


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
