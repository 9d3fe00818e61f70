"""Secrets that somebody wrote in clear are shown to nobody, not even by the message about them."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.diagnostics.secrets.keys import key_spans
from tocsin.source.document import Document, Span
from tocsin.text.secret_looks import mask_spans, private_keys, secret_spans, without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tocsin.diagnostics.model import Diagnostic

__all__ = ["mask_secrets"]

_WORD = re.compile(r"[^\s\"'`,{}\[\]]{6,}")
_NAME = re.compile(r"(?<![\w-])[a-z][a-z_:-]{4,}[a-z](?![\w-])")
_QUOTES = ("`", "'", '"')


def mask_secrets(diagnostics: Iterable[Diagnostic], secrets: Sequence[Span] = ()) -> list[Diagnostic]:
    """The diagnostics without any secret: neither in the lines of their files nor in what they say.

    `secrets` are those that are known by their place. Others are recognised by key or by look, also in
    files that cannot be parsed. What is covered is as long as before, so that all places stay.
    """
    diagnostics = list(diagnostics)
    by_name: dict[str, list[Span]] = {}
    for secret in secrets:
        by_name.setdefault(secret.document.name, []).append(secret)
    lines: dict[Document, set[int]] = {}
    for one in diagnostics:
        for span in _spans(one):
            lines.setdefault(span.document, set()).add(span.line)
    words: dict[str, None] = {}
    documents = {
        document: _covered(document, by_name.get(document.name, ()), shown, words)
        for document, shown in lines.items()
    }
    said = _cover_of(words)
    return [
        replace(
            one,
            message=said(one.message),
            label=said(one.label),
            help=None if one.help is None else said(one.help),
            span=None if one.span is None else _moved(one.span, documents),
            related=tuple(
                replace(note, span=_moved(note.span, documents), text=said(note.text)) for note in one.related
            ),
            fix=None if one.fix is None else replace(one.fix, span=_moved(one.fix.span, documents)),
            subject=None if one.subject is None else replace(one.subject, name=said(one.subject.name)),
        )
        for one in diagnostics
    ]


def _spans(diagnostic: Diagnostic) -> Iterator[Span]:
    if diagnostic.span is not None:
        yield diagnostic.span
    if diagnostic.fix is not None:
        yield diagnostic.fix.span
    yield from (note.span for note in diagnostic.related)


def _moved(span: Span, documents: dict[Document, Document]) -> Span:
    return Span(documents[span.document], span.start, span.end)


def _covered(
    document: Document, secrets: Iterable[Span], lines: Iterable[int], words: dict[str, None]
) -> Document:
    """The document with its secrets covered in the shown lines; their words are added to `words`."""
    text = document.text
    spans = [(secret.start, secret.end) for secret in secrets]
    spans += _spans_by_key(text)
    for number in lines:
        start = document.start(number)
        spans += [(start + first, start + last) for first, last in secret_spans(document.line(number))]
    shown = mask_spans(text, spans)
    for start, end in spans:
        for found in _WORD.finditer(text, start, end):
            # A name such as `instance` that the file says in clear as well is no secret.
            if found[0] not in words and not (_NAME.fullmatch(found[0]) and found[0] in _names(shown)):
                words[found[0]] = None
    # The same text as another object would be compared with it at every question about its lines.
    return document if shown == text else Document(document.name, shown)


@lru_cache(maxsize=8)
def _names(text: str) -> frozenset[str]:
    return frozenset(_NAME.findall(text))


# A run hides what it found several times: as a reader, as a check, and as it shows it.
@lru_cache(maxsize=16)
def _spans_by_key(text: str) -> tuple[tuple[int, int], ...]:
    return (*key_spans(text), *private_keys(text))


def _cover_of(words: Iterable[str]) -> Callable[[str], str]:
    """What covers in a message the words of secrets that it repeats, and all that looks like a secret."""
    known = frozenset(word for word in words if word.strip("*"))

    def cover(found: re.Match[str]) -> str:
        word = found[0].rstrip(".;:)!?")
        cut = word.removesuffix("…")
        if word in known or (cut != word and any(one.startswith(cut) for one in known)):
            text, (start, end) = found.string, found.span()
            is_quoted = text[start - 1 : start] in _QUOTES or text[end : end + 1] in _QUOTES
            # A password such as `default` or `Prometheus` is a word of many messages as well.
            if is_quoted or not (word.isalpha() and word[1:].islower()):
                return "*" * len(word) + found[0][len(word) :]
        return found[0]

    def said(text: str) -> str:
        return without_secrets(_WORD.sub(cover, text) if known else text)

    return said
