"""Who is notified of an alert at one moment, and why, or why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.routing.inhibit import Inhibited, Inhibitor
from tocsin.routing.intervals import contains_time
from tocsin.routing.tree import MatchedNode, matching_nodes
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from tocsin.plan.model import Route
    from tocsin.routing.config import FiringAlert, RoutingConfig, Silence


@value_object
class Destination:
    """One node at which the alert comes to rest: its group there, and the intervals that mute it now."""

    stop: MatchedNode
    group: Mapping[str, str]
    muted_by: tuple[str, ...]
    """Mute intervals that hold now, or else all the active intervals, when none of them holds now."""


@value_object
class Decision:
    """What becomes of one alert at one moment."""

    labels: Mapping[str, str]
    notices: tuple[Destination, ...]
    inhibited: Inhibited | None
    silence: Silence | None

    @property
    def receivers(self) -> tuple[str, ...]:
        """All receivers to which the tree leads, in its order."""
        return tuple(notice.stop.receiver for notice in self.notices)

    @property
    def told(self) -> tuple[str, ...]:
        """Those of them who are told now."""
        if self.inhibited is not None or self.silence is not None:
            return ()
        return tuple(notice.stop.receiver for notice in self.notices if not notice.muted_by)

    @property
    def muted_by(self) -> tuple[str, ...]:
        """The names of the intervals that mute any of the receivers."""
        return tuple(dict.fromkeys(name for notice in self.notices for name in notice.muted_by))


def decide(
    table: RoutingConfig,
    labels: Mapping[str, str],
    moment: datetime,
    active: Iterable[FiringAlert] = (),
    silences: Iterable[Silence] = (),
) -> Decision:
    """What becomes of a firing alert at an aware moment, while the alerts in `active` may fire as well."""
    labels = present_labels(labels)
    inhibitor = Inhibitor(table.inhibitions, (alert for alert in active if alert.fires_at(moment)))
    return decide_with_inhibitor(table, labels, moment, inhibitor, tuple(silences))


def decide_with_inhibitor(
    table: RoutingConfig,
    labels: Mapping[str, str],
    moment: datetime,
    inhibitor: Inhibitor,
    silences: tuple[Silence, ...],
) -> Decision:
    """The verdict on one of many alerts, for which the inhibitor was made once."""
    return Decision(
        labels,
        tuple(
            Destination(stop, group_of(stop, labels), muting_intervals(table, stop.route, moment))
            for stop in matching_nodes(table.route, labels)
        ),
        inhibitor.inhibited_by(labels),
        next((silence for silence in silences if silence.covers(labels, moment)), None),
    )


def muting_intervals(table: RoutingConfig, route: Route, moment: datetime) -> tuple[str, ...]:
    """The intervals that keep a node quiet at a moment.

    They are the node's own, as Alertmanager hands none down. Active ones are asked first, like there.
    """
    if route.active_time_intervals and not any(
        contains_time(table.intervals[name], moment) for name in route.active_time_intervals
    ):
        return route.active_time_intervals
    return tuple(name for name in route.mute_time_intervals if contains_time(table.intervals[name], moment))


def group_of(stop: MatchedNode, labels: Mapping[str, str]) -> dict[str, str]:
    """The labels that the alert's group has at a node; `...` makes a group of each alert."""
    if "..." in stop.group_by:
        return dict(sorted(labels.items()))
    return {name: labels[name] for name in sorted(stop.group_by) if name in labels}


def present_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels that an alert keeps: one with an empty value is the same as none."""
    return {name: value for name, value in labels.items() if value != ""}
