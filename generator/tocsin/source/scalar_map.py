"""From a part of a scalar's decoded text back to the characters of the file that it was decoded from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.source.document import Span
from tocsin.source.node import FilledNode
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tocsin.source.node import ScalarNode

_BREAK = regex_on_use("\r\n|[\r\n\x85\u2028\u2029]")
_BLANK_LINES = regex_on_use("[ \t]*(?:(?:\r\n|[\r\n\x85\u2028\u2029])[ \t]*)+")
_HEADER = regex_on_use("[|>][-+0-9]*[ \t]*(?:#[^\r\n\x85\u2028\u2029]*)?(?:\r\n|[\r\n\x85\u2028\u2029]|$)")
_ESCAPES = {
    **{"0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"},
    **{"e": "\x1b", " ": " ", '"': '"', "/": "/", "\\": "\\"},
    **{"N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029"},
}
_HEX = {"x": 2, "u": 4, "U": 8}


class _Decoded:
    """Decoded characters, each with the part of the raw text it comes from."""

    __slots__ = ("chars", "spans")

    def __init__(self) -> None:
        self.chars: list[str] = []
        self.spans: list[tuple[int, int]] = []

    def add(self, char: str, start: int, end: int) -> None:
        self.chars.append(char)
        self.spans.append((start, end))

    def copy(self, raw: str, start: int, end: int) -> None:
        self.chars.extend(raw[start:end])
        self.spans.extend((at, at + 1) for at in range(start, end))


def source_piece(node: ScalarNode, start: int, end: int) -> Span:
    """Where the decoded text's [start:end] is written; the whole scalar when that is uncertain."""
    if not 0 <= start <= end <= len(node.text):
        return node.span
    if isinstance(node, FilledNode):
        return source_piece(node.written, *node.origin(start, end))
    if node.style == "raw":
        return Span(node.document, node.start + start, node.start + end)
    decoded = _decoded(node)
    if decoded is None:
        return node.span
    if start == end:
        at = decoded.spans[start][0] if start < len(decoded.spans) else _after(decoded)
        return Span(node.document, node.start + at, node.start + at)
    first, last = decoded.spans[start], decoded.spans[end - 1]
    return Span(node.document, node.start + first[0], node.start + last[1])


def character_origins(node: ScalarNode) -> list[tuple[int, int]] | None:
    """Where each character of the decoded text is written, in the document; None when that is uncertain."""
    if node.style == "raw":
        return [(at, at + 1) for at in range(node.start, node.end)]
    decoded = _decoded(node)
    if decoded is None:
        return None
    return [(node.start + first, node.start + last) for first, last in decoded.spans]


def _decoded(node: ScalarNode) -> _Decoded | None:
    raw = node.document.text[node.start : node.end]
    for decoded in _attempts(raw, node.style):
        if "".join(decoded.chars) == node.text:
            return decoded
    return None


def _after(decoded: _Decoded) -> int:
    return decoded.spans[-1][1] if decoded.spans else 0


def _attempts(raw: str, style: str) -> Iterator[_Decoded]:
    if style in ("literal", "folded"):
        yield from _blocks(raw, folded=style == "folded")
    elif style == "plain":
        yield _flow(raw, 0, len(raw), None)
    else:
        yield _flow(raw, 1, len(raw) - 1, _single if style == "single" else _double)


def _flow(
    raw: str, start: int, end: int, special: Callable[[str, int, int, _Decoded], int | None] | None
) -> _Decoded:
    """Plain and quoted scalars: line breaks fold, and `special` reads what is written in another way."""
    decoded = _Decoded()
    at = start
    while at < end:
        if special is not None and (after := special(raw, at, end, decoded)) is not None:
            at = after
        elif (blank := _BLANK_LINES.match(raw, at, end)) is not None:
            _fold(raw, blank.start(), blank.end(), decoded)
            at = blank.end()
        else:
            # White space is copied as a whole: one by one, a long run would be searched again each time.
            after = at + 1
            while raw[at] in " \t" and after < end and raw[after] in " \t":
                after += 1
            decoded.copy(raw, at, after)
            at = after
    return decoded


