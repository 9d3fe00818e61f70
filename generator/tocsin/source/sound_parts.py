"""The parts of a YAML text that can be read although others are broken.

Sections, entries of them, and documents stand by themselves: one that the parser cannot read says nothing
about those around it. A text is divided by indentation, and each part is parsed alone. So a quote that is
never closed ends with its part, whatever the parser makes of all that comes behind it.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from tocsin.source.document import Document, Span
from tocsin.source.parse import is_yaml, parse
from tocsin.source.refusals import conflicts, forbidden_character
from tocsin.source.yaml_error import YamlError
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterable

    Path = tuple[str, ...]

_ANY = "*"
_ENTRIES = frozenset(
    {
        *((name, _ANY) for name in ("severities", "teams", "receivers", "slos", "procedures")),
        ("groups", _ANY),
        ("groups", _ANY, "alerts", _ANY),
        ("groups", _ANY, "rules", _ANY),
        ("spec", "groups", _ANY),
        ("spec", "groups", _ANY, "rules", _ANY),
        ("recordings", _ANY),
        ("recordings", _ANY, "rules", _ANY),
    }
)
"""Sections whose entries or items can each be read alone."""
_MOST_FAULTS = 50
_DOCUMENT = regex_on_use(r"^---(?=\s|$)", re.MULTILINE)
_CONTENT = regex_on_use(r"^([ ]*+)(?![ \t\r]*+$|#)", re.MULTILINE)
_LINE_OF_DOCUMENT = regex_on_use(r"---(?=\s|$)[^\n]*+\n?")
_VISIBLE = regex_on_use(r"[^\r\n]+")
_KEY = regex_on_use(r"""(?:"([^"\n]*+)"|'([^'\n]*+)'|([\w$./][\w$./-]*+))[ \t]*+:(?=\s|$)""")
_NOTHING_BEHIND = regex_on_use(r"[ \t]*+(?:#[^\n]*+)?\r?$", re.MULTILINE)
_TABS = regex_on_use(r"\t[ \t]*+")
_MARK = regex_on_use(r"<{7}|={7}|>{7}|\|{7}")  # of a merge conflict
_ITEM = regex_on_use(r"-(?=\s|$)[ ]*")
_ANCHOR = regex_on_use(r"(?<![^\s\[{,:-])&([^\s,\[\]{}]++)")
_ALIAS = regex_on_use(r"(?<![^\s\[{,:-])\*([^\s,\[\]{}]++)")


class UnreadPart(NamedTuple):
    """A part that could not be read: the section that it is in, and where it stands."""

    section: str | None
    """None for a whole document."""
    span: Span


class SoundParts(NamedTuple):
    """A text in which comments stand for the parts that cannot be read, and what is wrong with these."""

    text: str
    faults: tuple[YamlError, ...]
    unread: tuple[UnreadPart, ...]


class _Part(NamedTuple):
    """A part: its name, and where it starts and ends."""

    path: Path
    start: int
    end: int

    def is_entry(self) -> bool:
        """Whether what is around it means the same without it."""
        return len(self.path) == 1 or any(_matches(self.path, one) for one in _ENTRIES)

    def holds_entries(self) -> bool:
        """Whether parts inside of it may stand by themselves."""
        length = len(self.path)
        return any(len(one) > length and _matches(self.path, one[:length]) for one in _ENTRIES)


class _NotByItselfError(Exception):
    """A part cannot be read, and what is around it does not mean the same without it."""


def sound_parts(document: Document, start: int = 0) -> SoundParts | None:
    """What can be read of a text with faults; None where that is nothing, or is not certain.

    `start` is where the text begins behind a byte order mark.
    """
    text = document.text
    work = _Work(document)
    begins = (found.start() for found in _DOCUMENT.finditer(text))
    edges = [start, *(one for one in begins if one > start), len(text)]
    for first, last in pairwise(edges):
        whole = _Part((), first, last)
        try:
            work.divide(whole)
        except _NotByItselfError:
            work.damaged.append(whole)
        if len(work.faults) > _MOST_FAULTS:
            return None
    kept = _without(text, work.damaged)
    lost = {name for part in work.damaged for name in _ANCHOR.findall(text, part.start, part.end)}
    if not work.faults or lost & set(_ALIAS.findall(kept)) or _CONTENT.search(kept, start) is None:
        return None
    unread = [
        UnreadPart(part.path[0] if part.path else None, Span(document, part.start, part.end))
        for part in work.damaged
    ]
    return SoundParts(kept, tuple(work.faults), tuple(unread))


