"""All runbooks and procedures on one page, to print or to keep where no network reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.files import File
from tocsin.targets.runbooks.group_pages import FOLDER
from tocsin.targets.runbooks.markdown import Anchors, escape_text
from tocsin.targets.runbooks.portable import AsciiAnchors, add_front_matter, named_anchor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.targets.runbooks.page_part import PagePart
    from tocsin.targets.runbooks.pages import Pages

FILE = "all.md"


def one_page(pages: Pages, parts: Sequence[PagePart]) -> File:
    """The page with these parts in their order.

    Links between the parts lead to their sections on this page; a heading that is linked has its anchor
    above it where renderers would name it differently (`name_anchors`).
    """
    title = f"{pages.words.one_page}: {escape_text(pages.plan.project.title)}"
    sections = _Sections(title, parts)
    targets = [
        [sections.link(one.file, one.section) or one.otherwise for one in part.links] for part in parts
    ]
    contents = "\n".join(f"- [{part.title}]({sections.link(part.file, 0)})" for part in parts)
    head = f"# {title}\n\n<!-- {pages.words.made_by} -->\n\n{contents}\n"
    if pages.plan.project.front_matter:
        head = add_front_matter(head, {})
    pieces: list[bytes | memoryview] = [head.encode()]
    for part, found in zip(parts, targets, strict=True):
        pieces.append(b"\n")
        pieces += _written(part, found, sections.named(part.file))
    return File(f"{FOLDER}{FILE}", b"".join(pieces))


class _Sections:
    """The sections of the page by part and number: what renderers call them, and which are linked."""

    def __init__(self, title: str, parts: Sequence[PagePart]) -> None:
        ours, theirs = Anchors(), AsciiAnchors()
        ours.take(title)
        theirs.take(title)
        self._parts = {part.file: part for part in parts}
        self._names: dict[str, list[str]] = {}
        self._others: dict[str, list[str]] = {}
        for part in parts:
            self._names[part.file] = [*map(ours.take_name, part.headings.anchors)]
            self._others[part.file] = [*map(theirs.take_name, part.headings.ascii_anchors)]
        self._linked: dict[str, set[int]] = {part.file: set() for part in parts}

    def link(self, file: str, section: str | int) -> str | None:
        """The target of a link to a section of a part, which counts as linked; None where it is no part."""
        names = self._names.get(file)
        if names is None:
            return None
        number = self._parts[file].number_of(section) if isinstance(section, str) else section
        self._linked[file].add(number)
        return f"#{names[number]}"

    def named(self, file: str) -> dict[int, str]:
        """The linked headings of a part that renderers name differently, with what GitHub calls them."""
        names, others = self._names[file], self._others[file]
        return {
            number: names[number] for number in sorted(self._linked[file]) if names[number] != others[number]
        }


def _written(part: PagePart, targets: Sequence[str], named: dict[int, str]) -> Iterator[bytes | memoryview]:
    """The text of a part with the targets of its links, and anchors above some of its headings."""
    added = [(link.at, target) for link, target in zip(part.links, targets, strict=True)]
    added += [(part.headings.at[number], named_anchor(name)) for number, name in named.items()]
    at = 0
    # The text is not copied before all pieces are joined.
    text = memoryview(part.text)
    for place, piece in sorted(added):
        yield text[at:place]
        yield piece.encode()
        at = place
    yield text[at:]
