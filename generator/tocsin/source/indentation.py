"""What a line that does not fit was meant to stand below, by the lines before it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tocsin.source.document import Document

_LINE = re.compile(r"""(?P<blank> *)(?P<dash>(?:- +)*)(?:(?P<key>[\w./"'-]+):(?=\s|$))?(?P<rest>.*)""")
_BLOCK_TEXT = re.compile(r"\s*[|>][-+\d]*\s*(?:#.*)?")
_MOST = 2000


class _Line(NamedTuple):
    """A line that is neither empty nor a comment; columns count from 0."""

    number: int
    dash: int | None
    """The column of its first `-`."""
    column: int
    """The column of what comes after its dashes."""
    key: str | None
    rest: str

    @property
    def start(self) -> int:
        return self.column if self.dash is None else self.dash


def indentation_advice(document: Document, number: int) -> str | None:
    """How the line with this number has to be indented to fit one before it; None where that is not plain."""
    line = _read(document, number)
    before = _before(document, number)
    if line is None or not before:
        return None
    last = before[0]
    if _BLOCK_TEXT.fullmatch(last.rest) and last.key is not None and line.start <= last.column:
        return f"indent this text further than `{last.key}:` in line {last.number}"
    if line.dash is not None:
        return _for_item(line, before)
    if last.key is None and last.dash is not None and len(before) > 1:
        above = before[1]
        if above.key is not None and not above.rest.strip() and above.dash == last.dash:
            return f"indent the list item in line {last.number} further than `{above.key}:` above it"
    return None if line.key is None else _for_key(line, before)


def _for_item(line: _Line, before: list[_Line]) -> str | None:
    """The item with the same first key is of the same list."""
    for other in before:
        if other.dash is not None and other.key == line.key:
            if other.dash == line.dash:
                return None
            return f"start the `-` in column {other.dash + 1}, as in line {other.number}"
        if other.start == 0 and other.dash is None:
            return None
    return None


def _for_key(line: _Line, before: list[_Line]) -> str | None:
    """The key whose mapping is still open, and whose column is the nearest one."""
    limit = float("inf")
    open_keys: list[_Line] = []
    for other in before:
        if other.key is not None and other.column < limit:
            open_keys.append(other)
        if other.start < limit:
            # The items of a list may start in the column of its key.
            limit = other.start if other.dash is None else other.start + 0.5
        if limit == 0:
            break
    if not open_keys or any(one.column == line.column for one in open_keys):
        return None
    near = min(open_keys, key=lambda one: abs(one.column - line.column))
    return f"start it in column {near.column + 1}, as `{near.key}` in line {near.number}"


def _before(document: Document, number: int) -> list[_Line]:
    """The lines before one of the same document, the nearest first."""
    found: list[_Line] = []
    for n in range(number - 1, max(number - _MOST, 0), -1):
        if document.line(n).startswith("---"):
            break
        line = _read(document, n)
        if line is not None:
            found.append(line)
    return found


def _read(document: Document, number: int) -> _Line | None:
    found = _LINE.match(document.line(number))
    if found is None or found["rest"].strip().startswith("#") or not found[0].strip():
        return None
    blank, dash = len(found["blank"]), found["dash"]
    return _Line(number, blank if dash else None, blank + len(dash), found["key"], found["rest"])
