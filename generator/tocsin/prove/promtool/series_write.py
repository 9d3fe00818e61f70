"""Series and samples in the notation of promtool's unit tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.lang.go_numbers import go_float
from tocsin.lang.strings import quote_string
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_SHORTEST_RUN = 3


def series_text(labels: Mapping[str, str]) -> str:
    """A series as a selector that selects it alone."""
    name = labels.get("__name__", "")
    plain = _NAME.fullmatch(name) is not None
    inner = [] if plain or not name else [quote_string(name)]
    inner += [
        f"{label if _LABEL.fullmatch(label) else quote_string(label)}={quote_string(value)}"
        for label, value in sorted(labels.items())
        # A label with an empty value is one that is missing.
        if label != "__name__" and value
    ]
    head = name if plain else ""
    return head + ("{" + ", ".join(inner) + "}" if inner or not head else "")


def values_text(values: Sequence[float | None]) -> str:
    """Samples, one an interval: `1x5` is six times 1, `0+2x10` eleven values that grow by 2, `_` none."""
    items: list[str] = []
    for run in sample_runs([None if value is None else (value,) for value in values]):
        if run.first is None:
            items.append("_" if run.count == 1 else f"_x{run.count}")
        elif run.count == 1:
            items.append(number_text(run.first[0]))
        else:
            step = run.step[0]
            sign = "+" if step > 0 else "-"
            growth = "" if step == 0 else f"{sign}{number_text(abs(step))}"
            items.append(f"{number_text(run.first[0])}{growth}x{run.count - 1}")
    return " ".join(items)


@value_object
class Run:
    """Samples of one number or several each that grow by the same step; `first` is None for a gap."""

    first: tuple[float, ...] | None
    step: tuple[float, ...]
    count: int


def sample_runs(rows: Sequence[tuple[float, ...] | None]) -> Iterator[Run]:
    """The samples in runs that are as long as they can be; few samples are not worth one."""
    at = 0
    while at < len(rows):
        run = _run(rows, at)
        yield run
        at += run.count


def _run(rows: Sequence[tuple[float, ...] | None], at: int) -> Run:
    first = rows[at]
    end = at
    if first is None:
        while end < len(rows) and rows[end] is None:
            end += 1
        return Run(None, (), end - at)
    second = rows[at + 1] if at + 1 < len(rows) else None
    if second is None:
        return Run(first, (), 1)
    step = tuple(_plain(b - a) for a, b in zip(first, second, strict=True))
    values = first
    while end + 1 < len(rows):
        values = tuple(a + b for a, b in zip(values, step, strict=True))
        after = rows[end + 1]
        if after is None or not all(_same(a, b) for a, b in zip(after, values, strict=True)):
            break
        end += 1
    count = end - at + 1
    return Run(first, step, count) if count >= _SHORTEST_RUN else Run(first, (), 1)


def _same(value: float, expected: float) -> bool:
    """Whether a sum of steps, as promtool makes it, is the value as far as anybody could see."""
    return abs(value - expected) <= 1e-9 * max(abs(value), abs(expected), 1e-6)


def _plain(value: float) -> float:
    return float(f"{value:.12g}")


def number_text(value: float) -> str:
    """A number as promtool reads it, without the last digits that only rounding made."""
    return go_float(_plain(value))
