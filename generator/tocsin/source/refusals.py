"""Texts, and parts of them, that are not given to the YAML parser, and why."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tocsin.source.decode import LARGEST
from tocsin.source.document import Document, Span
from tocsin.source.yaml_error import YamlError

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONFLICT = re.compile(r"^<{7} .*$", re.MULTILINE)
_CONFLICT_END = re.compile(r"^>{7}.*$", re.MULTILINE)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Conflict(NamedTuple):
    """The lines of a merge conflict, those of its marks included, and what there is to say of them."""

    start: int
    end: int
    fault: YamlError


def why_refused(document: Document) -> YamlError | None:
    """Why the text is not read at all, if it is not."""
    text = document.text
    refused = too_large(document) or forbidden_character(document, 0, len(text))
    return refused or next((one.fault for one in conflicts(document)), None)


def too_large(document: Document) -> YamlError | None:
    """The fault of a text that takes more bytes than are read."""
    text = document.text
    if len(text) * 4 <= LARGEST or len(text.encode("utf-8", "surrogatepass")) <= LARGEST:
        return None
    return YamlError(
        f"the file is larger than {LARGEST // 1024 // 1024} MiB", Span(document, 0, 0), help="split it"
    )


def forbidden_character(document: Document, start: int, end: int) -> YamlError | None:
    """The fault of the first character in a part of a text that YAML does not allow."""
    found = _FORBIDDEN.search(document.text, start, end)
    if found is None:
        return None
    return YamlError(
        f"the character U+{ord(found[0]):04X} is not allowed in YAML",
        Span(document, *found.span()),
        help='take it away, or write it as an escape in double quotes: "\\x07"',
    )


def conflicts(document: Document) -> Iterator[Conflict]:
    """The merge conflicts: nothing in YAML begins a line like the marks that git leaves there."""
    text = document.text
    if "\n=======" not in text:
        return
    at = 0
    while (found := _CONFLICT.search(text, at)) is not None:
        closed = _CONFLICT_END.search(text, found.end())
        at = len(text) if closed is None else closed.end()
        fault = YamlError(
            "this is a merge conflict that nobody has resolved",
            Span(document, *found.span()),
            help="keep what is right of the two sides, and take the lines with `<<<<<<<`, `=======` and "
            "`>>>>>>>` away",
        )
        yield Conflict(found.start(), at, fault)
