"""A text with a name, and a part of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from tocsin.answers import KeepsAnswers, answered_once
from tocsin.value_object import value_object

_BREAK = re.compile(r"\r\n|\r|\n")


@value_object
class Document(KeepsAnswers):
    """A text and the name people know it by; offsets count code points."""

    name: str
    text: str

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1; an offset outside the text counts as its nearest end."""
        offset = min(max(offset, 0), len(self.text))
        starts = _line_starts(self)
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def start(self, n: int) -> int:
        """The offset at which a line starts, counted from 1."""
        return _line_starts(self)[n - 1]

    def line(self, n: int) -> str:
        """The text of a line without its break; empty when there is no such line."""
        starts = _line_starts(self)
        if not 1 <= n <= len(starts):
            return ""
        end = starts[n] if n < len(starts) else len(self.text)
        return self.text[starts[n - 1] : end].rstrip("\r\n")


@answered_once
def _line_starts(document: Document) -> tuple[int, ...]:
    """The offset at which each line starts; thousands of findings ask the same document."""
    return _starts_in(document.text)


# Few files of many have a line that anybody asks for.
@lru_cache(maxsize=1024)
def _starts_in(text: str) -> tuple[int, ...]:
    return (0, *(found.end() for found in _BREAK.finditer(text)))


@value_object
class Span:
    """The part of a document from one code point up to another."""

    document: Document
    start: int
    end: int

    @property
    def line(self) -> int:
        """The line it starts on, from 1."""
        return self.document.position(self.start)[0]

    @property
    def column(self) -> int:
        """The column of its first code point, from 1."""
        return self.document.position(self.start)[1]

    @property
    def end_line(self) -> int:
        """The line of the code point after it."""
        return self.document.position(self.end)[0]

    @property
    def end_column(self) -> int:
        """The column of the code point after it."""
        return self.document.position(self.end)[1]
