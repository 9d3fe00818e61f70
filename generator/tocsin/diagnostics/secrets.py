"""Secrets that an author wrote in clear are shown to nobody, not even by the message that refuses them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.source.document import Document, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tocsin.diagnostics.model import Diagnostic

_SHOWN = re.compile(r"\S")


def hidden(diagnostics: Iterable[Diagnostic], secrets: Sequence[Span]) -> list[Diagnostic]:
    """The diagnostics, in lines of which every secret has become asterisks."""
    documents: dict[str, Document] = {}
    for secret in secrets:
        document = documents.get(secret.document.name, secret.document)
        text = document.text
        covered = _SHOWN.sub("*", text[secret.start : secret.end])
        documents[document.name] = Document(
            document.name, text[: secret.start] + covered + text[secret.end :]
        )

    def covered_span(span: Span) -> Span:
        return Span(documents.get(span.document.name, span.document), span.start, span.end)

    return [
        replace(
            one,
            span=None if one.span is None else covered_span(one.span),
            related=tuple(replace(note, span=covered_span(note.span)) for note in one.related),
            fix=None if one.fix is None else replace(one.fix, span=covered_span(one.fix.span)),
        )
        for one in diagnostics
    ]
