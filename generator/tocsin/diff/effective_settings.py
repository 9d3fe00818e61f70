"""What an alert meets where it stops, with two ways to write the same made one."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.lang.durations import parse_duration
from tocsin.routing.intervals import minutes_in_interval, numeric_periods
from tocsin.routing.minute_sets import Spans, complement, intersection, union
from tocsin.routing.tree import GROUP_INTERVAL, GROUP_WAIT, REPEAT_INTERVAL
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.plan.model import Route, TimeInterval
    from tocsin.routing.intervals import Period

START, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2052, 1, 1, tzinfo=UTC)
"""Weekdays and dates meet in all ways within 28 years."""

Times = frozenset["Period"]


@value_object
class Muting:
    """When a node is quiet: outside all active periods, where it has any, and inside the mute ones."""

    active: Times | None
    mute: Times


@value_object
class Behaviour:
    """Who is notified, in which groups, how soon and how often (in milliseconds), and when not."""

    receiver: str
    group_by: frozenset[str] | None
    """None is a group for each alert."""
    group_wait: int
    group_interval: int
    repeat_interval: int
    muting: Muting
    labels: frozenset[tuple[str, str]] = frozenset()
    """The labels of the route, which templates read."""


DEFAULT = Behaviour(
    "",
    frozenset(),
    parse_duration(GROUP_WAIT),
    parse_duration(GROUP_INTERVAL),
    parse_duration(REPEAT_INTERVAL),
    Muting(None, frozenset()),
)


def inherited(above: Behaviour, route: Route, intervals: Mapping[str, TimeInterval]) -> Behaviour:
    """The behaviour of a node below one of which the behaviour is known; time intervals are its own."""
    group_by = above.group_by
    if route.group_by is not None:
        group_by = None if "..." in route.group_by else frozenset(route.group_by)
    return Behaviour(
        route.receiver or above.receiver,
        group_by,
        _milliseconds(route.timing.group_wait, above.group_wait),
        _milliseconds(route.timing.group_interval, above.group_interval),
        _milliseconds(route.timing.repeat_interval, above.repeat_interval),
        Muting(
            _times(route.active_time_intervals, intervals) if route.active_time_intervals else None,
            _times(route.mute_time_intervals, intervals),
        ),
        frozenset({**dict(above.labels), **route.labels}.items()) if route.labels else above.labels,
    )


@lru_cache(maxsize=4096)
def told_spans(muting: Muting) -> Spans:
    """The minutes of 28 years in which a node tells, since 1970 in UTC."""
    first, last = int(START.timestamp()) // 60, int(END.timestamp()) // 60
    told: Spans = ((first, last),) if muting.active is None else _all(muting.active)
    return intersection(told, complement(_all(muting.mute), first, last))


def same_times(left: Muting, right: Muting) -> bool:
    """Whether two nodes tell at the same times."""
    return left == right or told_spans(left) == told_spans(right)


def _all(times: Times) -> Spans:
    found: Spans = ()
    for period in times:
        found = union(found, _spans(period))
    return found


@lru_cache(maxsize=4096)
def _spans(period: Period) -> Spans:
    return minutes_in_interval((period,), START, END)


def _times(names: tuple[str, ...], intervals: Mapping[str, TimeInterval]) -> Times:
    return frozenset(period for name in names for period in numeric_periods(intervals[name]))


def _milliseconds(said: str | None, above: int) -> int:
    return above if said is None else parse_duration(said)
