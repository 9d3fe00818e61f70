"""Checks of the times of a route: how often it tells, and whether it ever does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.route_nodes import at_key, at_matcher, routes_below
from tocsin.diagnostics.model import Level
from tocsin.lang.durations import format_duration, parse_duration
from tocsin.lang.errors import LangError
from tocsin.routing.intervals import minute_of, minutes_in_interval, numeric_periods
from tocsin.routing.minute_sets import intersection, union
from tocsin.routing.tree import GROUP_INTERVAL, GROUP_WAIT, REPEAT_INTERVAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan, Route
    from tocsin.routing.minute_sets import Spans

_YEAR = timedelta(days=366)
_MOST_INTERVALS = 200
_LATE = 1.25
"""How much later than its due time a repeat comes before it is worth a word."""


@check("route/repeat-interval", Level.WARNING)
def repeat_interval(plan: Plan) -> Iterator[Finding]:
    """A `repeat_interval` is shorter than the `group_interval` that holds for the same route.

    Why:
        Alertmanager looks at a group once in a `group_interval`, and only then can it repeat. The shorter
        `repeat_interval` promises a pace that is never reached: every look repeats the notification.

    Fix:
        Make `repeat_interval` a little shorter than a multiple of `group_interval`: an interval that is equal
        to one may be over just after Alertmanager looked, and the repeat comes one interval later. A little
        shorter than `group_interval` itself is right for a heartbeat, which every look repeats.

    Bad:
        route:
          receiver: all
          group_interval: 10m
          repeat_interval: 5m
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]

    Good:
        route:
          receiver: all
          group_interval: 5m
          repeat_interval: 4h
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
    """
    for route, (_, interval, repeat) in _timings(plan):
        own = route.timing.repeat_interval or route.timing.group_interval
        # A little shorter is how a heartbeat is repeated at every look.
        if own and 0 < _seconds(repeat) <= _seconds(interval) / 2:
            yield Finding(
                f"repeats are due every {repeat}, but the group is looked at every {interval} only",
                at=at_key(route, "repeat_interval" if route.timing.repeat_interval else "group_interval"),
                help=f"to repeat at every look, write `repeat_interval: {_a_little_less(interval)}`",
                about=route.place,
            )


def _a_little_less(interval: str) -> str:
    """Nine tenths of a duration."""
    return format_duration(max(parse_duration(interval) * 9 // 10, 1))


@check("route/late-repeat", Level.INFO)
def late_repeat(plan: Plan) -> Iterator[Finding]:
    """A `repeat_interval` lies between two multiples of `group_interval`, and repeats come at the later.

    Why:
        Alertmanager looks at a group once in a `group_interval`, and only then can it repeat: with a
        `repeat_interval` of 20m and a `group_interval` of 15m, repeats come every 30m.

    Fix:
        Write what is meant as a multiple of `group_interval`, or make `group_interval` shorter. Nothing is
        wrong where the later repeat is good enough.

    Bad:
        route:
          receiver: all
          group_interval: 15m
          repeat_interval: 20m
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]

    Good:
        route:
          receiver: all
          group_interval: 5m
          repeat_interval: 20m
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
    """
    for route, (_, interval, repeat) in _timings(plan):
        own = route.timing.repeat_interval or route.timing.group_interval
        look, due = _seconds(interval), _seconds(repeat)
        if not own or look <= 0 or due <= look:
            continue
        late = -(-due // look) * look
        if late >= due * _LATE:
            yield Finding(
                f"repeats come every {format_duration(round(late))} in fact, not every {repeat}: "
                f"the group is looked at every {interval}",
                at=at_key(route, "repeat_interval" if route.timing.repeat_interval else "group_interval"),
                about=route.place,
            )


@check("route/group-wait", Level.INFO)
def group_wait(plan: Plan) -> Iterator[Finding]:
    """A `group_wait` is longer than the `group_interval` that holds for the same route.

    Why:
        The first notification of a group then comes later than any that follows, though `group_wait` is
        there to be short. Often one of the two is inherited and nobody thought of it.

    Fix:
        Write both at the route.

    Bad:
        route:
          receiver: all
          group_wait: 5m
          group_interval: 1m
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]

    Good:
        route:
          receiver: all
          group_wait: 30s
          group_interval: 1m
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
    """
    for route, (wait, interval, _) in _timings(plan):
        own = route.timing.group_wait or route.timing.group_interval
        if own and _seconds(wait) > _seconds(interval) > 0:
            yield Finding(
                f"the first notification waits for {wait}, but later ones come every {interval}",
                at=at_key(route, "group_wait" if route.timing.group_wait else "group_interval"),
                about=route.place,
            )


@check("route/always-muted", Level.WARNING)
def always_muted(plan: Plan) -> Iterator[Finding]:
    """The time intervals of a route leave no time at which it sends notifications.

    Why:
        Its alerts are taken from the other routes, and thrown away at every hour of the year.

    Fix:
        `active_time_intervals` are the times of telling, `mute_time_intervals` those of silence: see
        whether the two are mixed up, or an interval covers more than it should.

    Bad:
        route:
          receiver: all
          routes:
            - matchers: [severity="info"]
              active_time_intervals: [nights]
              mute_time_intervals: [outside-office-hours]
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        time_intervals:
          - name: nights
            time_intervals:
              - times: [{start_time: "00:00", end_time: "06:00"}]
          - name: outside-office-hours
            time_intervals:
              - times: [{start_time: "00:00", end_time: "09:00"}]
              - times: [{start_time: "17:00", end_time: "24:00"}]

    Good:
        route:
          receiver: all
          routes:
            - matchers: [severity="info"]
              mute_time_intervals: [outside-office-hours]
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        time_intervals:
          - name: outside-office-hours
            time_intervals:
              - times: [{start_time: "00:00", end_time: "09:00"}]
              - times: [{start_time: "17:00", end_time: "24:00"}]
    """
    for node in routes_below(plan.route) if plan.route is not None else ():
        route = node.route
        if _is_always_muted(plan, route.active_time_intervals, route.mute_time_intervals):
            key = "mute_time_intervals" if route.mute_time_intervals else "active_time_intervals"
            yield Finding(
                "these time intervals leave no time at which notifications are sent",
                at=at_key(route, key, 0),
                also=((at_matcher(route), "of this route"),) if route.written else (),
                about=route.place,
            )


@answered_once
def _is_always_muted(plan: Plan, active: tuple[str, ...], mute: tuple[str, ...]) -> bool:
    intervals = {interval.name: interval for interval in plan.time_intervals}
    names = {*active, *mute}
    if not 0 < len(names) <= _MOST_INTERVALS or not intervals.keys() >= names:
        return False
    if any("years" in period for name in names for period in intervals[name].periods):
        return False
    start = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    end = start + _YEAR
    whole = (minute_of(start), minute_of(end))
    try:
        times = [(name, minutes_in_interval(numeric_periods(intervals[name]), start, end)) for name in names]
    except (LangError, ValueError, KeyError, TypeError):
        return False
    told = _all(times, active) if active else (whole,)
    quiet = _all(times, mute)
    return _length(told) == _length(intersection(told, quiet))


def _all(times: list[tuple[str, Spans]], names: tuple[str, ...]) -> Spans:
    found: Spans = ()
    for name, one in times:
        if name in names:
            found = union(found, one)
    return found


def _length(times: Spans) -> int:
    return sum(end - start for start, end in times)


def _timings(plan: Plan) -> Iterator[tuple[Route, tuple[str, str, str]]]:
    """Every route with the wait, interval and repetition that hold for it."""
    waiting = [] if plan.route is None else [(plan.route, (GROUP_WAIT, GROUP_INTERVAL, REPEAT_INTERVAL))]
    while waiting:
        route, (wait, interval, repeat) = waiting.pop()
        mine = (
            route.timing.group_wait or wait,
            route.timing.group_interval or interval,
            route.timing.repeat_interval or repeat,
        )
        yield route, mine
        waiting += [(child, mine) for child in route.routes]


def _seconds(text: str) -> float:
    try:
        return parse_duration(text)
    except LangError:
        return 0
