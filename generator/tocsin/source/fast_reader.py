"""The values of a YAML text in which nothing is unusual, without the nodes that know their places."""

from __future__ import annotations

from sys import intern
from typing import TYPE_CHECKING, Any

import yaml

from tocsin.source.parse import LOADER
from tocsin.source.refusals import why_refused
from tocsin.source.resolve import resolve_scalar
from tocsin.source.tree import DEEPEST
from tocsin.text.visible import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.source.document import Document

    Next = Callable[[], Any]


_SECTION = 2  # the depth of a value below a key at the top


class _UnusualError(Exception):
    """Only nodes can tell what this is, or what is wrong with it."""


def read_values(document: Document) -> dict[str, Any] | None:
    """What `plain_data` makes of the mapping in a document, in half the time; empty for an empty text.

    None where it takes nodes: for anything that is wrong, for values that are left empty inside of a section,
    for anchors, aliases and tags, for several documents, and for one that is no mapping.
    """
    text = document.text
    # An escape may stand for half of a surrogate pair, and a byte order mark is no part of the text.
    if "\\u" in text or "\\U" in text or text.startswith("\ufeff") or why_refused(document) is not None:
        return None
    try:
        return _document(LOADER(text).get_event)
    except Exception:
        # Whatever it was: who reads the nodes tells it.
        return None


def _document(next_event: Next) -> dict[str, Any]:
    values: dict[str, Any] = {}
    documents = 0
    while (event := next_event()) is not None:
        kind = type(event)
        if kind is yaml.MappingStartEvent and event.anchor is None and event.tag is None:
            values = _entries(next_event, 1)
        elif kind is yaml.DocumentStartEvent and not documents:
            documents = 1
        elif kind not in (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentEndEvent):
            raise _UnusualError
    return values


def _value(event: Any, next_event: Next, depth: int) -> Any:
    """The value that begins with the event."""
    if event.anchor is not None or event.tag is not None or depth > DEEPEST:
        raise _UnusualError
    kind = type(event)
    if kind is yaml.ScalarEvent:
        text = event.value
        if not text and not event.style and depth > _SECTION:
            raise _UnusualError
        # Nobody sees such a character, and whoever reads the nodes says where it is.
        if (event.style == '"' or not text.isascii()) and HIDDEN.search(text):
            raise _UnusualError
        return text if event.style else resolve_scalar(text)
    if kind is yaml.MappingStartEvent:
        return _entries(next_event, depth)
    if kind is not yaml.SequenceStartEvent:
        raise _UnusualError
    items = []
    while type(event := next_event()) is not yaml.SequenceEndEvent:
        items.append(_value(event, next_event, depth + 1))
    return items


def _entries(next_event: Next, depth: int) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    while type(event := next_event()) is not yaml.MappingEndEvent:
        if type(event) is not yaml.ScalarEvent or event.anchor is not None or event.tag is not None:
            raise _UnusualError
        # A few keys are written ten thousand times.
        name = intern(event.value)
        if name in entries or name == "<<" or HIDDEN.search(name):
            raise _UnusualError
        entries[name] = _value(next_event(), next_event, depth + 1)
    return entries
