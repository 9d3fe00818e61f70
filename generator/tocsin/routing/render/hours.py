"""Hours and days of gaps as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tocsin.routing.gaps import Gaps, Ranges

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MOST_OTHERS = 12


def gap_lines(gaps: Gaps, weekdays: tuple[str, ...] = WEEKDAYS, all_day: str = "all day") -> list[str]:
    """The week, days with the same hours together, and then the days that are otherwise."""
    lines = []
    for first, last, quiet in weekly(gaps):
        if quiet:
            days = weekdays[first] if first == last else f"{weekdays[first]}–{weekdays[last]}"
            lines.append(f"{days}: {day_ranges(quiet, all_day)}")
    for days_ in gaps.others[:_MOST_OTHERS]:
        when = f"{days_.first}" if days_.first == days_.last else f"{days_.first} – {days_.last}"
        lines.append(f"{when}: {day_ranges(days_.quiet, all_day)}")
    if len(gaps.others) > _MOST_OTHERS:
        lines.append(f"… +{len(gaps.others) - _MOST_OTHERS}")
    return lines


def weekly(gaps: Gaps) -> list[tuple[int, int, Ranges]]:
    """Weekdays in a row with the same quiet hours; Monday is 0."""
    found: list[tuple[int, int, Ranges]] = []
    for number, quiet in enumerate(gaps.week):
        if found and found[-1][2] == quiet:
            found[-1] = found[-1][0], number, quiet
        else:
            found.append((number, number, quiet))
    return found


def day_ranges(ranges: Ranges, all_day: str = "all day") -> str:
    """Parts of a day in a line; `–` when there are none."""
    if ranges == ((0, 1440),):
        return all_day
    return ", ".join(f"{clock_time(start)}–{clock_time(end)}" for start, end in ranges) or "–"


def clock_time(minute: int) -> str:
    """Minutes since midnight as `08:30`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def gap_value(gaps: Gaps) -> dict[str, Any]:
    """The gaps as a value for JSON."""
    return {
        "quiet_minutes_of_the_year": gaps.minutes,
        "week": {
            WEEKDAYS[number]: [[clock_time(start), clock_time(end)] for start, end in quiet]
            for number, quiet in enumerate(gaps.week)
        },
        "other_days": [
            {
                "first": days.first.isoformat(),
                "last": days.last.isoformat(),
                "quiet": [[clock_time(start), clock_time(end)] for start, end in days.quiet],
            }
            for days in gaps.others
        ],
    }
