"""Checks of time intervals."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tocsin.checks.base import Finding, check
from tocsin.checks.route.nodes import nodes
from tocsin.diagnostics.model import Level
from tocsin.lang.errors import LangError
from tocsin.routing.intervals import Period, periods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan, TimeInterval

_ROUND = 28 * 366
"""Days after which weekdays, dates and leap years have met in every way."""


@check("interval/never", Level.WARNING)
def never(plan: Plan) -> Iterator[Finding]:
    """A time interval that routes use holds at no time from today on.

    Why:
        A route that mutes by it is never quiet, and one that is active by it never tells anybody: its
        year is over, or the parts of the interval exclude each other, as the 30th of February does.

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
        for node in nodes(plan.route)
        for name in (*node.route.mute_time_intervals, *node.route.active_time_intervals)
    }
    for interval in plan.time_intervals:
        if interval.name in used and interval.place is not None and not _ever(interval, date.today()):
            yield Finding(
                f"the time interval `{interval.name}` holds at no time from today on", at=interval.place
            )


def _ever(interval: TimeInterval, today: date) -> bool:
    try:
        found = periods(interval)
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
