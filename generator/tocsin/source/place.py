"""Places named by their path in the spec, and the look-up of what they are in the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.source.document import Span
from tocsin.source.node import MappingNode, Node, ScalarNode, SequenceNode
from tocsin.source.scalar_map import source_piece
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Path = tuple[str | int, ...]


@value_object
class Place:
    """A value in the spec by its path; `piece` is a part of its decoded text, `key` means its key instead."""

    path: Path
    piece: tuple[int, int] | None = None
    key: bool = False


@value_object
class Sources:
    """The nodes of a spec, for looking up places; `root` is None when nothing could be read."""

    root: MappingNode | None
    read: Callable[[Path], MappingNode | None] | None = None
    """Instead of a root: what reads as much as is needed for a path to lead where it would in all of it."""

    def locate(self, place: Place) -> Span:
        """Where a place is written; a path that leads nowhere gives its deepest ancestor that is written.

        LookupError when nothing was read at all, as no line could be meant.
        """
        root = self._tree(place.path)
        if root is None:
            raise LookupError("there is no source to look into")
        node: Node = root
        key: ScalarNode | None = None
        for part in place.path:
            step = _step(node, part)
            if step is None:
                return _name(node, key)
            key, node = step
        if place.key and key is not None:
            return key.span if place.piece is None else source_piece(key, *place.piece)
        if isinstance(node, ScalarNode) and (node.end > node.start or key is None):
            return node.span if place.piece is None else source_piece(node, *place.piece)
        return _name(node, key)

    def node(self, path: Path) -> Node | None:
        """What is written at a path; None where that leads nowhere."""
        node: Node | None = self._tree(path)
        for part in path:
            step = None if node is None else _step(node, part)
            node = None if step is None else step[1]
        return node

    def nodes_along(self, path: Path) -> Iterator[tuple[str | int, Node]]:
        """Each step of a path with the value that it leads to, as far as the path leads."""
        node: Node | None = self._tree(path)
        for part in path:
            step = None if node is None else _step(node, part)
            if step is None:
                return
            node = step[1]
            yield part, node

    def text_start(self, place: Place) -> Span | None:
        """The empty span before the first letter of a scalar on one line, behind its quote if it has one."""
        node = self.node(place.path)
        if not isinstance(node, ScalarNode) or node.style not in ("plain", "single", "double"):
            return None
        start = node.start + (node.style != "plain")
        return Span(node.document, start, start)

    def extent(self, path: Path) -> Span:
        """From the key of a value to its end; of the deepest ancestor that is written, if it is not.

        LookupError when nothing was read at all.
        """
        root = self._tree(path)
        if root is None:
            raise LookupError("there is no source to look into")
        node: Node = root
        key: ScalarNode | None = None
        for part in path:
            step = _step(node, part)
            if step is None:
                break
            key, node = step
        if key is None or key.document is not node.document:
            return node.span
        return Span(node.document, min(key.start, node.start), node.end)

    def _tree(self, path: Path) -> MappingNode | None:
        return self.root if self.read is None else self.read(path)


def _step(node: Node, part: str | int) -> tuple[ScalarNode | None, Node] | None:
    if isinstance(node, MappingNode):
        return node.entries.get(str(part))
    if isinstance(node, SequenceNode) and isinstance(part, int) and 0 <= part < len(node.items):
        return None, node.items[part]
    return None


def _name(node: Node, key: ScalarNode | None) -> Span:
    return node.span if key is None else key.span
