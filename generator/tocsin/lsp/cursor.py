"""Where in a YAML text a position is, by indentation and brackets: half-typed texts have no tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.source.document import Document

    Path = tuple[str | int, ...]

_KEY = re.compile(r"(\"[^\"]*\"|'[^']*'|[^\s#\[\]{}\"'&*|>,%@-][^:]*(?::(?=\S)[^:]*)*):(?=\s|$)")
_DASHES = re.compile(r"(?:-(?:[ ]+|$))*")
_BLOCK = re.compile(r"\s*(?:[!&]\S+\s+)*[|>][-+0-9]*\s*(?:#.*)?$")
_ENDS = re.compile(r"[ \t]#|$")
_MOST_LINES = 100_000
"""Lines above a position that are looked at; a file with more has no cursor of much use."""


@value_object
class Cursor:
    """A position: the keys and numbers of items that lead to it, and what is written there."""

    path: Path
    on_key: bool
    """Whether it is on a key, or on a word that may become one: the last part of the path."""
    before: str
    """The key or the value up to the position; of a block scalar, all its lines up to there."""
    span: tuple[int, int]
    """Where the key or the value is in the document, as far as it stands on the line."""

    @property
    def parent(self) -> Path:
        """The path of what holds the key or the value."""
        return self.path[:-1]


class _Line(NamedTuple):
    """What a line starts: items of lists and a key, each with its column."""

    dashes: tuple[int, ...]
    column: int
    """Where the key, or what stands in its place, starts."""
    key: str | None
    key_end: int
    rest: int
    """Where the value starts."""


class _Leaf(NamedTuple):
    parts: list[str | int]
    on_key: bool
    start: int
    end: int


def find_cursor(document: Document, offset: int) -> Cursor:
    """What the position at an offset is part of."""
    number, column = document.position(offset)
    text, at, start = document.line(number), column - 1, document.start(number)
    if not text.strip():
        text = " " * at
    line = _read(text)
    if line.key is not None and at <= line.key_end:
        leaf = _Leaf([line.key], True, line.column, line.key_end)
    else:
        leaf = _flow(text, line.rest, at)
        if line.key is not None:
            leaf = leaf._replace(parts=[line.key, *leaf.parts])
    parts = leaf.parts
    is_bare = not parts
    for _ in line.dashes[1:]:
        parts = [0, *parts]
    above = _above(document, number, line)
    before = text[leaf.start : at]
    if above.block is not None:
        first = document.start(above.block)
        return Cursor(above.path, False, document.text[first:offset], (start + leaf.start, start + leaf.end))
    path = (*above.path, *parts)
    on_key = leaf.on_key
    if is_bare and not above.has_value:
        path, on_key = (*path, text[leaf.start : leaf.end]), True
    return Cursor(path, on_key, before, (start + leaf.start, start + leaf.end))


def _read(text: str) -> _Line:
    indent = len(text) - len(text.lstrip(" "))
    dashes = _DASHES.match(text, indent)
    column = indent if dashes is None else dashes.end()
    at_dashes = tuple(place for place in range(indent, column) if text[place] == "-")
    found = _KEY.match(text, column)
    if found is None:
        return _Line(at_dashes, column, None, column, column)
    name = found[1].rstrip()
    key = name[1:-1] if name[0] in "\"'" else name
    return _Line(at_dashes, column, key, column + len(name), found.end())


class _Above(NamedTuple):
    path: Path
    has_value: bool
    """Whether the innermost key has a value on its own line already."""
    block: int | None
    """The first line of the block scalar that the position is in."""


def _above(document: Document, number: int, line: _Line) -> _Above:
    """The keys and items around a line, from the lines above it that are less far in."""
    is_item = bool(line.dashes)
    column = line.dashes[0] if line.dashes else line.column
    parts: list[str | int] = []
    index, block, has_value = 0, None, False
    for above in range(number - 1, max(number - _MOST_LINES, 0), -1):
        if not column and not is_item:
            break
        text = document.line(above)
        content = text.lstrip(" ")
        indent = len(text) - len(content)
        if indent > column or not content or content[0] == "#" or (indent == column and not is_item):
            continue
        other = _read(text)
        if is_item and column in other.dashes:
            index += 1
            continue
        if other.key is not None and (other.column < column or (other.column == column and is_item)):
            rest = text[other.rest :]
            if _BLOCK.match(rest):
                parts, block = [], above + 1
            elif not parts and not is_item:
                has_value = bool(rest.strip()) and not rest.lstrip().startswith(("#", "&", "!"))
            if is_item and block != above + 1:
                parts.append(index)
            parts.append(other.key)
            column, is_item, index = other.column, False, 0
        for dash in reversed(other.dashes):
            if dash < column:
                if is_item:
                    parts.append(index)
                column, is_item, index = dash, True, 0
    if is_item:
        parts.append(index)
    return _Above(tuple(reversed(parts)), has_value, block)


def _flow(text: str, start: int, at: int) -> _Leaf:
    """The part of a value at a position: keys and items inside of brackets, or the value itself."""
    frames: list[tuple[bool, str | int | None]] = []  # whether it is a mapping, and the key or number so far
    token = place = start
    while place < at:
        char = text[place]
        if char in "\"'" and not text[token:place].strip():
            end = text.find(char, place + 1)
            place = end + 1 if 0 <= end < at else at
            continue
        if char in "{[" and not text[token:place].strip():
            frames.append((True, None) if char == "{" else (False, 0))
            token = place + 1
        elif char in "}]" and frames:
            frames.pop()
        elif char == "," and frames:
            is_mapping, part = frames[-1]
            frames[-1] = (True, None) if is_mapping else (False, int(part or 0) + 1)
            token = place + 1
        elif (
            char == ":" and frames and frames[-1] == (True, None) and text[place + 1 : place + 2] in ("", " ")
        ):
            frames[-1] = True, text[token:place].strip(" \"'")
            token = place + 1
        place += 1
    token += len(text[token:at]) - len(text[token:at].lstrip(" "))
    stop = re.compile(r"[,}\]]|$") if frames else _ENDS
    if text[token : token + 1] in ("'", '"') and (close := text.find(text[token], token + 1)) >= 0:
        end = close + 1
    else:
        found = stop.search(text, at)
        end = len(text) if found is None else found.start()
    end = max(at, token + len(text[token:end].rstrip()))
    on_key = bool(frames) and frames[-1] == (True, None)
    if on_key:
        end = max(at, token + len(text[token:end].split(":")[0]))
    parts = [text[token:end].strip(" \"'") if part is None else part for _, part in frames]
    return _Leaf(parts, on_key, token, end)
