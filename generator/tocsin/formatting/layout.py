"""Laying out a YAML file of a spec: its lines are moved and indented anew, its values stay as written."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from tocsin.formatting.key_order import WHOLE_FILE, order_keys
from tocsin.source.document import Document
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode, plain_data
from tocsin.source.yaml import YamlError, read_yaml
from tocsin.spec.mistakes.shape import shape_below
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.source.node import Entry, Node
    from tocsin.spec.mistakes.shape import Shape

_STEP = 2
_BLOCK = frozenset({"literal", "folded"})
_MARKER = re.compile(r"(---|\.\.\.)(\s|$)")
_DASH = re.compile(r"( *)-( +|$)")
_INDICATOR = re.compile(r"[1-9]")
_DEEPEST = 100


@value_object
class Formatted:
    """A file as it is laid out; where that cannot be done, the file as it was and what is in the way."""

    text: str
    faults: tuple[YamlError, ...] = ()
    left: str | None = None
    """Why the file stays as it is although nothing is wrong with it."""


class _CannotLayOut(Exception):
    """A form of YAML that is left as it is; the line counts from 1."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(f"{what} in line {line}")


def format_spec_file(document: Document) -> Formatted:
    """Lay out a file of a spec.

    The result says the same and has every comment, or the file stays as it is.
    """
    read = read_yaml(document)
    if read.faults:
        return Formatted(document.text, read.faults)
    if not isinstance(read.node, MappingNode):
        return Formatted(document.text)
    try:
        text = _Layout(document).write(read.node)
    except _CannotLayOut as reason:
        return Formatted(document.text, (), str(reason))
    again = read_yaml(Document(document.name, text))
    same = not again.faults and again.node is not None and _is_same(read.node, again.node)
    if not same or _comments(document.text) != _comments(text):
        return Formatted(document.text, (), "laid out, it would not say the same")
    return Formatted(text)


def _is_same(one: Node, other: Node) -> bool:
    """Whether two trees hold the same data; the order of keys and the quotes play no part."""
    return repr(_sorted(plain_data(one))) == repr(_sorted(plain_data(other)))


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return sorted((str(key), _sorted(inner)) for key, inner in value.items())
    return [_sorted(inner) for inner in value] if isinstance(value, list) else value


def _comments(text: str) -> Counter[str]:
    """All that stands behind a `#`, in a comment or not: nothing of it may get lost."""
    return Counter(line.partition("#")[2].strip() for line in re.split(r"[\r\n]+", text) if "#" in line)


