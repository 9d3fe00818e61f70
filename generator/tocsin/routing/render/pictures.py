"""A drawn route tree as Mermaid for Markdown, and as SVG for anything else."""

from __future__ import annotations

from html import escape
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.routing.render.outline import Outline

_LINE, _INDENT, _CHAR, _PAD = 26, 28, 7.2, 12


def mermaid(tree: Outline) -> str:
    """A flowchart from left to right; lit nodes and edges are thick."""
    lines = ["flowchart LR"]
    lit: list[str] = []
    edges: list[int] = []
    _mermaid(tree, lines, lit, edges, count(), count())
    if lit:
        lines.append("  classDef lit stroke-width:3px,stroke:#1f7a1f")
        lines.append(f"  class {','.join(lit)} lit")
    if edges:
        lines.append(f"  linkStyle {','.join(map(str, edges))} stroke-width:3px,stroke:#1f7a1f")
    return "\n".join(lines) + "\n"


def svg(tree: Outline) -> str:
    """A picture that needs no script and no font of its own."""
    rows = list(_rows(tree, 0))
    texts = [" · ".join((node.asks, f"→ {node.receiver}", *node.notes)) for _, node in rows]
    width = max(
        _PAD * 3 + depth * _INDENT + len(text) * _CHAR for (depth, _), text in zip(rows, texts, strict=True)
    )
    height = len(rows) * _LINE + _PAD * 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" '
        f'viewBox="0 0 {width:.0f} {height}" font-family="monospace" font-size="12">',
        f'<rect width="{width:.0f}" height="{height}" fill="#ffffff"/>',
    ]
    above: dict[int, float] = {}
    for number, ((depth, node), text) in enumerate(zip(rows, texts, strict=True)):
        x, y = _PAD + depth * _INDENT, _PAD + number * _LINE + _LINE / 2
        colour, weight = ("#1f7a1f", 3) if node.lit else ("#8a8a8a", 1)
        if depth:
            left = x - _INDENT + 6
            parts.append(
                f'<path d="M{left:.0f} {above[depth - 1]:.0f}V{y:.0f}H{x:.0f}" fill="none" '
                f'stroke="{colour}" stroke-width="{weight}"/>'
            )
        above[depth] = y + 5
        style = ' font-weight="bold"' if node.stopped else ""
        parts.append(f'<circle cx="{x + 6}" cy="{y:.0f}" r="5" fill="{colour}"/>')
        parts.append(
            f'<text x="{x + 16}" y="{y + 4:.0f}" fill="{"#111111" if node.lit else "#555555"}"{style}>'
            f"{escape(_printable(text), quote=False)}</text>"
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _mermaid(
    node: Outline,
    lines: list[str],
    lit: list[str],
    edges: list[int],
    names: Iterator[int],
    links: Iterator[int],
) -> str:
    name = f"n{next(names)}"
    text = "<br/>".join(
        _quoted(part) for part in (node.asks, f"→ {node.receiver}", ", ".join(node.notes)) if part
    )
    lines.append(f'  {name}["{text}"]')
    if node.lit:
        lit.append(name)
    for child in node.children:
        below = _mermaid(child, lines, lit, edges, names, links)
        lines.append(f"  {name} --> {below}")
        link = next(links)
        if child.lit:
            edges.append(link)
    if node.hidden:
        more = f"n{next(names)}"
        lines.append(f'  {more}["{_quoted(node.hidden)}"]')
        lines.append(f"  {name} --> {more}")
        next(links)
    return name


def _rows(node: Outline, depth: int) -> Iterator[tuple[int, Outline]]:
    yield depth, node
    for child in node.children:
        yield from _rows(child, depth + 1)


def _quoted(text: str) -> str:
    """A text inside a label of Mermaid, in which every sign with a meaning is written by its number."""
    return "".join(
        char if char.isalnum() or char in " .,:=→/_-" else "#" + str(ord(char)) + ";"
        for char in _printable(text)
    )


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
