"""The parts of Alertmanager's time intervals: ranges of weekdays, days, months and years, and time zones.

What is refused here is what Alertmanager's own `timeinterval` package refuses when it loads them.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.period_words import days_of_month_meant, months_meant, weekdays_meant, years_meant

if TYPE_CHECKING:
    from collections.abc import Callable

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
_LOOSE_CLOCK = re.compile(r"(\d{1,2})(?:[:.h]?([0-5]\d))?(?::[0-5]\d)?\s*(am|pm|h|uhr)?")
_DAY = 24 * 60
_SHORTEST_MONTH = 28


def parse_clock(text: str) -> int:
    """The minutes since midnight of `08:30`; `24:00` is the end of the day."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise _not_a_clock(text)
    hours, minutes = match[1] or match[3], match[2] or match[4]
    return int(hours) * 60 + int(minutes)


def check_start(text: str) -> None:
    """Raise LangError unless the text is a time of the day at which a time range may begin."""
    if parse_clock(text) == _DAY:
        raise LangError(
            "a time range cannot begin at the end of the day", (0, len(text)), "write `00:00`", "00:00"
        )


def weekday_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """The ranges of days of `monday:friday` or `sunday`, Sunday being 0; of `friday:monday` there are two.

    Such ranges beyond Saturday are what 0.35 reads for the first time.
    """
    first, last = _weekdays(text)
    return ((first, last),) if first <= last else ((first, len(WEEKDAYS) - 1), (0, last))


def _weekdays(text: str) -> tuple[int, int]:
    return _ends(text, "weekdays", {name: n for n, name in enumerate(WEEKDAYS)}, weekdays_meant)


def parse_weekdays(text: str) -> tuple[int, int]:
    """The first and the last day of `monday:friday` or `sunday`, for any release; Sunday is 0."""
    first, last = _weekdays(text)
    if first > last:
        raise _backwards(
            text,
            "the week starts on Sunday, and before 0.35 Alertmanager reads no range beyond Saturday",
            weekdays_meant,
        )
    return first, last


def parse_days_of_month(text: str) -> tuple[int, int]:
    """The first and the last day of `1:5` or `-3:-1`; negative days count from the end of the month."""
    first, last = _ends(text, "days of the month", {}, days_of_month_meant)
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
        raise _backwards(text, "a range stays within one month", days_of_month_meant)
    return first, last


def parse_months(text: str, *, beyond: bool = False) -> tuple[int, int]:
    """The first and the last month of `january:march` or `12`; January is 1.

    Before 0.35 Alertmanager takes numbers `beyond` those of the twelve months, which never come.
    """
    first, last = _ends(text, "months", {name: n for n, name in enumerate(MONTHS, 1)}, months_meant)
    if not beyond and not (1 <= first <= 12 and 1 <= last <= 12):
        raise LangError(
            f"`{text}` is outside the twelve months", (0, len(text)), "write `1` to `12` or names"
        )
    if first > last:
        raise _backwards(text, "the year starts in January", months_meant)
    return first, last


def parse_years(text: str) -> tuple[int, int]:
    """The first and the last year of `2026:2028` or `2026`."""
    first, last = _ends(text, "years", {}, years_meant)
    if first > last:
        raise _backwards(text, "the first year comes first", years_meant)
    return first, last


def check_moment(text: str) -> None:
    """Raise unless the text is a date with a time of the day, as `2026-12-24T23:00`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise LangError(
            f"`{text}` is not a valid time", (0, len(text)), "use ISO 8601, for example `2026-12-24T23:00`"
        ) from None
    if not 1970 <= moment.year < 9999:
        raise LangError(f"`{text}` is not a plausible year", (0, len(text)))


def _ends(
    text: str, what: str, names: dict[str, int], meant: Callable[[str], tuple[str, ...]]
) -> tuple[int, int]:
    parts = text.lower().split(":")
    if len(parts) > 2 or not text.strip():
        raise LangError(f"`{text}` is not a range of {what}", (0, len(text)), "write `from:to` or one value")
    ends = [_end(part, text, what, names, meant) for part in parts]
    return ends[0], ends[-1]


def _end(
    part: str, text: str, what: str, names: dict[str, int], meant: Callable[[str], tuple[str, ...]]
) -> int:
    if part in names:
        return names[part]
    if what != "weekdays" and _NUMBER.fullmatch(part):
        return int(part)
    at = text.lower().find(part)
    others = [other for other in text.lower().split(":") if other != part]
    alone = meant(part) if all(other in names for other in others) else ()
    if others and len(alone) == 1 and ":" not in alone[0]:
        help, fix = _written(alone)
        raise LangError(f"`{part}` is not one of the {what}", (at, at + len(part)), help, fix, is_safe=True)
    help, fix = _written(meant(text))
    if help is None:
        help = f"the names are {', '.join(names)}" if names else "write for example `2:5`"
        raise LangError(f"`{part}` is not one of the {what}", (at, at + len(part)), help)
    raise LangError(f"`{text}` is not a range of {what}", (0, len(text)), help, fix, is_safe=True)


def _backwards(text: str, why: str, meant: Callable[[str], tuple[str, ...]]) -> LangError:
    help, fix = _written(meant(text))
    advice = why if help is None else f"{why}: {help}"
    return LangError(f"`{text}` ends before it begins", (0, len(text)), advice, fix, is_safe=True)


def _written(entries: tuple[str, ...]) -> tuple[str | None, str | None]:
    """The help that says what to write, and what stands for all of the text, where that is one entry."""
    if not entries:
        return None, None
    if len(entries) > 1:
        listed = ", ".join(f"`{entry}`" for entry in entries)
        return f"write {'two' if len(entries) == 2 else len(entries)} entries: {listed}", None
    return f"write `{entries[0]}`", entries[0]


def _not_a_clock(text: str) -> LangError:
    found = _LOOSE_CLOCK.fullmatch(text.strip().lower())
    fix = None
    if found is not None:
        hours, minutes = int(found[1]), int(found[2] or 0)
        if found[3] in ("am", "pm") and 1 <= hours <= 12:
            hours = hours % 12 + (12 if found[3] == "pm" else 0)
        if (hours < 24 and minutes < 60) or (hours, minutes) == (24, 0):
            fix = f"{hours:02}:{minutes:02}"
    help = "write two digits each, from `00:00` to `24:00`: `08:30`" if fix is None else f'write `"{fix}"`'
    return LangError(f"`{text}` is not a time of the day", (0, len(text)), help, fix, is_safe=True)