class _Work:
    """Divides a text, and collects what cannot be read."""

    def __init__(self, document: Document) -> None:
        self.faults: list[YamlError] = []
        self.damaged: list[_Part] = []
        self._document = document
        self._conflicts = [*conflicts(document)]

    def divide(self, part: _Part) -> None:
        """Collect the damaged parts of a part, and their faults; raises where all of it is damaged."""
        if self._is_sound(part):
            return
        children = self._children(part)
        before, known, lost = len(self.faults), len(self.damaged), 0
        # Of a resource, nothing can be missing but what its lists hold.
        is_resource = not part.path and any(child.path == ("apiVersion",) for child in children)
        for child in children:
            try:
                self.divide(child)
            except _NotByItselfError:
                if is_resource or not child.is_entry():
                    del self.damaged[known:]
                    raise
                self.damaged.append(child)
                lost += 1
        if len(self.faults) == before:
            # All parts of it can be read, and they do not fit together; or it has none.
            self.faults += (fault for fault in self._faults(part) if fault not in self.faults)
        if lost == len(children) or len(self.damaged) == known:
            del self.damaged[known:]
            raise _NotByItselfError

    def _is_sound(self, part: _Part) -> bool:
        return not self._faults_before_parsing(part) and is_yaml(self._document.text[part.start : part.end])

    def _faults_before_parsing(self, part: _Part) -> list[YamlError]:
        found = [one.fault for one in self._conflicts if one.start < part.end and part.start < one.end]
        forbidden = forbidden_character(self._document, part.start, part.end)
        return [*found, *([] if forbidden is None else [forbidden])]

    def _faults(self, part: _Part) -> list[YamlError]:
        if found := self._faults_before_parsing(part):
            return found
        # What stands behind the part is not what the author wrote last in it.
        until_here = Document(self._document.name, self._document.text[: part.end])
        faults = parse(until_here, until_here.text[part.start :], part.start, several=True).faults
        return [_moved(fault, self._document) for fault in faults[-1:]]

    def _children(self, part: _Part) -> list[_Part]:
        """The parts inside of a part that may stand by themselves; none where it is not divided."""
        path, start, end = part
        text = self._document.text
        if any(one.start < start < one.end for one in self._conflicts):
            # Its first line is that of one side.
            return []
        if not path:
            marked = _LINE_OF_DOCUMENT.match(text, start)
            return _keys(text, path, start if marked is None else marked.end(), end)
        if not part.holds_entries():
            return []
        first = _CONTENT.match(text, start)
        at = start if first is None else first.end()
        if (item := _ITEM.match(text, at)) is not None:
            return _keys(text, path, item.end(), end)
        key = _KEY.match(text, at)
        if key is None or not (behind := _NOTHING_BEHIND.match(text, key.end())):
            return []
        return _items(text, path, behind.end(), end) or _keys(text, path, behind.end(), end)


def _keys(text: str, path: Path, start: int, end: int) -> list[_Part]:
    """The entries of a mapping."""
    return _block(text, path, start, end, _KEY)


def _items(text: str, path: Path, start: int, end: int) -> list[_Part]:
    """The items of a list."""
    return _block(text, path, start, end, _ITEM)


def _block(text: str, path: Path, start: int, end: int, form: re.Pattern[str]) -> list[_Part]:
    """The parts that begin like the first one, at its column; none where it begins otherwise.

    Behind a line that stands further to the left, nothing is sure to belong here: all of it is one part.
    """
    found: list[tuple[int, str]] = []
    column = -1
    # The first of them may stand behind the `-` of an item.
    line = text.rfind("\n", 0, start) + 1
    if start > line and not text[line:start].strip(" -") and form.match(text, start):
        column = start - line
        found.append((start, _name(form.match(text, start))))
    for content in _CONTENT.finditer(text, start, end):
        if column < 0:
            column = len(content[1])
            if not form.match(text, content.end()):
                return []
        if _is_left_of(text, content, column, end):
            break
        beginning = form.match(text, content.end()) if len(content[1]) == column else None
        if beginning is not None:
            found.append((content.start(), _name(beginning)))
    ends = [at for at, _ in found[1:]] + [end]
    return [_Part((*path, name), at, last) for (at, name), last in zip(found, ends, strict=True)]


def _is_left_of(text: str, content: re.Match[str], column: int, end: int) -> bool:
    """Whether a line stands left of a column; how far right a tab is meant to be, what follows it tells."""
    if _MARK.match(text, content.end()):
        return False
    tabs = _TABS.match(text, content.end())
    if tabs is None:
        return len(content[1]) < column
    key = _KEY.match(text, tabs.end())
    if key is None or not (behind := _NOTHING_BEHIND.match(text, key.end())):
        return False
    below = _CONTENT.search(text, behind.end(), end)
    return below is not None and len(below[1]) <= column


def _name(found: re.Match[str] | None) -> str:
    return next((one for one in found.groups() if one is not None), "-") if found is not None else "-"


def _matches(path: Path, pattern: Path) -> bool:
    return len(path) == len(pattern) and all(
        asked in (_ANY, name) for name, asked in zip(path, pattern, strict=True)
    )


def _without(text: str, parts: Iterable[_Part]) -> str:
    """The text with some parts replaced by comments of the same length."""
    pieces, at = [], 0
    for part in sorted(parts, key=lambda one: one.start):
        pieces += [text[at : part.start], _VISIBLE.sub(_comment, text[part.start : part.end])]
        at = part.end
    return "".join([*pieces, text[at:]])


def _comment(line: re.Match[str]) -> str:
    return "#" + " " * (len(line[0]) - 1)


def _moved(fault: YamlError, document: Document) -> YamlError:
    """The fault with its place in the whole document."""
    related = tuple((Span(document, span.start, span.end), text) for span, text in fault.related)
    span = Span(document, fault.span.start, fault.span.end)
    return YamlError(fault.message, span, related, fault.help, fault.is_taken_by_configurations)
