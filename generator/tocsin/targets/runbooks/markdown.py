"""Markdown as GitHub and GitLab read it: escaping, fences, anchors and links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from tocsin.lang.markdown import Anchors as Anchors
from tocsin.lang.markdown import anchor as anchor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")
_UNSAFE_IN_LINKS = re.compile(r"[<>|\\`\s]")
_TEMPLATE = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_LABEL = re.compile(r"(?:\$labels\.|\.Labels\.)([A-Za-z_][A-Za-z0-9_]*)")
_FENCE = re.compile(r"^[ \t]*+(`{3,})", re.MULTILINE)
_TICKS = "```"
_OPENING = re.compile(r" *(`{3,})")


def escape_text(text: str) -> str:
    """A text of one line in which nothing is markup."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def table_cell(text: str) -> str:
    """Markdown of one line that a table's cell can hold."""
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(text.split()))


def inline_code(text: str) -> str:
    """The text as inline code, whatever backticks it has."""
    text = " ".join(text.split())
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    ticks = "`" * (longest + 1)
    return f"{ticks} {text} {ticks}" if longest else f"`{text}`"


def label_list(values: Mapping[str, str]) -> str:
    """Labels as inline code, by name."""
    return ", ".join(inline_code(f'{name}="{value}"') for name, value in sorted(values.items()))


def readable_annotation(template: str) -> str:
    """An annotation as Markdown: a label becomes `<label>`, a value `<value>`, as no value is known here."""
    parts: list[str] = []
    at = 0
    for found in _TEMPLATE.finditer(template):
        parts += [plain_piece(template[at : found.start()]), _action(found[1])]
        at = found.end()
    return " ".join("".join([*parts, plain_piece(template[at:])]).split())


def plain_piece(text: str) -> str:
    """A piece of a line in which nothing is markup, its spaces kept."""
    return _SPECIAL.sub(r"\\\1", text)


def _action(action: str) -> str:
    label = _LABEL.search(action)
    if label:
        return f"`<{label[1]}>`"
    return "`<value>`" if "$value" in action or ".Value" in action else "`<…>`"


def code_block(language: str, text: str) -> str:
    """A block of code, its fence longer than any inside."""
    longest = max((len(found[1]) for found in _FENCE.finditer(text)), default=2)
    ticks = "`" * max(3, longest + 1)
    body = text.strip("\n")
    return f"{ticks}{language}\n{body}\n{ticks}"


def tell_code_apart(page: str) -> Iterator[tuple[str, bool]]:
    """Each line of a generated page, and whether it belongs to a block of code; its fences do."""
    fence = ""
    for line in page.splitlines():
        opened = None if fence or _TICKS not in line else _OPENING.match(line)
        yield line, bool(fence) or opened is not None
        if opened is not None:
            fence = opened[1]
        elif fence and line.strip() == fence:
            fence = ""


def indent_text(text: str, by: int) -> str:
    """The text with all lines but the first one moved right, so that it stays inside its list item."""
    first, *rest = text.strip("\n").split("\n")
    return "\n".join([first.rstrip(), *((" " * by + line).rstrip() for line in rest)])


def close_markdown(text: str) -> str:
    """An author's Markdown without loose ends."""
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))


def link_target(url: str) -> str:
    """A URL as it may stand between `<` and `>` in a link, also in the cell of a table."""
    return _UNSAFE_IN_LINKS.sub(lambda found: quote(found[0], safe=""), url)


def relative_link(target: str, start: str) -> str:
    """The relative link from one page to another; both are paths inside the folder of runbooks."""
    up = "../" * start.count("/")
    return quote(f"{up}{target}")
