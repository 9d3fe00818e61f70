"""The lines of one file with the guilty parts underlined."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING

from tocsin.diagnostics.render.cells import count_columns, cut_line, escape_for_terminal, one_line
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tocsin.source import Span

    Paint = Callable[[str, str], str]

_NARROWEST_LABEL = 24


@value_object
class Mark:
    """A part of a file to underline, and what to say there."""

    span: Span
    text: str
    primary: bool

    @property
    def columns(self) -> tuple[int, int]:
        """The underlined part of its first line, from 0; always at least one column."""
        span = self.span
        start = span.column - 1
        line = span.document.line(span.line)
        end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
        return start, max(end, start + 1)


def snippet(marks: Sequence[Mark], gutter: int, width: int, style: str, paint: Paint) -> Iterator[str]:
    """The rows for the marks of one file; `gutter` is the width of the largest line number."""
    bar = paint("edge", f"{'':{gutter}} |")
    yield bar
    room = max(width - gutter - 3, 10)
    previous: int | None = None
    by_line = sorted(marks, key=lambda mark: (mark.span.line, not mark.primary, mark.span.start))
    for number, group in groupby(by_line, key=lambda mark: mark.span.line):
        # One line that is left out is not worth a row of dots.
        if previous is not None and number > previous + 2:
            yield paint("edge", "...")
        previous = number
        for line, together in _windows(list(group), room):
            start, end = cut_line(line, _union(together), room)
            before, after = "…" if start > 0 else "", "…" if end < len(line) else ""
            text = f"{before}{escape_for_terminal(line[start:end])}{after}".rstrip()
            yield f"{paint('edge', f'{number:>{gutter}} |')} {text}".rstrip()
            for mark in together:
                at, stop = (min(max(column, start), max(end, start)) for column in mark.columns)
                left = count_columns(before + escape_for_terminal(line[start:at]))
                if mark.columns[0] >= len(line):
                    left += mark.columns[0] - len(line)
                long = max(count_columns(escape_for_terminal(line[at:stop])), 1)
                for row in _underline(mark, left, long, room):
                    yield f"{bar} {' ' * row[0]}{paint(style if mark.primary else 'edge', row[1])}"


def _windows(marks: list[Mark], room: int) -> Iterator[tuple[str, list[Mark]]]:
    """The marks of one line that can be seen at once; the line is shown again for those too far away."""
    line = marks[0].span.document.line(marks[0].span.line)
    while marks:
        together, rest = [marks[0]], []
        for mark in marks[1:]:
            start, end = _union([*together, mark])
            if end - start <= room and count_columns(escape_for_terminal(line[start:end])) <= room - 2:
                together.append(mark)
            else:
                rest.append(mark)
        yield line, together
        marks = rest


def _union(marks: Sequence[Mark]) -> tuple[int, int]:
    columns = [mark.columns for mark in marks]
    return min(start for start, _ in columns), max(end for _, end in columns)


def _underline(mark: Mark, left: int, long: int, room: int) -> Iterator[tuple[int, str]]:
    """Rows of (columns to leave free, text): the signs with the label behind them, or under them."""
    signs = ("^" if mark.primary else "-") * long
    label = one_line(mark.text)
    if not label or left + long + 1 + count_columns(label) <= room:
        yield left, f"{signs} {label}".rstrip()
        return
    yield left, signs
    left = max(min(left, room - _NARROWEST_LABEL), 0)
    for row in textwrap.wrap(label, room - left):
        yield left, row
