"""The files with notification templates that stand beside a configuration in the same resource or chart."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from tocsin.detect.kinds import DocumentKind
from tocsin.source.document import Document
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tocsin.existing.files import Input
    from tocsin.source.node import Node

_OF_CHART = "templateFiles"
"""Beside `config` in the values of kube-prometheus-stack."""


def embedded_templates(file: Input, suffixes: Collection[str]) -> Iterator[Document]:
    """Their texts under their names; `suffixes` are those of such files."""
    for part in file.parts():
        if part.kind is not DocumentKind.ALERTMANAGER or len(part.path) < 3:
            continue
        node: Node | None = file.root()
        for step in part.path[1:-1]:
            node = _child(node, step)
        beside = node.entries if isinstance(node, MappingNode) else {}
        of_chart = beside[_OF_CHART].value if _OF_CHART in beside else None
        encoded = part.path[-2] == "data" and part.resource == "Secret"
        for entries in (beside, of_chart.entries if isinstance(of_chart, MappingNode) else {}):
            for name, entry in entries.items():
                if name.endswith(tuple(suffixes)) and isinstance(entry.value, ScalarNode):
                    text = _decoded(entry.value.text) if encoded else entry.value.text
                    if text is not None:
                        yield Document(name, text)


def _child(node: Node | None, step: str | int) -> Node | None:
    if isinstance(node, MappingNode) and str(step) in node.entries:
        return node.entries[str(step)].value
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.items):
        return node.items[step]
    return None


def _decoded(text: str) -> str | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
