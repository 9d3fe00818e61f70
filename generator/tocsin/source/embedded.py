"""YAML inside of a scalar, as in the entries of a ConfigMap: read with the places of the file around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.source.document import Document, Span
from tocsin.source.json import json_as_yaml
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.source.scalar_map import character_origins
from tocsin.source.yaml import Stream, read_stream
from tocsin.source.yaml_error import YamlError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.source.node import Node


def read_embedded(host: ScalarNode, text: str | None = None, *, is_json: bool = False) -> Stream:
    """The YAML documents that a scalar's text holds, or the one of JSON, at the places of its own document.

    `text` is what the scalar stands for, where it is encoded: then all of it is where the scalar is.
    """
    spans = character_origins(host) if text is None else None
    inner = host.text if text is None else text
    stream = read_stream(Document(host.document.name, json_as_yaml(inner) if is_json else inner))
    moved = _Moved(host, spans)
    for node in stream.nodes:
        moved.move(node)
    return Stream(stream.nodes, tuple(map(moved.fault, stream.faults)), stream.broken)


class _Moved:
    """Moves nodes from the text of a scalar to the document that the scalar is in, each once."""

    def __init__(self, host: ScalarNode, spans: Sequence[tuple[int, int]] | None) -> None:
        self._host = host
        self._spans = spans
        self._seen: set[int] = set()

    def fault(self, fault: YamlError) -> YamlError:
        related = tuple((self._span(span), text) for span, text in fault.related)
        taken = fault.is_taken_by_configurations
        return YamlError(fault.message, self._span(fault.span), related, fault.help, taken)

    def move(self, root: Node) -> None:
        waiting: list[Node] = [root]
        while waiting:
            node = waiting.pop()
            if id(node) in self._seen:
                continue
            self._seen.add(id(node))
            node.start, node.end = self._place(node.start, node.end)
            node.document = self._host.document
            if isinstance(node, MappingNode):
                for entry in node.entries.values():
                    waiting += entry
            elif isinstance(node, SequenceNode):
                waiting += node.items

    def _span(self, span: Span) -> Span:
        return Span(self._host.document, *self._place(span.start, span.end))

    def _place(self, start: int, end: int) -> tuple[int, int]:
        host, spans = self._host, self._spans
        if spans is None:
            return host.start, host.start if start == end else host.end
        first = spans[start][0] if start < len(spans) else self._end()
        return first, first if start >= end else spans[min(end, len(spans)) - 1][1]

    def _end(self) -> int:
        return self._spans[-1][1] if self._spans else self._host.end
