"""Checks of time intervals."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.route_nodes import routes_below
from tocsin.diagnostics.model import Level
from tocsin.lang.alertmanager.time_interval_ranges import parse_months, parse_weekdays
from tocsin.lang.errors import LangError
from tocsin.lang.releases import release
from tocsin.routing.intervals import Period, numeric_periods
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tocsin.plan.model import Plan, TimeInterval

_WORKING = frozenset({1, 2, 3, 4})
_ROUND = 28 * 366
"""Days after which weekdays, dates and leap years have met in every way."""
_WHOLE_WEEK = "0.35"
_BY_RELEASE: tuple[tuple[str, Callable[[str], object], str], ...] = (
    ("weekdays", parse_weekdays, f"before {_WHOLE_WEEK}"),
    ("months", parse_months, f"from {_WHOLE_WEEK} on"),
)


@check("interval/never", Level.WARNING)
def never(plan: Plan) -> Iterator[Finding]:
    """A time interval that routes use holds at no time from today on.

    Why:
        A route that mutes by it is never quiet, and a route that is active only then never notifies anyone:
        its year is over, or the parts of the interval exclude each other, as the 30th of February does.

    Fix:
        Write the times that are meant, or take the interval out of the routes.

    Bad:
        route:
          receiver: all
          routes:
            - matchers: [team="web"]
              mute_time_intervals: [move]
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        time_intervals:
          - name: move
            time_intervals: [{years: ["2021"], months: [may]}]

    Good:
        route:
          receiver: all
          routes:
            - matchers: [team="web"]
              mute_time_intervals: [move]
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        time_intervals:
          - name: move
            time_intervals: [{months: [may]}]
    """
    if plan.route is None:
        return
    used = {
        name
        for node in routes_below(plan.route)
        for name in (*node.route.mute_time_intervals, *node.route.active_time_intervals)
    }
    for interval in plan.time_intervals:
        if interval.name in used and interval.place is not None and not _ever(interval, date.today()):
            yield Finding(
                f"the time interval `{interval.name}` holds at no time from today on", at=interval.place
            )


@check("interval/alternatives", Level.WARNING)
def alternatives(plan: Plan) -> Iterator[Finding]:
    """Times of day and working days stand in two items of a time interval, which are alternatives.

    Why:
        The items of a time interval are added up, and only what stands in one item has to hold together:
        12:00 to 18:00 in one item and Thursday in the next are noon to six on every day, and all of
        Thursday. By convention, times of day are added to a weekend, and are meant for working days.

    Fix:
        Write both in one item: take the `-` before the second key away.

    Bad:
        route:
          receiver: all
          routes:
            - matchers: [team="shop"]
              active_time_intervals: [office]
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        time_intervals:
          - name: office
            time_intervals:
              - times: [{start_time: "09:00", end_time: "17:00"}]
              - weekdays: ["monday:friday"]

    Good:
        route:
          receiver: all
          routes:
            - matchers: [team="shop"]
              active_time_intervals: [office]
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        time_intervals:
          - name: office
            time_intervals:
              - times: [{start_time: "09:00", end_time: "17:00"}]
                weekdays: ["monday:friday"]
    """
    for interval in plan.time_intervals:
        if interval.place is None:
            continue
        try:
            items = numeric_periods(interval)
        except (LangError, ValueError, KeyError, TypeError):
            continue
        for number, (one, other) in enumerate(pairwise(items), 1):
            if _is_of_times(one) and _is_of_working_days(other):
                parts = "weekdays", "times of day"
            elif _is_of_working_days(one) and _is_of_times(other):
                parts = "times of day", "weekdays"
            else:
                continue
            yield Finding(
                f"these {parts[0]} are an alternative to the {parts[1]} before: either is enough",
                at=_at_item(interval.place, number),
                help="if both have to hold, remove the `-`, so that they form one item",
            )
            break


@check("interval/release", Level.WARNING)
def release_of_ranges(plan: Plan) -> Iterator[Finding]:
    """A range of a time interval is one that not every release of Alertmanager loads.

    Why:
        Before 0.35 a range of weekdays could not go beyond Saturday, with which the week ends: Alertmanager
        does not load the configuration. From 0.35 on it loads none with a month after the twelfth, which
        older ones take and which never comes.

    Fix:
        Write two entries, as every release reads them, or the month that is meant. Ranges beyond Saturday
        are well where `--target alertmanager=0.35` says that no older Alertmanager reads the file.

    Bad:
        route:
          receiver: all
          routes: [{matchers: [team="web"], mute_time_intervals: [weekend]}]
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        time_intervals:
          - name: weekend
            time_intervals: [{weekdays: ["saturday:sunday"]}]

    Good:
        route:
          receiver: all
          routes: [{matchers: [team="web"], mute_time_intervals: [weekend]}]
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        time_intervals:
          - name: weekend
            time_intervals: [{weekdays: [saturday, sunday]}]
    """
    oldest = plan.targets.alertmanager
    reads_any_week = oldest is not None and release(oldest) >= release(_WHOLE_WEEK)
    for interval in plan.time_intervals:
        for number, period in enumerate(interval.periods if interval.place is not None else ()):
            path = _at_item(interval.place, number).path if interval.place is not None else ()
            for key, parse, who in _BY_RELEASE:
                texts = period.get(key)
                for at, text in enumerate(texts if isinstance(texts, list) else ()):
                    if key == "weekdays" and reads_any_week:
                        continue
                    try:
                        parse(str(text))
                    except LangError as error:
                        yield Finding(
                            f"Alertmanager {who} does not load this: {error.reason}",
                            at=Place((*path, key, at)),
                            help=error.help,
                        )


def _at_item(place: Place, number: int) -> Place:
    path = place.path if place.key else (*place.path[:-1], "time_intervals")
    return Place((*path, number))


def _is_of_times(period: Period) -> bool:
    return bool(period.times) and period.weekdays is None and _has_no_dates(period)


def _is_of_working_days(period: Period) -> bool:
    """Whether it holds at all times of some days from Monday to Thursday."""
    days = {day for first, last in period.weekdays or () for day in range(first, last + 1)}
    return period.times is None and bool(days & _WORKING) and _has_no_dates(period)


def _has_no_dates(period: Period) -> bool:
    return period.days_of_month is None and period.months is None and period.years is None


def _ever(interval: TimeInterval, today: date) -> bool:
    try:
        found = numeric_periods(interval)
    except (LangError, ValueError, KeyError, TypeError):
        return True
    return any(_holds(period, today) for period in found)


def _holds(period: Period, today: date) -> bool:
    if period.times == () or period.weekdays == ():
        return False
    if period.days_of_month is None and period.months is None and period.years is None:
        return True
    start = max([today, *_first_days(period)])
    return any(period.has_day(start + timedelta(days=number)) for number in range(_ROUND))


def _first_days(period: Period) -> list[date]:
    """The first day of a year range, so that a far one is not out of sight."""
    coming = [first for first, last in period.years or () if last >= date.today().year]
    return [date(min(max(min(coming), 1), 9000), 1, 1)] if coming else []