def _fold(raw: str, start: int, end: int, decoded: _Decoded) -> None:
    breaks = list(_BREAK.finditer(raw, start, end))
    first, rest = breaks[0], breaks[1:]
    if _broken(first[0]) != "\n":
        decoded.add(first[0], *first.span())
    elif not rest:
        decoded.add(" ", start, end)
    for found in rest:
        decoded.add(_broken(found[0]), *found.span())


def _broken(text: str) -> str:
    return text if text in "\u2028\u2029" else "\n"


def _single(raw: str, at: int, end: int, decoded: _Decoded) -> int | None:
    if not raw.startswith("''", at, end):
        return None
    decoded.add("'", at, at + 2)
    return at + 2


def _double(raw: str, at: int, end: int, decoded: _Decoded) -> int | None:
    if raw[at] != "\\" or at + 1 >= end:
        return None
    code = raw[at + 1]
    if code in _HEX:
        after = at + 2 + _HEX[code]
        try:
            decoded.add(chr(int(raw[at + 2 : after], 16)), at, after)
        except (ValueError, OverflowError):
            return None
        return after
    if (blank := _BLANK_LINES.match(raw, at + 1, end)) is not None and _BREAK.match(code):
        for found in list(_BREAK.finditer(raw, at + 1, blank.end()))[1:]:
            decoded.add(_broken(found[0]), *found.span())
        return blank.end()
    if code not in _ESCAPES:
        return None
    decoded.add(_ESCAPES[code], at, at + 2)
    return at + 2


def _blocks(raw: str, *, folded: bool) -> Iterator[_Decoded]:
    """A block under each indentation it can have: an explicit one counts from an unknown parent."""
    header = _HEADER.match(raw)
    if header is None:
        return
    lines = list(_lines(raw, header.end()))
    indents = [_indent(raw, start, end) for start, end, _ in lines]
    filled = [indent for indent, (start, end, _) in zip(indents, lines, strict=True) if start + indent < end]
    deepest = min(filled, default=max(indents, default=0))
    marks = header[0].split("#")[0]
    for indent in range(deepest, -1, -1):
        yield _block(raw, lines, indent, folded=folded, keep="+" in marks, strip="-" in marks)


def _lines(raw: str, at: int) -> Iterator[tuple[int, int, int]]:
    """Start and end of each line, and the end of its break."""
    for found in _BREAK.finditer(raw, at):
        yield at, found.start(), found.end()
        at = found.end()
    if at < len(raw):
        yield at, len(raw), len(raw)


def _indent(raw: str, start: int, end: int) -> int:
    at = start
    while at < end and raw[at] == " ":
        at += 1
    return at - start


def _block(
    raw: str, lines: list[tuple[int, int, int]], indent: int, *, folded: bool, keep: bool, strip: bool
) -> _Decoded:
    decoded = _Decoded()
    pending: tuple[int, int] | None = None
    blanks: list[tuple[int, int]] = []
    was_text = False
    for start, end, after in lines:
        content = start + indent
        if content >= end:
            if after > end:
                blanks.append((end, after))
            continue
        is_text = raw[content] not in " \t"
        if pending is not None:
            if folded and was_text and is_text and _broken(raw[slice(*pending)]) == "\n":
                if not blanks:
                    decoded.add(" ", *pending)
            else:
                _add_break(raw, pending, decoded)
        for blank in blanks:
            _add_break(raw, blank, decoded)
        blanks = []
        decoded.copy(raw, content, end)
        pending = (end, after) if after > end else None
        was_text = is_text
    if pending is not None and not strip:
        _add_break(raw, pending, decoded)
    if keep:
        for blank in blanks:
            _add_break(raw, blank, decoded)
    return decoded


def _add_break(raw: str, span: tuple[int, int], decoded: _Decoded) -> None:
    decoded.add(_broken(raw[span[0] : span[1]]), *span)
