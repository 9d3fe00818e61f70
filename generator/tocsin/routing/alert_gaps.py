"""The gaps of every alert of a plan: for each route that its labels can take, when nobody is notified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.routing.alert_labels import sent_alerts
from tocsin.routing.gaps import notification_gaps
from tocsin.routing.reachability import RouteTree
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.plan.model import Plan
    from tocsin.routing.config import RoutingConfig
    from tocsin.routing.gaps import Gaps


@value_object
class AlertGaps:
    """An alert whose labels reach no receiver at some time."""

    alert: str
    labels: Mapping[str, str]
    gaps: Gaps


def clock_zone(plan: Plan, table: RoutingConfig) -> str:
    """The time zone by whose clock hours are shown: that of the project, else that of its intervals."""
    return plan.project.timezone or _interval_zone(table)


def _interval_zone(table: RoutingConfig) -> str:
    """The time zone of all time intervals that routes use, where they share one; else UTC."""
    names: set[str] = set()
    waiting = [table.route]
    while waiting:
        route = waiting.pop()
        names |= {*route.active_time_intervals, *route.mute_time_intervals}
        waiting += route.routes
    zones = {
        str(period.get("location") or "UTC") for name in names for period in table.intervals[name].periods
    }
    # `Local` is the zone of the machine that Alertmanager runs on.
    return zones.pop() if len(zones) == 1 and "Local" not in zones else "UTC"


def alert_gaps(plan: Plan, table: RoutingConfig, year: int, location: str) -> list[AlertGaps]:
    """All gaps in a year, by the clock of a time zone; alerts without any are left out."""
    if not table.intervals:
        return []
    tree = RouteTree(table.route)
    known: dict[tuple[int, ...], Gaps | None] = {}
    found = []
    for alert in sent_alerts(plan):
        for way in tree.ways(alert).ways:
            routes = [stop.route for stop in way.stops]
            if not all(route.active_time_intervals or route.mute_time_intervals for route in routes):
                continue
            key = tuple(map(id, routes))
            if key not in known:
                known[key] = notification_gaps(table, routes, year, location)
            quiet = known[key]
            if quiet is not None:
                found.append(AlertGaps(alert.rule.alert_key, way.labels, quiet))
    return found
