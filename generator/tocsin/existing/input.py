"""A file that was read, with the texts in it that hold alerting read as well."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.detect.kinds import document_parts
from tocsin.detect.unfold import may_hold_texts, unfold
from tocsin.source.node import ScalarNode, SequenceNode
from tocsin.source.yaml import Stream, read_stream
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.detect.filling import Filling
    from tocsin.detect.kinds import DocumentPart
    from tocsin.source.document import Document, Span
    from tocsin.source.node import Node


@value_object
class Input:
    """A file that was read; `named` says that somebody asked for just this one."""

    document: Document
    stream: Stream
    named: bool
    secrets: tuple[Span, ...] = ()
    """Values in it that nobody may see, whatever they are."""
    found: tuple[DocumentPart, ...] | None = None
    """Its parts, where they are known."""
    fillings: tuple[Filling, ...] = ()
    """What scripts replace in it before anybody reads it."""

    def root(self) -> Node | None:
        """The node of its one document, or the list of all of them; None when it holds nothing."""
        nodes = [node for node in self.stream.nodes if not _is_null(node)]
        if len(nodes) <= 1:
            return nodes[0] if nodes else None
        return SequenceNode(self.document, 0, 0, self.stream.nodes)

    def is_alerting(self) -> bool:
        """Whether something in it is alerting, read or not."""
        return any(part.is_alerting for part in self.parts())

    def parts(self) -> list[DocumentPart]:
        """What the file holds, each with its path below the file's name."""
        if self.found is not None:
            return list(self.found)
        root = self.root()
        if root is not None and not isinstance(root, SequenceNode):
            return list(document_parts(root, (self.document.name,)))
        return [
            part
            for number, node in enumerate(self.stream.nodes)
            if not _is_null(node)
            for part in document_parts(node, (self.document.name, number))
        ]


def read_input(document: Document, *, named: bool, dashboards: bool = False) -> Input:
    """A file with the alerting in its texts, as in those of a ConfigMap, read as well.

    Dashboards in texts are read in a file that was named, and where `dashboards` asks for them.
    """
    stream, dashboards = read_stream(document, in_parts=True), dashboards or named
    if not may_hold_texts(document.text, dashboards=dashboards):
        plain = Input(document, stream, named)
        return replace(plain, found=tuple(plain.parts()))
    found = [unfold(node, dashboards=dashboards) for node in stream.nodes]
    faults = (*stream.faults, *(fault for one in found for fault in one.faults))
    whole = replace(stream, nodes=tuple(one.node for one in found), faults=faults)
    file = Input(document, whole, named, tuple(span for one in found for span in one.secrets))
    return replace(file, found=tuple(file.parts()))


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is None
