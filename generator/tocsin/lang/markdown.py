"""Markdown as GitHub and GitLab read it: headings, the anchors that they get, and links within a page."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.text.regex_on_use import regex_on_use
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

_FENCE = regex_on_use(r" {0,3}(`{3,}|~{3,})")
_HEADING = regex_on_use(r" {0,3}(?P<marks>#{1,6})(?:[ \t]+(?P<text>.*?))?(?:[ \t]+#+)?[ \t]*")
_UNDERLINE = regex_on_use(r" {0,3}(?:=+|-+)[ \t]*")
_LINK = regex_on_use(r"!?\[([^\]]{0,1000})\]\([^)]{0,2000}\)")
_ESCAPED = regex_on_use(r"\\([\\`*_\[\]<>|#~])")
_NO_WORD = regex_on_use(r"[^a-z0-9_ -]")
_TAG = regex_on_use(r"<[^>]{0,2000}>")
_NAMED = regex_on_use(r"""<[a-zA-Z][^>]{0,2000}?\s(?:id|name)\s*=\s*["']?(?P<name>[^\s"'>]{1,2000})""")
_CUSTOM = regex_on_use(r"\{#(?P<name>[^}\s]+)\}")
_INSIDE = regex_on_use(r"\]\(#(?P<name>[^)\s]+)\)")


def anchors(text: str) -> frozenset[str]:
    """The anchors of a page: those of its headings, and those that it names itself."""
    taken = Anchors()
    found = {taken.take(_TAG.sub("", _LINK.sub(r"\1", heading))) for heading in _headings(text)}
    for pattern in (_NAMED, _CUSTOM):
        found.update(match["name"] for match in pattern.finditer(text))
    return frozenset(found)


def leads_to(name: str, known: frozenset[str]) -> bool:
    """Whether one of the anchors may be meant: renderers treat punctuation and hyphens differently."""
    return name in known or letters(name) in {letters(one) for one in known}


def links_inside(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """The anchors that a page links to within itself, outside code blocks, and where it does."""
    at = 0
    fence = ""
    for line in text.splitlines(keepends=True):
        fence, inside = _after(line, fence)
        if not inside and "](#" in line:
            for found in _INSIDE.finditer(line):
                start, end = found.span("name")
                yield found["name"], (at + start, at + end)
        at += len(line)


@lru_cache(maxsize=4096)
def anchor(heading: str) -> str:
    """The anchor that GitHub makes of a heading: lower case, hyphens for spaces, no punctuation, no emoji.

    Its rule keeps what Ruby calls a word: letters, marks, decimal digits and connecting punctuation; so the
    invisible mark after some emoji (U+FE0F) stays.
    """
    text = _ESCAPED.sub(r"\1", heading).strip().lower()
    if text.isascii():
        return _NO_WORD.sub("", text).replace(" ", "-")
    kept = (char for char in text if char in " -" or _is_word(unicodedata.category(char)))
    return "".join(kept).replace(" ", "-")


def _is_word(category: str) -> bool:
    return category[0] in "LM" or category in ("Nd", "Pc")


class Anchors:
    """The anchors of one page: equal headings are numbered."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def take(self, heading: str) -> str:
        """The anchor of the next heading."""
        return self.take_name(anchor(heading))

    def take_name(self, base: str) -> str:
        """The same for a heading that has this anchor when no other one has it."""
        number = self._taken.get(base, -1) + 1
        self._taken[base] = number
        if not number:
            return base
        numbered = f"{base}-{number}"
        self._taken.setdefault(numbered, 0)
        return numbered


@value_object
class Section:
    """A part of a page: what stands under a heading and before the next one."""

    level: int
    """Of the heading, from 1 on; 0 for what stands above the first one."""
    heading: str
    text: str

    def without_heading(self) -> Section:
        """The text under the heading, without it."""
        return Section(0, "", self.text)


def sections(text: str) -> Iterator[Section]:
    """The sections of a page in their order, the first without a heading."""
    level, heading = 0, ""
    lines: list[str] = []
    fence = ""
    for line in text.splitlines():
        fence, inside = _after(line, fence)
        found = None if inside else _HEADING.fullmatch(line)
        if found is not None:
            yield Section(level, heading, "\n".join(lines))
            level, heading, lines = len(found["marks"]), found["text"] or "", []
        elif not inside and lines and lines[-1].strip() and _UNDERLINE.fullmatch(line):
            named = lines.pop().strip()
            yield Section(level, heading, "\n".join(lines))
            level, heading, lines = 1 if "=" in line else 2, named, []
        else:
            lines.append(line)
    yield Section(level, heading, "\n".join(lines))


def _headings(text: str) -> Iterator[str]:
    return (one.heading for one in sections(text) if one.level)


def _after(line: str, fence: str) -> tuple[str, bool]:
    """The fence that is open after a line, and whether the line belongs to a code block."""
    found = _FENCE.match(line)
    if not fence:
        return (found[1], True) if found else ("", False)
    closes = found is not None and found[1].startswith(fence) and not line.strip().strip(fence[0])
    return ("" if closes else fence), True


def letters(text: str) -> str:
    """A text without its punctuation and spaces, in lower case."""
    return "".join(char for char in text.lower() if char.isalnum())
