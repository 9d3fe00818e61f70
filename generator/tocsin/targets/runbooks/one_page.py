"""All runbooks and procedures on one page, to print or to keep where no network reaches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tocsin.targets.runbooks.markdown import Anchors, escape_text, tell_code_apart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.targets.runbooks.pages import Pages

FILE = "all.md"
_HEADING = re.compile(r"(?P<marks>#{1,5}) (?P<text>.+)")
_LINK = re.compile(r"\]\((?!https?:)(?P<file>[^)#\s:]{0,500})(?:#(?P<anchor>[^)\s]{1,500}))?\)")


def one_page(pages: Pages, texts: Mapping[str, str]) -> str:
    """The page; `texts` are the pages that it holds, by file.

    Headings go down by one level, and links between these pages lead to their sections on this one.
    """
    title = f"{pages.words.one_page}: {escape_text(pages.plan.project.title)}"
    taken = Anchors()
    taken.take(title)
    sections = {file: _sections(text, taken) for file, text in texts.items()}
    contents = (f"- [{_title(text)}](#{next(iter(sections[file].values()))})" for file, text in texts.items())
    parts = [_moved(file, text, sections) for file, text in texts.items()]
    head = f"# {title}\n\n<!-- {pages.words.made_by} -->\n\n"
    return head + "\n".join(contents) + "\n\n" + "\n".join(parts)


def _sections(text: str, taken: Anchors) -> dict[str, str]:
    """By the anchor of each heading on its own page, the one that it has on the page of all."""
    own = Anchors()
    return {own.take(found["text"]): taken.take(found["text"]) for found in _headings(text)}


def _headings(text: str) -> Iterator[re.Match[str]]:
    for line, is_code in tell_code_apart(text):
        if not is_code and line.startswith("#") and (found := _HEADING.fullmatch(line)) is not None:
            yield found


def _title(text: str) -> str:
    return next(_headings(text))["text"]


def _moved(file: str, text: str, sections: Mapping[str, Mapping[str, str]]) -> str:
    """One page as a part of the page of all."""
    folder = f"{file.rpartition('/')[0]}/" if "/" in file else ""

    def link(found: re.Match[str]) -> str:
        path = unquote(found["file"])
        target = file if not path else path.removeprefix("../") if path.startswith("../") else folder + path
        if target not in sections:
            anchor = f"#{found['anchor']}" if found["anchor"] else ""
            return f"]({found['file'].removeprefix('../')}{anchor})"
        inside = sections[target]
        return f"](#{inside.get(found['anchor'] or '', next(iter(inside.values())))})"

    lines: list[str] = []
    for line, is_code in tell_code_apart(text):
        is_origin = not is_code and line.startswith("<!-- ")
        if is_origin and lines[-1:] == [""]:
            # Who made the page is said once, at its top.
            lines.pop()
        elif is_code or is_origin:
            lines.append(line)
        else:
            if line.startswith("#") and _HEADING.fullmatch(line):
                line = f"#{line}"
            lines.append(_LINK.sub(link, line) if "](" in line else line)
    return "\n".join(lines) + "\n"
