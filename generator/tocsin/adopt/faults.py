"""What is wrong with a plain file as YAML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.diagnostics.model import Diagnostic, Level, Note
from tocsin.source.document import Span
from tocsin.source.empty import COMMENT, empty_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.source.document import Document
    from tocsin.source.node import Node
    from tocsin.source.yaml import Stream

_HELM = re.compile(
    r"\{\{-?\s*(?:(?:if|range|with|define|include|template|end|else)\b[^}]*|"
    r"[^}`]*\.(?:Values|Release|Chart|Files|Capabilities)\b[^}]*)\}\}"
)


def is_template(document: Document, stream: Stream) -> bool:
    """Whether a file that is no YAML would be some if a chart were rendered."""
    return bool(stream.faults) and _HELM.search(document.text) is not None


def faults(document: Document, stream: Stream) -> Iterator[Diagnostic]:
    """The faults of the file; a template of a chart has just one."""
    if is_template(document, stream) and (found := _HELM.search(document.text)) is not None:
        yield Diagnostic(
            "file/template",
            Level.ERROR,
            "this is a template of a Helm chart, not YAML yet",
            Span(document, *found.span()),
            help="render it first, and check what comes out: `helm template CHART > rendered.yaml`",
        )
        return
    for fault in stream.faults:
        notes = tuple(Note(span, text) for span, text in fault.related)
        yield Diagnostic("file/yaml", Level.ERROR, fault.message, fault.span, "", notes, fault.help)


def values_in_comments(root: Node) -> Iterator[Diagnostic]:
    """The values that a `#` made comments, so that their keys hold nothing."""
    for empty in empty_values(root):
        if empty.is_comment:
            help_ = f"put the value in quotes: `{empty.quoted}`"
            yield Diagnostic(
                "file/empty-value", Level.WARNING, empty.message, empty.span, COMMENT, help=help_
            )
