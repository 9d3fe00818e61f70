"""Changing the tree of a spec: what cannot be read is left out, or replaced by what is meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.source.document import Document
from tocsin.source.node import Entry, MappingNode, Node, ScalarNode, SequenceNode
from tocsin.source.yaml import read_yaml
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tocsin.diagnostics.fix import Fix

    Path = tuple[str | int, ...]


@value_object
class Remove:
    """Leave the entry or item out."""


@value_object
class Rename:
    """Take the entry as if its key had this name; it is left out where there is such a key already."""

    name: str


@value_object
class Replace:
    """Take another node in place of the value."""

    node: Node


@value_object
class Fill:
    """Put these nodes into a mapping, in place of those under the same keys."""

    entries: tuple[tuple[str, Node], ...]


Edit = Remove | Rename | Replace | Fill


def edit_tree(node: Node, edits: Mapping[Path, Edit]) -> Node:
    """The tree with the edits at their paths; an edit below a removed part does nothing."""
    own = edits.get(())
    if isinstance(own, Replace):
        return own.node
    below: dict[str | int, dict[Path, Edit]] = {}
    for path, edit in edits.items():
        if path:
            below.setdefault(path[0], {})[path[1:]] = edit
    if isinstance(node, MappingNode):
        return _mapping(node, below, own)
    if isinstance(node, SequenceNode):
        kept = [
            edit_tree(item, below[number]) if number in below else item
            for number, item in enumerate(node.items)
            if not isinstance(below.get(number, {}).get(()), Remove)
        ]
        return SequenceNode(node.document, node.start, node.end, tuple(kept))
    return node


def _mapping(node: MappingNode, below: Mapping[str | int, dict[Path, Edit]], own: Edit | None) -> MappingNode:
    entries: dict[str, Entry] = {}
    for name, entry in node.entries.items():
        inner = below.get(name, {})
        edit = inner.get(())
        value = edit_tree(entry.value, inner) if inner else entry.value
        if isinstance(edit, Rename):
            if edit.name not in node.entries:
                entries.setdefault(edit.name, Entry(entry.key, value))
        elif not isinstance(edit, Remove):
            entries[name] = Entry(entry.key, value)
    if isinstance(own, Fill):
        entries.update((name, Entry(_key(node, name), value)) for name, value in own.entries)
    return MappingNode(node.document, node.start, node.end, entries)


def scalar_beside(beside: Node, text: str) -> ScalarNode:
    """A string that nobody wrote, at the place of another node."""
    return ScalarNode(beside.document, beside.start, beside.end, "double", text, text)


def scalar_after(node: Node, fix: Fix) -> ScalarNode | None:
    """A scalar as it is after an edit of its text; None where the edit makes something else of it."""
    inside = fix.span.document is node.document and node.start <= fix.span.start <= fix.span.end <= node.end
    if not inside or not isinstance(node, ScalarNode):
        return None
    text = node.document.text
    written = text[node.start : fix.span.start] + fix.text + text[fix.span.end : node.end]
    made = read_yaml(Document(node.document.name, written))
    if made.faults or not isinstance(made.node, ScalarNode):
        return None
    return replace(made.node, document=node.document, start=node.start, end=node.end)


def _key(node: MappingNode, name: str) -> ScalarNode:
    known = node.entries.get(name)
    return scalar_beside(node, name) if known is None else known.key


def node_at(node: Node, path: Path) -> Node | None:
    """The node at a path; None where it leads nowhere."""
    for part in path:
        inner = child_node(node, part)
        if inner is None:
            return None
        node = inner
    return node


def child_node(node: Node, part: str | int) -> Node | None:
    """The value under a key, or the item with a number."""
    if isinstance(node, MappingNode):
        entry = node.entries.get(str(part))
        return None if entry is None else entry.value
    if isinstance(node, SequenceNode) and isinstance(part, int) and 0 <= part < len(node.items):
        return node.items[part]
    return None


def mapping_at(node: Node, key: str, edit: Callable[[Node], Node]) -> Node:
    """A mapping whose value under a key is edited, if it has one."""
    if not isinstance(node, MappingNode) or key not in node.entries:
        return node
    entry = node.entries[key]
    return with_entries(node, node.entries | {key: Entry(entry.key, edit(entry.value))})


def each_value(node: Node, edit: Callable[[Node], Node]) -> Node:
    """A mapping each of whose values is edited."""
    if not isinstance(node, MappingNode):
        return node
    entries = {key: Entry(entry.key, edit(entry.value)) for key, entry in node.entries.items()}
    return with_entries(node, entries)


def with_entries(node: MappingNode, entries: Mapping[str, Entry]) -> MappingNode:
    """A mapping at the same place with other entries."""
    return MappingNode(node.document, node.start, node.end, dict(entries))
