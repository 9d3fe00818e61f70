"""Two texts in a line each, long ones from shortly before where they begin to differ."""

from __future__ import annotations

from itertools import takewhile

_LONGEST = 100
_BEFORE = 40
_ALIKE = 60
"""So many equal letters leave room enough for what differs behind them."""


def differing_parts(before: str, after: str) -> tuple[str, str]:
    """Both texts without line breaks, of at most 100 letters; `…` stands for what is left out."""
    first, second = (" ".join(text.split()) for text in (before, after))
    equal = takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False))
    alike = sum(1 for _ in equal)
    is_long = max(len(first), len(second)) > _LONGEST
    start = alike - _BEFORE if is_long and alike > _ALIKE and first != second else 0
    return _part(first, start), _part(second, start)


def _part(line: str, start: int) -> str:
    part = f"…{line[start:]}" if start else line
    return part if len(part) <= _LONGEST else f"{part[: _LONGEST - 3]}…"
