"""Series and samples in the notation of promtool's unit tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.lang.promql.evaluate.numbers import go_float
from tocsin.lang.strings import quote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_SHORTEST_RUN = 3


def series_text(labels: Mapping[str, str]) -> str:
    """A series as a selector that selects it alone."""
    name = labels.get("__name__", "")
    plain = _NAME.fullmatch(name) is not None
    inner = [] if plain or not name else [quote(name)]
    inner += [
        f"{label if _LABEL.fullmatch(label) else quote(label)}={quote(value)}"
        for label, value in sorted(labels.items())
        if label != "__name__"
    ]
    head = name if plain else ""
    return head + ("{" + ", ".join(inner) + "}" if inner or not head else "")


def values_text(values: Sequence[float | None]) -> str:
    """Samples, one an interval: `1x5` is six times 1, `0+2x10` eleven values that grow by 2, `_` none."""
    items: list[str] = []
    at = 0
    while at < len(values):
        count, item = _run(values, at)
        items.append(item)
        at += count
    return " ".join(items)


def _run(values: Sequence[float | None], at: int) -> tuple[int, str]:
    first = values[at]
    end = at
    if first is None:
        while end < len(values) and values[end] is None:
            end += 1
        return end - at, "_" if end - at == 1 else f"_x{end - at}"
    second = values[at + 1] if at + 1 < len(values) else None
    if second is None:
        return 1, _number(first)
    step = _plain(second - first)
    value = first
    while end + 1 < len(values) and _same(values[end + 1], value + step):
        value += step
        end += 1
    count = end - at + 1
    if count < _SHORTEST_RUN:
        return 1, _number(first)
    growth = "" if step == 0 else f"+{_number(step)}" if step > 0 else f"-{_number(-step)}"
    return count, f"{_number(first)}{growth}x{count - 1}"


def _same(value: float | None, expected: float) -> bool:
    """Whether a sum of steps, as promtool makes it, is the value as far as anybody could see."""
    return value is not None and abs(value - expected) <= 1e-9 * max(abs(value), abs(expected), 1e-6)


def _plain(value: float) -> float:
    return float(f"{value:.12g}")


def _number(value: float) -> str:
    return go_float(_plain(value))