class _Layout:
    """One walk over a file from its first line to its last; `_at` is the first line not written yet."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._text = document.text
        self._lines = [document.line(number + 1) for number in range(document.position(len(self._text))[0])]
        self._break = "\r\n" if "\r\n" in self._text else "\n"
        self._at = 0
        self._gap_lines: list[str] = []

    def write(self, node: MappingNode) -> str:
        head: list[str] = []
        first = self._line(node.start)
        for number in range(first):
            if _MARKER.match(self._lines[number]):
                head, self._at = self._gap(number), number + 1
                head.append(self._lines[number].rstrip())
        if self._text[node.start] == "{":
            raise _CannotLayOut("a whole file in braces", first + 1)
        written = self._mapping(node, WHOLE_FILE, 0, 0)
        rest = self._gap(len(self._lines))
        while rest and not rest[-1]:
            rest.pop()
        return self._break.join([*head, *written, *rest, ""])

    def _mapping(self, node: MappingNode, shape: Shape | None, indent: int, depth: int) -> list[str]:
        """The lines of a block mapping."""
        if depth > _DEEPEST:
            raise _CannotLayOut("too many levels", self._at + 1)
        parts: dict[str, tuple[list[str], list[str]]] = {}
        before = ""
        for name, entry in sorted(node.entries.items(), key=lambda pair: pair[1].key.start):
            if not node.start <= entry.key.start < max(node.end, node.start + 1):
                raise _CannotLayOut("a merge key", self._line(node.start) + 1)
            lead = [line.strip() for line in self._gap(self._line(entry.key.start))]
            if before and isinstance(node.entries[before].value, MappingNode | SequenceNode):
                tail = self._split_tail(lead, entry.key)
                parts[before][1].extend(" " * (indent + _STEP) + line for line in tail)
            comments = [" " * indent + line if line else "" for line in lead]
            parts[name] = comments, self._entry(entry, shape_below(shape, name), indent, depth)
            before = name
        lines: list[str] = []
        for name in order_keys(shape, parts):
            comments, body = parts[name]
            lines += [*(comments if lines else _without_blanks(comments)), *body]
        return lines

    def _sequence(self, node: SequenceNode, shape: Shape | None, indent: int, depth: int) -> list[str]:
        """The lines of a block sequence."""
        lines: list[str] = []
        below = shape_below(shape, 0)
        for number, item in enumerate(node.items):
            # What stands above the dash is distinguished from what stands between dash and value.
            place = self._dash_line()
            lead = [" " * indent + line.strip() if line.strip() else "" for line in self._gap(place)]
            lines += lead if number else _without_blanks(lead)
            found = _DASH.match(self._lines[place])
            assert found is not None
            behind = self._lines[place][found.end() :]
            if behind.startswith("- ") or behind == "-" or behind.startswith("? "):
                raise _CannotLayOut("a list within a list on one line", place + 1)
            is_above = item.start < self._document.start(place + 1)
            if not is_above and self._is_block(item) and (not behind or behind.startswith(("#", "&", "!"))):
                lines.append(" " * indent + ("- " + behind).rstrip())
                self._at = place + 1
                lines += self._block(item, below, indent + _STEP, depth + 1)
            elif is_above:
                # An alias: what it stands for is written further up.
                lines.append(" " * indent + "- " + behind.rstrip())
                self._at = place + 1
            elif self._is_block(item):
                self._at = place
                inner = self._block(item, below, indent + _STEP, depth + 1)
                at = next(i for i, line in enumerate(inner) if line and not line.lstrip().startswith("#"))
                # Comments above the key that became the first one stand above the dash.
                above = [line[_STEP:] for line in inner[:at]]
                lines += [*above, " " * indent + "- " + inner[at][indent + _STEP :], *inner[at + 1 :]]
            else:
                lines += self._written(place, found.end() - len(found[2]) - 1, item, indent)
        return lines

    def _dash_line(self) -> int:
        """The next line with a dash."""
        for number in range(self._at, len(self._lines)):
            if _DASH.match(self._lines[number]):
                return number
            if self._lines[number].strip() and not self._lines[number].lstrip().startswith("#"):
                break
        raise _CannotLayOut("a list that does not begin with a dash", self._at + 1)

    def _block(self, node: Node, shape: Shape | None, indent: int, depth: int) -> list[str]:
        if isinstance(node, MappingNode):
            return self._mapping(node, shape, indent, depth)
        assert isinstance(node, SequenceNode)
        return self._sequence(node, shape, indent, depth)

    def _entry(self, entry: Entry, shape: Shape | None, indent: int, depth: int) -> list[str]:
        """A key and its value, from the line of the key on."""
        line = self._line(entry.key.start)
        column = entry.key.start - self._document.start(line + 1)
        if self._lines[line][column : column + 2] == "? " or self._line(entry.key.end) != line:
            raise _CannotLayOut("a key of several lines", line + 1)
        if entry.value.start < entry.key.start:
            # An alias: what it stands for is written further up.
            self._at = line + 1
            return [" " * indent + self._lines[line][column:].rstrip()]
        if not self._is_block(entry.value):
            return self._written(line, column, entry.value, indent)
        self._at = line + 1
        below = self._block(entry.value, shape, indent + _STEP, depth + 1)
        return [" " * indent + self._lines[line][column:].rstrip(), *below]

    def _written(self, line: int, column: int, value: Node, indent: int) -> list[str]:
        """The lines of a value that stays as written, from a column of its first line on."""
        first = " " * indent + self._lines[line][column:].rstrip()
        last = max(line, self._line(max(value.end - 1, value.start, 0)))
        if isinstance(value, ScalarNode) and value.style in _BLOCK:
            header = self._line(value.start)
            if header != line:
                raise _CannotLayOut("the header of a block on a line of its own", header + 1)
            return [first, *self._body(header, last, indent - column, indent + _STEP, value)]
        rest = self._lines[line + 1 : last + 1]
        self._at = last + 1
        return [first, *(_shifted(one, indent - column) for one in rest)]

    def _body(self, header: int, last: int, shift: int, indent: int, value: ScalarNode) -> list[str]:
        """The lines of a block scalar behind its header."""
        said = self._lines[header][value.start - self._document.start(header + 1) :].partition("#")[0]
        body = self._lines[header + 1 : last + 1]
        if "+" not in said:
            while body and not body[-1].strip():
                body.pop()
        self._at = header + 1 + len(body)
        if _INDICATOR.search(said):
            # It counts from the key, and a line may begin with spaces of its own.
            return [_shifted(one, shift) for one in body]
        filled = next((one for one in body if one.strip()), "")
        old = len(filled) - len(filled.lstrip(" "))
        return [" " * indent + one[old:] if one[old:] else "" for one in body]

    def _split_tail(self, lead: list[str], key: ScalarNode) -> list[str]:
        """The comments that are indented deeper than the key below them end the block above it."""
        line = self._line(key.start)
        column = key.start - self._document.start(line + 1)
        tail: list[str] = []
        for written in self._gap_lines[: len(lead)]:
            if not written.lstrip().startswith("#") or len(written) - len(written.lstrip()) <= column:
                break
            tail.append(written.strip())
        del lead[: len(tail)]
        return tail

    def _gap(self, end: int) -> list[str]:
        """The comments and blank lines before a line, no two blank ones together."""
        found: list[str] = []
        for number in range(self._at, end):
            line = self._lines[number].rstrip()
            if line and not line.lstrip().startswith("#"):
                raise _CannotLayOut("something that is neither a key nor a comment", number + 1)
            if line or (found and found[-1]):
                found.append(line)
            elif not found:
                found.append("")
        self._at = max(self._at, end)
        self._gap_lines = found
        return list(found)

    def _line(self, offset: int) -> int:
        """The line of an offset, from 0."""
        return self._document.position(offset)[0] - 1

    def _is_block(self, node: Node) -> bool:
        return isinstance(node, MappingNode | SequenceNode) and self._text[
            node.start : node.start + 1
        ] not in (
            "{",
            "[",
        )


def _shifted(line: str, by: int) -> str:
    if not line.strip():
        return ""
    if by >= 0:
        return " " * by + line
    spaces = len(line) - len(line.lstrip(" "))
    return line[min(-by, spaces) :]


def _without_blanks(lines: Sequence[str]) -> list[str]:
    """Without the blank lines at the beginning."""
    at = next((number for number, line in enumerate(lines) if line), len(lines))
    return list(lines[at:])
