"""Which receiver gets which group when: group wait, group interval, repeats and ends over a stretch of time.

Follows `dispatch/dispatch.go` and `notify/dedup_stage.go`: alerts arrive when they start, and sending
takes no time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from tocsin.lang.durations import parse_duration
from tocsin.routing.decision import group_of, muting_intervals, present_labels
from tocsin.routing.inhibit import Inhibitor
from tocsin.routing.tree import matching_nodes
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from tocsin.routing.config import FiringAlert, RoutingConfig, Silence
    from tocsin.routing.tree import MatchedNode

Key = tuple[tuple[str, str], ...]

MOST_FLUSHES = 200_000
"""So many times a group is looked at; more would take minutes and tell nobody anything."""


class TooLongError(ValueError):
    """The stretch of time is too long for the intervals of its groups."""


@value_object
class Notification:
    """One message to one channel of a receiver."""

    at: datetime
    receiver: str
    channel: int
    """Which of the receiver's channels, from 0."""
    stop: MatchedNode
    group: Mapping[str, str]
    reason: str
    firing: tuple[Mapping[str, str], ...]
    resolved: tuple[Mapping[str, str], ...]


@dataclass(slots=True)
class _Sent:
    """What a channel was told last of a group: Alertmanager's notification log."""

    at: datetime
    firing: frozenset[Key]
    resolved: frozenset[Key]


@dataclass(slots=True)
class _Group:
    stop: MatchedNode
    labels: Mapping[str, str]
    arrivals: list[tuple[datetime, FiringAlert]] = field(default_factory=list)


def timeline(
    table: RoutingConfig,
    alerts: Iterable[FiringAlert],
    start: datetime,
    end: datetime,
    silences: Iterable[Silence] = (),
) -> tuple[Notification, ...]:
    """All messages from `start` up to `end`, in their order; alerts that began earlier arrive at `start`."""
    arrived = [
        (start if alert.starts is None else max(alert.starts, start), alert)
        for alert in alerts
        if not alert.resolved_at(start)
    ]
    arrived.sort(key=lambda item: item[0])
    groups: dict[tuple[int, Key], _Group] = {}
    for at, alert in arrived:
        labels = present_labels(alert.labels)
        for stop in matching_nodes(table.route, labels):
            inside = group_of(stop, labels)
            group = groups.setdefault((id(stop.route), _key(inside)), _Group(stop, inside))
            group.arrivals.append((at, alert))
    everything = [alert for _, alert in arrived]
    run = _Run(table, everything, tuple(silences))
    found = [one for group in groups.values() for one in run.of_group(group, end)]
    return tuple(sorted(found, key=lambda one: (one.at, one.receiver, one.channel)))


class _Run:
    def __init__(
        self, table: RoutingConfig, alerts: list[FiringAlert], silences: tuple[Silence, ...]
    ) -> None:
        self._table = table
        self._alerts = alerts
        self._silences = silences
        self._flushes = 0

    def of_group(self, group: _Group, end: datetime) -> Iterator[Notification]:
        wait = _seconds(group.stop.timing.group_wait)
        interval = _seconds(group.stop.timing.group_interval)
        channels = self._table.tells_ends.get(group.stop.receiver, (True,))
        log: dict[int, _Sent] = {}
        waiting = list(group.arrivals)
        held: dict[Key, FiringAlert] = {}
        while waiting:
            at = waiting[0][0] + wait
            while at < end:
                self._count()
                while waiting and waiting[0][0] <= at:
                    alert = waiting.pop(0)[1]
                    held[_key(present_labels(alert.labels))] = alert
                yield from self._flush(group, held, at, channels, log)
                held = {key: alert for key, alert in held.items() if not alert.resolved_at(at)}
                if not held:
                    break
                at += interval
            else:
                return

    def _count(self) -> None:
        self._flushes += 1
        if self._flushes > MOST_FLUSHES:
            raise TooLongError("the period is too long for such short group intervals; choose a shorter one")

    def _flush(
        self,
        group: _Group,
        held: Mapping[Key, FiringAlert],
        at: datetime,
        channels: tuple[bool, ...],
        log: dict[int, _Sent],
    ) -> Iterator[Notification]:
        if muting_intervals(self._table, group.stop.route, at):
            return
        inhibitor = Inhibitor(self._table.inhibitions, (one for one in self._alerts if one.fires_at(at)))
        left = {
            key: alert
            for key, alert in sorted(held.items())
            if inhibitor.inhibited_by(alert.labels) is None
            and not any(silence.covers(alert.labels, at) for silence in self._silences)
        }
        if not left:
            return
        firing = frozenset(key for key, alert in left.items() if not alert.resolved_at(at))
        resolved = frozenset(left) - firing
        repeat = _seconds(group.stop.timing.repeat_interval)
        for channel, tells_ends in enumerate(channels):
            reason = _reason(log.get(channel), firing, resolved, at - repeat, tells_ends=tells_ends)
            if reason is None:
                continue
            log[channel] = _Sent(at, firing, resolved)
            if firing or tells_ends:
                yield Notification(
                    at,
                    group.stop.receiver,
                    channel,
                    group.stop,
                    group.labels,
                    reason,
                    tuple(dict(key) for key in sorted(firing)),
                    tuple(dict(key) for key in sorted(resolved)) if tells_ends else (),
                )


def _reason(
    sent: _Sent | None, firing: frozenset[Key], resolved: frozenset[Key], due: datetime, *, tells_ends: bool
) -> str | None:
    """Why a channel is told now; None when it is not."""
    if sent is None:
        return "first" if firing else None
    if not firing <= sent.firing:
        return "new alerts" if sent.firing else "first"
    if not firing:
        return "all resolved" if sent.firing else None
    if tells_ends and not resolved <= sent.resolved:
        return "some resolved"
    return "repeat" if sent.at < due else None


def _seconds(duration: str | None) -> timedelta:
    return timedelta(milliseconds=parse_duration(duration or "0"))


def _key(labels: Mapping[str, str]) -> Key:
    return tuple(sorted(labels.items()))
