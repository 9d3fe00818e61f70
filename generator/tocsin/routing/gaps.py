"""Times in which nobody is notified of an alert, as a week that is like most, and the days that are not."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from tocsin.routing.intervals import minute_of, minutes_in_interval, numeric_periods, time_zone
from tocsin.routing.minute_sets import Spans, complement, intersection, length, union
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.plan.model import Route
    from tocsin.routing.config import RoutingConfig

Ranges = tuple[tuple[int, int], ...]
"""Parts of a day, in minutes since midnight."""


@value_object
class Days:
    """Days in a row, both ends among them, in which the same hours are quiet."""

    first: date
    last: date
    quiet: Ranges


@value_object
class Gaps:
    """When nobody is notified in a year, by the clock of one time zone."""

    week: tuple[Ranges, ...]
    """The quiet hours of most Mondays, Tuesdays and so on."""
    others: tuple[Days, ...]
    """Days with other quiet hours than most of their weekday."""
    minutes: int

    @property
    def always(self) -> bool:
        """Whether nobody is ever notified."""
        return all(day == ((0, 1440),) for day in self.week) and not self.others


def notification_gaps(table: RoutingConfig, routes: Iterable[Route], year: int, location: str) -> Gaps | None:
    """The gaps of alerts that stop at these nodes; None when somebody is told at any time."""
    where = time_zone(location)
    start, end = (datetime(one, 1, 1, tzinfo=where).astimezone(UTC) for one in (year, year + 1))
    first, last = minute_of(start), minute_of(end)
    told: Spans = ()
    for route in routes:
        told = union(told, _told(table, route, start, end))
        if told == ((first, last),):
            return None
    quiet = complement(told, first, last)
    by_day = {day: _local(quiet, day, where) for day in _days(year)}
    week = tuple(
        Counter(ranges for day, ranges in by_day.items() if day.weekday() == weekday).most_common(1)[0][0]
        for weekday in range(7)
    )
    return Gaps(week, _others(by_day, week), length(quiet))


def _told(table: RoutingConfig, route: Route, start: datetime, end: datetime) -> Spans:
    first, last = minute_of(start), minute_of(end)
    told: Spans = ((first, last),)
    if route.active_time_intervals:
        told = _of(table, route.active_time_intervals, start, end)
    return intersection(told, complement(_of(table, route.mute_time_intervals, start, end), first, last))


def _of(table: RoutingConfig, names: Iterable[str], start: datetime, end: datetime) -> Spans:
    return minutes_in_interval(
        (period for name in names for period in numeric_periods(table.intervals[name])), start, end
    )


def _days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]


def _local(quiet: Spans, day: date, where: tzinfo) -> Ranges:
    """The quiet hours of one day by its own clock."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=where)
    start = minute_of(midnight.astimezone(UTC))
    following = day + timedelta(days=1)
    end = minute_of(datetime(following.year, following.month, following.day, tzinfo=where).astimezone(UTC))
    found = []
    for first, last in intersection(quiet, ((start, end),)):
        until = 1440 if last == end else _clock(last, where)
        found.append((_clock(first, where), until))
    return union((), tuple(found))


def _clock(minute: int, where: tzinfo) -> int:
    local = datetime.fromtimestamp(minute * 60, UTC).astimezone(where)
    return local.hour * 60 + local.minute


def _others(by_day: dict[date, Ranges], week: tuple[Ranges, ...]) -> tuple[Days, ...]:
    found: list[Days] = []
    for day, ranges in by_day.items():
        if ranges == week[day.weekday()]:
            continue
        if found and found[-1].last == day - timedelta(days=1) and found[-1].quiet == ranges:
            found[-1] = Days(found[-1].first, day, ranges)
        else:
            found.append(Days(day, day, ranges))
    return tuple(found)
