"""A page as a part of the page of all: its text, and where the anchors go that depend on the other parts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tocsin.targets.runbooks.markdown import Anchors, anchor, tell_code_apart
from tocsin.targets.runbooks.portable import ascii_anchor
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HEADING = re.compile(r"(?P<marks>#{1,6}) (?P<text>.+)")
_DEEPEST = "######"
_LINK = re.compile(r"\]\((?!https?:)(?P<file>[^)#\s:]{0,500})(?:#(?P<anchor>[^)\s]{1,500}))?\)")


@value_object
class PartHeadings:
    """The headings in their order: what each field holds of them, as large pages have a hundred thousand."""

    at: tuple[int, ...]
    """At which byte of the text its line begins."""
    anchors: tuple[str, ...]
    """Its anchor before equal ones are numbered."""
    ascii_anchors: tuple[str, ...]


@value_object
class PartLink:
    """A link to a page that may be a part as well; its target is missing in the text."""

    at: int
    """The byte of the text at which the target belongs."""
    file: str
    section: str | int
    """The anchor on that page, or on its own page the number of the heading."""
    otherwise: str
    """The target where that page is no part."""


@value_object
class PagePart:
    """One page with its headings moved down by one level."""

    file: str
    title: str
    text: bytes
    """As UTF-8: with an icon on it, a page of words takes four times as much as text."""
    headings: PartHeadings
    links: tuple[PartLink, ...]

    @staticmethod
    def of(file: str, page: str) -> PagePart:
        """The page with this path in the folder of runbooks."""
        return _Reading(file).part(page)

    def number_of(self, section: str) -> int:
        """The number of the heading with an anchor; that of the first one where no heading has it."""
        taken = Anchors()
        names = [taken.take_name(one) for one in self.headings.anchors]
        return names.index(section) if section in names else 0

    def as_json(self) -> list[object]:
        """The part as JSON has it."""
        return [
            self.file,
            self.title,
            self.text.decode(),
            [[*self.headings.at], [*self.headings.anchors], [*self.headings.ascii_anchors]],
            [[one.at, one.file, one.section, one.otherwise] for one in self.links],
        ]

    @staticmethod
    def read(kept: Any) -> PagePart | None:
        """The part again; None where it is none."""
        file, title, text, headings, links = kept
        sound = (
            _are_texts((file, title, text))
            and [set(map(type, one)) for one in headings] == [{int}, {str}, {str}]
            and len({*map(len, headings)}) == 1
            and all(
                type(at) is int and isinstance(section, int | str) and _are_texts((target, other))
                for at, target, section, other in links
            )
        )
        if not sound:
            return None
        return PagePart(
            file,
            title,
            text.encode(),
            PartHeadings(*map(tuple, headings)),
            tuple(PartLink(*one) for one in links),
        )


def _are_texts(values: Iterable[object]) -> bool:
    return all(type(one) is str for one in values)


class _Reading:
    """A page that is read line by line."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._folder = f"{file.rpartition('/')[0]}/" if "/" in file else ""
        self._written: list[str] = []
        self._size = 0
        self._titles: list[str] = []
        self._places: list[int] = []
        self._links: list[PartLink] = []

    def part(self, page: str) -> PagePart:
        """All of it."""
        is_blank = False
        for line, is_code in tell_code_apart(page):
            is_origin = not is_code and line.startswith("<!-- ")
            if is_origin and is_blank:
                # Who made the page is said once, at the top of the page of all.
                self._size -= _size(self._written.pop())
                is_blank = False
                continue
            if not is_code and line.startswith("#"):
                line = self._moved_down(line)
            is_blank = not line
            if not is_code and not is_origin and "](" in line:
                self._write_with_links(line)
                line = ""
            self._write(f"{line}\n")
        headings = PartHeadings(
            tuple(self._places), tuple(map(anchor, self._titles)), tuple(map(ascii_anchor, self._titles))
        )
        text = "".join(self._written).encode()
        return PagePart(self._file, self._titles[0], text, headings, tuple(self._own_sections(headings)))

    def _write(self, text: str) -> None:
        self._written.append(text)
        self._size += _size(text)

    def _moved_down(self, line: str) -> str:
        found = _HEADING.fullmatch(line)
        if found is None:
            return line
        self._titles.append(found["text"])
        self._places.append(self._size)
        return line if found["marks"] == _DEEPEST else f"#{line}"

    def _write_with_links(self, line: str) -> None:
        at = 0
        for found in _LINK.finditer(line):
            self._write(f"{line[at : found.start()]}](")
            path, section = unquote(found["file"]), found["anchor"] or ""
            target = self._target(path)
            inside = f"#{section}" if section else ""
            otherwise = f"{found['file'].removeprefix('../')}{inside}"
            self._links.append(PartLink(self._size, target, section, otherwise))
            at = found.end() - 1
        self._write(line[at:])

    def _target(self, path: str) -> str:
        if not path:
            return self._file
        return path.removeprefix("../") if path.startswith("../") else self._folder + path

    def _own_sections(self, headings: PartHeadings) -> Iterator[PartLink]:
        """The links, those to the page itself by the number of the heading."""
        taken = Anchors()
        numbers = {taken.take_name(one): number for number, one in enumerate(headings.anchors)}
        for one in self._links:
            is_own = one.file == self._file
            section = numbers.get(str(one.section), 0) if is_own else one.section
            yield PartLink(one.at, one.file, section, one.otherwise)


def _size(text: str) -> int:
    """Its bytes as UTF-8."""
    return len(text) if text.isascii() else len(text.encode())
