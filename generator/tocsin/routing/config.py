"""What decides who is notified: tree, inhibitions, time intervals, and who is sent resolved alerts."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.integrations import BY_LIST
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.plan.model import Inhibition, Plan, Receiver, Route, TimeInterval


@value_object
class RoutingConfig:
    """All of a configuration that has a say in routing."""

    route: Route
    inhibitions: tuple[Inhibition, ...] = ()
    intervals: Mapping[str, TimeInterval] = field(default_factory=dict)
    tells_ends: Mapping[str, tuple[bool, ...]] = field(default_factory=dict)
    """For each receiver's channels, whether they are told when alerts are resolved."""


@value_object
class FiringAlert:
    """An alert as Alertmanager holds it; without an end it fires until further notice."""

    labels: Mapping[str, str]
    starts: datetime | None = None
    ends: datetime | None = None

    def fires_at(self, moment: datetime) -> bool:
        """Whether it fires at a moment: from its start on, and before its end."""
        return (self.starts is None or self.starts <= moment) and not self.resolved_at(moment)

    def resolved_at(self, moment: datetime) -> bool:
        """Whether it is over at a moment, as `Alert.ResolvedAt` tells."""
        return self.ends is not None and self.ends <= moment


@value_object
class Silence:
    """Nobody is notified of alerts that meet all matchers, from its start until its end; None is no limit."""

    matchers: tuple[Matcher, ...]
    starts: datetime | None = None
    ends: datetime | None = None

    def covers(self, labels: Mapping[str, str], moment: datetime) -> bool:
        """Whether it keeps an alert with these labels quiet at a moment."""
        begun = self.starts is None or self.starts <= moment
        over = self.ends is not None and self.ends <= moment
        return begun and not over and all(matcher.matches(labels) for matcher in self.matchers)


def routing_config(plan: Plan) -> RoutingConfig | None:
    """The table of a plan; None where no Alertmanager configuration was read."""
    if plan.route is None:
        return None
    return RoutingConfig(
        plan.route,
        plan.inhibitions,
        {interval.name: interval for interval in plan.time_intervals},
        {receiver.name: _tells_ends(receiver) for receiver in plan.receivers},
    )


def _tells_ends(receiver: Receiver) -> tuple[bool, ...]:
    return tuple(
        bool(entry.get("send_resolved", BY_LIST[kind].send_resolved))
        for kind, entries in receiver.channels
        for entry in entries
    )
