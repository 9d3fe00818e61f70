"""Pages of the manual on a terminal: headings stand out, paragraphs fill the width, code stays as it is."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

import click

from tocsin.cli.terminal import heading
from tocsin.text.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDEST = 80
_FENCE = re.compile(r" *(`{3,})")
_ITEM = re.compile(r"( *)(- |\d+\. )")
_LABEL = r"\[((?:[^\[\]]|\[\])+)\]"
_PAGE = re.compile(_LABEL + r"\((?:checks/)?([a-z-]+)\.md(?:#[^)]*)?\)")
_INSIDE = re.compile(_LABEL + r"\(#[^)]*\)")
_OUTSIDE = re.compile("!?" + _LABEL + r"\(([^()]+)\)")
_STRONG = re.compile(r"\*\*([^*`]+)\*\*")


def print_page(text: str, width: int) -> None:
    """Print a page, at most as wide as the terminal and as can be read well."""
    above = None
    for is_heading, line in page_lines(text, min(width, _WIDEST)):
        if is_heading:
            heading(line)
        elif line or above:
            click.echo(visible_line(line))
        # A heading stands right above its text, and never more than one line is empty.
        above = "" if is_heading else line


def page_lines(text: str, width: int) -> Iterator[tuple[bool, str]]:
    """The lines of a page, and whether each is a heading; what stands below one is indented by two."""
    paragraph: list[str] = []
    fence = ""
    for line in [*text.split("\n"), ""]:
        if fence:
            if line.strip() == fence:
                fence = ""
            else:
                yield False, f"    {line}".rstrip()
            continue
        found = _FENCE.match(line)
        if found or not line or line.startswith(("#", "|", "<!--")) or _ITEM.match(line):
            yield from ((False, f"  {part}") for part in _filled(paragraph, width - 2))
            paragraph = []
        if found:
            fence = found[1]
        elif line.startswith("#"):
            yield True, plain_text(line.lstrip("# "))
        elif line.startswith("|"):
            yield False, f"  {line}"
        elif line and not line.startswith("<!--"):
            paragraph.append(line)
        elif not line:
            yield False, ""


def plain_text(text: str) -> str:
    """A text without the marks of Markdown, where a link to a page becomes the command that shows it."""
    text = _PAGE.sub(lambda link: f"{link[1]} (`tocsin explain {_topic(link)}`)", text)
    return _STRONG.sub(r"\1", _OUTSIDE.sub(r"\1 (\2)", _INSIDE.sub(r"\1", text)))


def _topic(link: re.Match[str]) -> str:
    return f"'{link[2]}/*'" if "](checks/" in link[0] else link[2]


def _filled(lines: list[str], width: int) -> list[str]:
    """One paragraph or item of a list, filled to the width."""
    if not lines:
        return []
    text = plain_text(" ".join([lines[0], *(line.strip() for line in lines[1:])]))
    item = _ITEM.match(text)
    indent = " " * (item.end() if item else len(text) - len(text.lstrip()))
    return textwrap.wrap(
        text, width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
    )
