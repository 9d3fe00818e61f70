"""Time intervals: whether a moment lies in one, and all the times of a year that do.

The rules are those of Alertmanager's `timeinterval` package up to 0.33. One of them is strange: the length of
a month is counted in whole days of 24 hours, so a month in which the clocks go forward is a day short when
days are counted from its end (0.34 fixed that).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tocsin.lang.alertmanager.time_interval_ranges import (
    parse_clock,
    parse_days_of_month,
    parse_months,
    parse_years,
    weekday_ranges,
)
from tocsin.routing.minute_sets import Spans, intersection, union
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tocsin.plan.model import TimeInterval

Ranges = tuple[tuple[int, int], ...]

_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@value_object
class Period:
    """Times that meet all parts; a part that is None holds always, an empty one never. Both ends belong to
    a range, save those of times."""

    times: Ranges | None
    weekdays: Ranges | None
    days_of_month: Ranges | None
    months: Ranges | None
    years: Ranges | None
    location: str

    def contains(self, moment: datetime) -> bool:
        """Whether an aware moment lies in the period."""
        local = moment.astimezone(time_zone(self.location))
        minute = local.hour * 60 + local.minute
        return (
            self.times is None or any(start <= minute < end for start, end in self.times)
        ) and self.has_day(local.date())

    def has_day(self, day: date) -> bool:
        """Whether some time of a day in the period's time zone may lie in it."""
        return (
            _within(self.months, day.month)
            and _within(self.years, day.year)
            and _within(self.weekdays, day.isoweekday() % 7)
            and (self.days_of_month is None or self._has_day_of_month(day))
        )

    def _has_day_of_month(self, day: date) -> bool:
        length = month_length(day.year, day.month, self.location)
        for first, last in self.days_of_month or ():
            begin = length + first + 1 if first < 0 else first
            end = length + last + 1 if last < 0 else last
            if begin <= length and _clamped(begin, length) <= day.day <= _clamped(end, length):
                return True
        return False


def contains_time(interval: TimeInterval, moment: datetime) -> bool:
    """Whether an aware moment lies in any period of the interval."""
    return any(period.contains(moment) for period in numeric_periods(interval))


def numeric_periods(interval: TimeInterval) -> tuple[Period, ...]:
    """The periods with their ranges as numbers."""
    return tuple(_period(written) for written in interval.periods)


def minutes_in_interval(times: Iterable[Period], start: datetime, end: datetime) -> Spans:
    """All minutes from `start` up to `end` that lie in any of the periods, as minutes since 1970 in UTC."""
    found: Spans = ()
    for period in times:
        found = union(found, _spans_of_period(period, minute_of(start), minute_of(end)))
    return found


def minute_of(moment: datetime) -> int:
    """The whole minutes from 1970 to an aware moment."""
    return int((moment - _EPOCH) // _MINUTE)


def moment_of(minute: int, where: tzinfo = UTC) -> datetime:
    """The moment of a minute since 1970."""
    return (_EPOCH + minute * _MINUTE).astimezone(where)


@lru_cache(maxsize=256)
def time_zone(location: str) -> tzinfo:
    """The time zone of a location; without a name it is UTC, which servers take for `Local` too."""
    return UTC if location in ("", "UTC", "Local") else ZoneInfo(location)


@lru_cache(maxsize=4096)
def month_length(year: int, month: int, location: str) -> int:
    """The days of a month as Alertmanager up to 0.33 counts them."""
    where = time_zone(location)
    start = datetime(year, month, 1, tzinfo=where)
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=where) if year < 9999 else start
    return int((end.astimezone(UTC) - start.astimezone(UTC)) / timedelta(days=1))


def _within(ranges: Ranges | None, value: int) -> bool:
    return ranges is None or any(first <= value <= last for first, last in ranges)


def _clamped(day: int, length: int) -> int:
    return min(max(day, -length), length)


def _period(written: Mapping[str, Any]) -> Period:
    times, days = written.get("times"), written.get("weekdays")
    return Period(
        None
        if times is None
        else tuple((parse_clock(one["start_time"]), parse_clock(one["end_time"])) for one in times),
        None if days is None else tuple(chain.from_iterable(weekday_ranges(str(day)) for day in days)),
        _ranges(written.get("days_of_month"), parse_days_of_month),
        _ranges(written.get("months"), lambda text: parse_months(text, beyond=True)),
        _ranges(written.get("years"), parse_years),
        str(written.get("location") or ""),
    )


def _ranges(texts: Iterable[str] | None, parse: Callable[[str], tuple[int, int]]) -> Ranges | None:
    return None if texts is None else tuple(parse(str(text)) for text in texts)


def _spans_of_period(period: Period, start: int, end: int) -> Spans:
    """Between two changes of the clock, a local time is a UTC time with a fixed difference."""
    where = time_zone(period.location)
    found: Spans = ()
    for first, last, offset in _offsets(where, start, end):
        day = moment_of(first + offset).date()
        inside: list[tuple[int, int]] = []
        while (midnight := (day - _EPOCH.date()).days * 1440 - offset) < last:
            if period.has_day(day):
                ranges = ((0, 1440),) if period.times is None else period.times
                inside += [(midnight + begin, midnight + until) for begin, until in ranges]
            day += timedelta(days=1)
        found = union(found, intersection(union((), tuple(inside)), ((first, last),)))
    return found


def _offsets(where: tzinfo, start: int, end: int) -> list[tuple[int, int, int]]:
    """The stretches with one difference to UTC: from which minute to which, and it."""
    found: list[tuple[int, int, int]] = []
    at, offset = start, _offset(where, start)
    while at < end:
        step = min(at + 1440, end)
        if _offset(where, step) == offset:
            at = step
            continue
        low, high = at + 1, step
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if _offset(where, middle) != offset else (middle + 1, high)
        found.append((start, high, offset))
        start = at = high
        offset = _offset(where, high)
    return [*found, (start, end, offset)]


def _offset(where: tzinfo, minute: int) -> int:
    difference = where.utcoffset(moment_of(minute, where))
    return 0 if difference is None else int(difference / _MINUTE)
