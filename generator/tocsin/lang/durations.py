"""Durations in Prometheus' notation, such as `1h30m`, as milliseconds and back."""

from __future__ import annotations

import re
from decimal import Decimal
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
_PART = re.compile(r"(?<![0-9])([0-9]++)(ms|[ywdhms])")
_WHOLE = re.compile(rf"(?:{_PART.pattern})+")
_WORDED = re.compile(r"(?<![0-9])([0-9]++(?:[.,][0-9]++)?+)\s*+([a-zµ]++)\.?")
_CALLED = {
    "y": "y yr yrs year years jahr jahre ano anos",
    "w": "w week weeks wk wks woche wochen semana semanas",
    "d": "d day days tag tage dia dias",
    "h": "h hr hrs hour hours std stunde stunden hora horas",
    "m": "m min mins minute minutes minuten minuto minutos",
    "s": "s sec secs second seconds sek sekunde sekunden segundo segundos",
    "ms": "ms msec msecs millis millisecond milliseconds",
}
# Prometheus holds a duration as nanoseconds in an int64.
_LONGEST_MS = (2**63 - 1) // 1_000_000


@lru_cache(maxsize=4096)
def parse_duration(text: str) -> int:
    """The milliseconds of a duration: units y w d h m s ms, from large to small, each at most once."""
    span = (0, len(text))
    if text == "0":
        return 0
    if not _WHOLE.fullmatch(text):
        raise _not_a_duration(text)
    parts = _PART.findall(text)
    sizes = [_UNITS[unit] for _, unit in parts]
    if len(set(sizes)) < len(sizes):
        raise LangError(f"`{text}` is not a duration: a unit is repeated", span, "write for example `1h30m`")
    if sizes != sorted(sizes, reverse=True):
        reason = f"`{text}` is not a duration: units must be ordered from large to small"
        in_order = "".join(map("".join, sorted(parts, key=lambda part: -_UNITS[part[1]])))
        raise LangError(reason, span, f"write `{in_order}`", in_order)
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


def _not_a_duration(text: str) -> LangError:
    """The error with what is meant: `5 minutes` is `5m`, and `5` is so much of some unit."""
    stripped = text.strip()
    span = (0, len(text))
    reason = f"`{text}` is not a duration"
    if re.fullmatch(r"[0-9]{1,9}", stripped):
        # Nobody waits for 300 minutes, and few for 5 seconds.
        units = ("m", "s") if int(stripped) <= 60 else ("s", "m")
        called = {"m": "minutes", "s": "seconds"}
        advice = " or ".join(f"`{stripped}{unit}` for {called[unit]}" for unit in units)
        return LangError(reason, span, f"say the unit: {advice}")
    meant = _meant(stripped.lower())
    if meant is not None:
        return LangError(reason, span, f"write `{meant}`", meant)
    return LangError(
        reason, span, "write for example `30s`, `5m` or `1h30m`; the units are y, w, d, h, m, s and ms"
    )


def duration_meant(text: str) -> str | None:
    """The duration that a text such as `5 minutes` or `1.5h` stands for; None where it is none."""
    return _meant(text.strip().lower())


def _meant(text: str) -> str | None:
    """The duration that is written with words, spaces, capitals or fractions, or as ISO 8601 has it."""
    iso = re.fullmatch(r"p(?:([0-9]+)d)?(?:t(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?)?", text)
    if iso is not None and any(iso.groups()):
        return "".join(f"{part}{unit}" for part, unit in zip(iso.groups(), "dhms", strict=True) if part)
    parts = _WORDED.findall(text)
    if not parts or _WORDED.sub("", text).strip(" &+") not in ("", "and"):
        return None
    total = Decimal(0)
    for number, word in parts:
        unit = next((unit for unit, words in _CALLED.items() if word in words.split()), None)
        if unit is None:
            return None
        total += Decimal(number.replace(",", ".")) * _UNITS[unit]
    if total != total.to_integral_value() or not 0 < total <= _LONGEST_MS:
        return None
    return format_duration(int(total))
