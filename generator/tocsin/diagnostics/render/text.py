"""Diagnostics for people, in the manner of rustc."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING

from tocsin.diagnostics.model import Diagnostic, Level
from tocsin.diagnostics.render.cells import escape_for_terminal, one_line
from tocsin.diagnostics.render.snippet import Mark, snippet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tocsin.diagnostics.render.snippet import Paint
    from tocsin.source import Span

_STYLES = {"error": "1;31", "warning": "1;33", "info": "1;36", "edge": "1;34", "strong": "1"}
_NARROWEST = 40
_MOST_PLACES = 4
_MOST_SHOWN = 100
"""How many findings of one check are shown for one file."""


def render_text(diagnostics: Sequence[Diagnostic], *, colour: bool, width: int, folds: bool = False) -> str:
    """Diagnostics with their lines, then how many there are; empty for none.

    With `folds`, a message has as many lines as it needs; else it is one, which a search finds.

    Of those of one check in one file, the first ones are shown and the others counted.
    """
    if not diagnostics:
        return ""
    width = max(width, _NARROWEST)
    paint = _coloured if colour else _uncoloured
    shown: Counter[tuple[str, str]] = Counter()
    blocks = []
    for diagnostic in diagnostics:
        about = (diagnostic.id, "" if diagnostic.span is None else diagnostic.span.document.name)
        shown[about] += 1
        if shown[about] <= _MOST_SHOWN:
            blocks.append("\n".join(_block(diagnostic, width, paint, folds)))
    for (id_, name), count in shown.items():
        if count > _MOST_SHOWN:
            where = f" in {one_line(name)}" if name else ""
            blocks.append(
                f"{escape_for_terminal(id_)}: {count - _MOST_SHOWN} more{where}; --format json shows all"
            )
    summary = textwrap.fill(_summary(diagnostics), width, break_on_hyphens=False)
    return "\n\n".join([*blocks, summary]) + "\n"


def _block(diagnostic: Diagnostic, width: int, paint: Paint, folds: bool) -> Iterator[str]:
    style = diagnostic.level.value
    yield from _headline(diagnostic, width if folds else None, paint)
    spans = [note.span for note in diagnostic.related]
    spans += [diagnostic.span] if diagnostic.span is not None else []
    gutter = max((len(str(span.line)) for span in spans), default=1)
    files: dict[str, list[Mark]] = {}
    if diagnostic.span is not None:
        files[diagnostic.span.document.name] = [Mark(diagnostic.span, diagnostic.label, primary=True)]
    for note in diagnostic.related:
        files.setdefault(note.span.document.name, []).append(Mark(note.span, note.text, primary=False))
    for marks in files.values():
        first = marks[0]
        arrow = "-->" if first.primary else ":::"
        yield f"{paint('edge', ' ' * gutter + arrow)} {_where(first.span)}"
        yield from snippet(marks, gutter, width, style, paint)
    if diagnostic.more:
        yield from _item(more_places(diagnostic.more), "note", gutter, width, paint)
    if diagnostic.help:
        yield from _item(diagnostic.help, "help", gutter, width, paint)


def _headline(diagnostic: Diagnostic, width: int | None, paint: Paint) -> Iterator[str]:
    """What is wrong, in one line or in lines of that width; a word that is longer is not cut."""
    style = diagnostic.level.value
    name = f"{style}[{escape_for_terminal(diagnostic.id)}]"
    first = f"{name}: {one_line(diagnostic.message)}"
    rest: list[str] = []
    if width is not None:
        first, *rest = textwrap.wrap(
            first, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )
    yield paint(style, name) + paint("strong", first.removeprefix(name))
    for row in rest:
        yield paint("strong", _no_command(row))


def _where(span: Span) -> str:
    return f"{one_line(span.document.name)}:{span.line}:{span.column}"


def more_places(places: Sequence[Span]) -> str:
    """How many further places there are, and the first of them."""
    shown = ", ".join(map(_where, places[:_MOST_PLACES]))
    others = f", … and {len(places) - _MOST_PLACES} others" if len(places) > _MOST_PLACES else ""
    return f"and {len(places)} more place{'s' if len(places) > 1 else ''}: {shown}{others}"


def _item(text: str, title: str, gutter: int, width: int, paint: Paint) -> Iterator[str]:
    head = f"{'':{gutter}} = {title}: "
    rows = [
        row
        for line in text.splitlines()
        for row in textwrap.wrap(escape_for_terminal(line), width - len(head)) or [""]
    ]
    for at, row in enumerate(rows):
        start = (
            f"{'':{gutter}} {paint('edge', '=')} {paint('strong', title)}: " if at == 0 else " " * len(head)
        )
        yield f"{start}{_no_command(row)}".rstrip()


def _no_command(row: str) -> str:
    """A row, escaped where it would be a command to the runner of a GitHub workflow, which skips spaces."""
    return row.replace("::", r"\u003a:", 1) if row.lstrip().startswith("::") else row


def counted(counts: Mapping[Level, int]) -> str:
    """How many findings of each level there are, the levels without any left out."""
    return ", ".join(
        f"{counts[level]} {level.value}{'s' if counts[level] > 1 and level is not Level.INFO else ''}"
        for level in Level
        if counts.get(level)
    )


def _summary(diagnostics: Sequence[Diagnostic]) -> str:
    levels = counted(Counter(diagnostic.level for diagnostic in diagnostics))
    by_id = Counter(diagnostic.id for diagnostic in diagnostics)
    if len(by_id) == 1:
        return levels
    most_first = sorted(by_id.items(), key=lambda item: (-item[1], item[0]))
    return f"{levels}: {', '.join(f'{count} {escape_for_terminal(id_)}' for id_, count in most_first)}"


def _coloured(style: str, text: str) -> str:
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"


def _uncoloured(_style: str, text: str) -> str:
    return text
