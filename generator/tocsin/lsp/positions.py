"""Places as editors count them: lines from 0, and characters in the units that both sides agreed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol.types import Position, PositionEncodingKind, Range

if TYPE_CHECKING:
    from tocsin.source.document import Document, Span

_BYTES = {PositionEncodingKind.Utf8: 1, PositionEncodingKind.Utf16: 2, PositionEncodingKind.Utf32: 4}
_CODECS = {1: "utf-8", 2: "utf-16-le", 4: "utf-32-le"}


class Positions:
    """Converts between offsets in code points and positions in the units of an encoding."""

    def __init__(self, encoding: PositionEncodingKind | str = PositionEncodingKind.Utf16) -> None:
        self._size = _BYTES[PositionEncodingKind(encoding)]
        self._codec = _CODECS[self._size]

    def position(self, document: Document, offset: int) -> Position:
        """The position of an offset; one outside of the document counts as its nearest end."""
        line, column = document.position(offset)
        before = document.line(line)[: column - 1]
        return Position(line - 1, self._units(before))

    def range(self, span: Span) -> Range:
        """The range of a span."""
        return Range(self.position(span.document, span.start), self.position(span.document, span.end))

    def offset(self, document: Document, position: Position) -> int:
        """The offset of a position; one behind the end of its line or of the document is that end."""
        lines = document.position(len(document.text))[0]
        if position.line >= lines:
            return len(document.text)
        line = document.line(position.line + 1)
        encoded = self._encoded(line)[: position.character * self._size]
        return document.start(position.line + 1) + len(encoded.decode(self._codec, "ignore"))

    def _units(self, text: str) -> int:
        return len(text) if text.isascii() else len(self._encoded(text)) // self._size

    def _encoded(self, text: str) -> bytes:
        return text.encode(self._codec, "surrogatepass")
