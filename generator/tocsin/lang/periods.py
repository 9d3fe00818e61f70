"""The parts of Alertmanager's time intervals: ranges of weekdays, days, months and years, and time zones.

What is refused here is what Alertmanager's own `timeinterval` package refuses when it loads them.
"""

from __future__ import annotations

import difflib
import re
import zoneinfo
from datetime import datetime
from functools import cache

from tocsin.lang.errors import LangError

WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_NUMBER = re.compile(r"[-+]?[0-9]{1,18}")
_CLOCK = re.compile(r"(?:([01][0-9]|2[0-3]):([0-5][0-9])|(24):(00))")
_SHORTEST_MONTH = 28


def parse_clock(text: str) -> int:
    """The minutes since midnight of `08:30`; `24:00` is the end of the day."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise LangError(f"`{text}` is no time of the day", (0, len(text)), "write two digits each: `08:30`")
    hours, minutes = match[1] or match[3], match[2] or match[4]
    return int(hours) * 60 + int(minutes)


def parse_weekdays(text: str) -> tuple[int, int]:
    """The first and the last day of `monday:friday` or `sunday`; Sunday is 0."""
    first, last = _ends(text, "weekdays", {name: n for n, name in enumerate(WEEKDAYS)})
    if first > last:
        advice = "the week starts on Sunday: write two entries, such as `friday:saturday` and `sunday`"
        raise LangError(f"`{text}` ends before it begins", (0, len(text)), advice)
    return first, last


def parse_days_of_month(text: str) -> tuple[int, int]:
    """The first and the last day of `1:5` or `-3:-1`; negative days count from the end of the month."""
    first, last = _ends(text, "days of the month", {})
    for day in (first, last):
        if day == 0 or abs(day) > 31:
            raise LangError(
                f"no month has a day {day}", (0, len(text)), "days go from 1 to 31, or from -31 to -1"
            )
    if first < 0 < last:
        raise LangError(
            "a range that begins at the end of the month ends there too",
            (0, len(text)),
            "write for example `-3:-1`",
        )
    if (first + _SHORTEST_MONTH if first < 0 else first) > (last + _SHORTEST_MONTH if last < 0 else last):
        raise LangError(f"`{text}` ends before it begins in some month", (0, len(text)), _swap(text))
    return first, last


def parse_months(text: str, *, beyond: bool = False) -> tuple[int, int]:
    """The first and the last month of `january:march` or `12`; January is 1.

    Alertmanager takes numbers `beyond` those of the twelve months, which never come.
    """
    first, last = _ends(text, "months", {name: n for n, name in enumerate(MONTHS, 1)})
    if not beyond and not (1 <= first <= 12 and 1 <= last <= 12):
        raise LangError(
            f"`{text}` is outside the twelve months", (0, len(text)), "write `1` to `12` or names"
        )
    if first > last:
        advice = "the year starts in January: write two entries, such as `11:12` and `1:2`"
        raise LangError(f"`{text}` ends before it begins", (0, len(text)), advice)
    return first, last


def parse_years(text: str) -> tuple[int, int]:
    """The first and the last year of `2026:2028` or `2026`."""
    first, last = _ends(text, "years", {})
    if first > last:
        raise LangError(f"`{text}` ends before it begins", (0, len(text)), _swap(text))
    return first, last


def check_location(text: str) -> None:
    """Raise unless the text is a time zone of the IANA database; where there is none, all are taken."""
    known = _zones()
    if not known or text in known or text in ("", "UTC", "Local"):
        return
    near = difflib.get_close_matches(text, known, 1)
    advice = f"did you mean `{near[0]}`?" if near else "write for example `America/Sao_Paulo`"
    raise LangError(f"`{text}` is no time zone", (0, len(text)), advice)


def check_moment(text: str) -> None:
    """Raise unless the text is a date with a time of the day, as `2026-12-24T23:00`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise LangError(
            f"`{text}` is no moment", (0, len(text)), "write for example `2026-12-24T23:00`"
        ) from None
    if not 1970 <= moment.year < 9999:
        raise LangError(f"`{text}` is a year that cannot be meant", (0, len(text)))


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _ends(text: str, what: str, names: dict[str, int]) -> tuple[int, int]:
    parts = text.lower().split(":")
    if len(parts) > 2 or not text.strip():
        raise LangError(f"`{text}` is no range of {what}", (0, len(text)), "write `from:to` or one value")
    ends = [_end(part, text, what, names) for part in parts]
    return ends[0], ends[-1]


def _end(part: str, text: str, what: str, names: dict[str, int]) -> int:
    if part in names:
        return names[part]
    if what != "weekdays" and _NUMBER.fullmatch(part):
        return int(part)
    near = difflib.get_close_matches(part, names, 1, 0.3)
    advice = f"did you mean `{near[0]}`?" if near else f"the names are {', '.join(names)}" if names else None
    at = text.lower().find(part)
    raise LangError(f"`{part}` is none of the {what}", (at, at + len(part)), advice)


def _swap(text: str) -> str:
    return f"write `{':'.join(reversed(text.split(':')))}`"
