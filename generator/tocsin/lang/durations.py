"""Durations in Prometheus' notation, such as `1h30m`, as milliseconds and back."""

from __future__ import annotations

import re
from functools import lru_cache

from tocsin.lang.errors import LangError

_UNITS = {
    "y": 365 * 86_400_000,
    "w": 7 * 86_400_000,
    "d": 86_400_000,
    "h": 3_600_000,
    "m": 60_000,
    "s": 1_000,
    "ms": 1,
}
_PRINTED = ("d", "h", "m", "s", "ms")
_PART = re.compile(r"([0-9]+)(ms|[ywdhms])")
_WHOLE = re.compile(rf"(?:{_PART.pattern})+")
_FRACTION = re.compile(r"[0-9]*\.[0-9]+(?:ms|[ywdhms])")
# Prometheus holds a duration as nanoseconds in an int64.
_LONGEST_MS = (2**63 - 1) // 1_000_000


@lru_cache(maxsize=4096)
def parse_duration(text: str) -> int:
    """The milliseconds of a duration: units y w d h m s ms, from large to small, each at most once."""
    span = (0, len(text))
    if text == "0":
        return 0
    if not _WHOLE.fullmatch(text):
        raise LangError(f"`{text}` is no duration", span, _advice(text))
    parts = _PART.findall(text)
    sizes = [_UNITS[unit] for _, unit in parts]
    if len(set(sizes)) < len(sizes):
        raise LangError(
            f"`{text}` is no duration: a unit stands in it twice", span, "write for example `1h30m`"
        )
    if sizes != sorted(sizes, reverse=True):
        reason = f"`{text}` is no duration: units must go from large to small"
        in_order = sorted(parts, key=lambda part: -_UNITS[part[1]])
        raise LangError(reason, span, f"write `{''.join(map(''.join, in_order))}`")
    # Twenty digits are beyond any duration, and Python refuses to read numbers of thousands of them.
    if any(len(number.lstrip("0")) > 20 for number, _ in parts):
        raise LangError("the duration is longer than Prometheus can hold", span)
    total = sum(int(number) * size for (number, _), size in zip(parts, sizes, strict=True))
    if total > _LONGEST_MS:
        raise LangError(f"`{text}` is longer than Prometheus can hold (about 292 years)", span)
    return total


def format_duration(ms: int) -> str:
    """The shortest text of a duration in days, hours, minutes, seconds and milliseconds."""
    if ms < 0:
        raise ValueError(f"a duration cannot be negative: {ms} ms")
    parts: list[str] = []
    for unit in _PRINTED:
        number, ms = divmod(ms, _UNITS[unit])
        if number:
            parts.append(f"{number}{unit}")
    return "".join(parts) or "0s"


def _advice(text: str) -> str:
    stripped = text.strip()
    if re.fullmatch(r"[0-9]+", stripped):
        return f"say the unit: `{stripped}s` or `{stripped}m`"
    if _FRACTION.fullmatch(stripped):
        return "a duration has no fractions: write for example `1h30m` for an hour and a half"
    if _WHOLE.fullmatch("".join(stripped.split())):
        return f"write it without spaces: `{''.join(stripped.split())}`"
    if _WHOLE.fullmatch(stripped.lower()):
        return f"units are lower-case: write `{stripped.lower()}`"
    return "write for example `30s`, `5m` or `1h30m`; the units are y, w, d, h, m, s and ms"
