"""The files with notification templates that stand beside a configuration in the same resource or chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.detect.kinds import DocumentKind
from tocsin.source.base64 import decode_base64_text
from tocsin.source.document import Document
from tocsin.source.node import MappingNode, ScalarNode, node_at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tocsin.existing.files import Input

_OF_CHART = "templateFiles"
"""Beside `config` in the values of kube-prometheus-stack."""


def embedded_templates(file: Input, suffixes: Collection[str]) -> Iterator[Document]:
    """Their texts under their names; `suffixes` are those of such files."""
    for part in file.parts():
        if part.kind is not DocumentKind.ALERTMANAGER or len(part.path) < 3:
            continue
        root = file.root()
        node = None if root is None else node_at(root, part.path[1:-1])
        beside = node.entries if isinstance(node, MappingNode) else {}
        of_chart = beside[_OF_CHART].value if _OF_CHART in beside else None
        encoded = part.path[-2] == "data" and part.resource == "Secret"
        for entries in (beside, of_chart.entries if isinstance(of_chart, MappingNode) else {}):
            for name, entry in entries.items():
                if name.endswith(tuple(suffixes)) and isinstance(entry.value, ScalarNode):
                    text = decode_base64_text(entry.value.text) if encoded else entry.value.text
                    if text is not None:
                        yield Document(name, text)
