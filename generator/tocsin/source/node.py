"""The tree of a YAML document: values that know where they are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from tocsin.source.document import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.source.document import Document

Style = Literal["plain", "single", "double", "literal", "folded", "raw"]
"""How a scalar is written; `raw` is the text of a file that is no YAML, as it stands."""
Value = None | bool | int | float | str

# The nodes are not frozen: a frozen dataclass takes three times as long to build, and a large spec has
# 300,000. Nobody changes one after it was read. They are equal only to themselves.


@dataclass(slots=True, eq=False)
class ScalarNode:
    """One value: `text` as YAML decodes it, `value` as its type reads it."""

    document: Document
    start: int
    end: int
    style: Style
    text: str
    value: Value

    @property
    def span(self) -> Span:
        """Where it is written, quotes and block header included, anchor and tag not."""
        return Span(self.document, self.start, self.end)


@dataclass(slots=True, eq=False)
class FilledNode(ScalarNode):
    """A value made of another one, in which pieces were replaced; it is written where the other one is."""

    written: ScalarNode
    pieces: tuple[tuple[int, int, int, int], ...]
    """Of each replaced piece, from the left: start and end in this text, then in the other one."""

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The part of the other text that a part of this one comes from."""
        return self._origin(start, 0), self._origin(end, 1)

    def _origin(self, at: int, side: int) -> int:
        shift = 0
        for first, last, before, after in self.pieces:
            if at <= first:
                break
            if at < last:
                return (before, after)[side]
            shift = after - last
        return at + shift


@dataclass(slots=True, eq=False)
class MappingNode:
    """Keys and values, in the order they are written; merged entries come last."""

    document: Document
    start: int
    end: int
    entries: dict[str, Entry]

    @property
    def span(self) -> Span:
        """From its first key, or its brace, to the end of its last value."""
        return Span(self.document, self.start, self.end)


@dataclass(slots=True, eq=False)
class SequenceNode:
    """A list of values."""

    document: Document
    start: int
    end: int
    items: tuple[Node, ...]

    @property
    def span(self) -> Span:
        """From its first dash, or its bracket, to the end of its last value."""
        return Span(self.document, self.start, self.end)


Node = ScalarNode | MappingNode | SequenceNode


class Entry(NamedTuple):
    """A key and its value."""

    key: ScalarNode
    value: Node


def scalars(node: Node) -> Iterator[ScalarNode]:
    """All keys and values below a node that are neither a mapping nor a list, in their order."""
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from scalars(item)
    else:
        for entry in node.entries.values():
            yield entry.key
            yield from scalars(entry.value)


def plain_data(node: Node) -> object:
    """The same data without places: dictionaries, lists and values."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, MappingNode):
        return {name: plain_data(entry.value) for name, entry in node.entries.items()}
    return [plain_data(item) for item in node.items]


def node_at(node: Node, path: Iterable[str | int]) -> Node | None:
    """What stands at a path of keys and numbers of items; None where nothing does."""
    for step in path:
        if isinstance(node, MappingNode) and str(step) in node.entries:
            node = node.entries[str(step)].value
        elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            return None
    return node
