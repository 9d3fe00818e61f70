"""A check of receivers that one alert reaches by two routes."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.matcher_sets import allowed_label_values, implies, is_impossible
from tocsin.checks.framework.route_nodes import at_key, at_matcher, routes_below
from tocsin.diagnostics.model import Level
from tocsin.routing.reachability import RouteTree, reachability
from tocsin.routing.tree import stop_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.plan.model import Plan, Route
    from tocsin.routing.reachability import Reachability
    from tocsin.routing.tree import MatchedNode

_SHOWN = 3


@check("route/twice", Level.WARNING)
def twice(plan: Plan) -> Iterator[Finding]:
    """A receiver is notified twice of the same alert, by two routes.

    Why:
        A route with `continue: true` lets its alerts go on, and a later one leads them to the same receiver.
        Each of the two sends notifications of its own: two pages, two tickets, and two that are resolved.

    Fix:
        Take `continue: true` away where nothing else is to follow, give one of the routes another receiver,
        or keep the alerts out of one of them by a matcher.

    Bad:
        route:
          receiver: all
          routes:
            - matchers: [severity="critical"]
              receiver: pager
              continue: true
            - matchers: [team="web"]
              receiver: pager
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: pager
            webhook_configs: [{url: "http://hooks.example/pager"}]
        ---
        - alert: Down
          expr: up == 0
          labels: {severity: critical, team: web}
        - alert: Slow
          expr: latency_seconds > 1
          labels: {severity: warning, team: web}

    Good:
        route:
          receiver: all
          routes:
            - matchers: [severity="critical"]
              receiver: pager
              continue: true
            - matchers: [team="web"]
              receiver: web
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: pager
            webhook_configs: [{url: "http://hooks.example/pager"}]
          - name: web
            webhook_configs: [{url: "http://hooks.example/web"}]
        ---
        - alert: Down
          expr: up == 0
          labels: {severity: critical, team: web}
        - alert: Slow
          expr: latency_seconds > 1
          labels: {severity: warning, team: web}
    """
    if plan.route is None or not any(node.route.continues for node in routes_below(plan.route)):
        return
    silent = {one.name for one in plan.receivers if not any(entries for _, entries in one.channels)}
    ways = reachability(plan)
    pairs = _of_matchers(plan.route) if ways is None else _of_alerts(ways)
    for first, second, alerts in pairs:
        if second.receiver in silent:
            continue
        shown = ", ".join(f"`{name}`" for name in list(alerts)[:_SHOWN])
        more = f" and {len(alerts) - _SHOWN} more" if len(alerts) > _SHOWN else ""
        of = f"of {shown}{more}" if alerts else "of each alert that meets both routes"
        yield Finding(
            f"`{second.receiver}` is notified twice {of}: by this route, and by an earlier one",
            at=at_matcher(second.route),
            also=(
                (at_matcher(first.route), "notified here as well"),
                *((at_key(route, "continue"), "they go on from here") for route in _going_on(first, second)),
            ),
            help="remove the earlier `continue: true`, or keep these alerts out of one of the routes",
            about=second.route.place,
        )


def _of_alerts(ways: Reachability) -> Iterable[tuple[MatchedNode, MatchedNode, dict[str, None]]]:
    """The nodes at which one alert comes to rest with the same receiver, with the names of such alerts."""
    found: dict[tuple[int, int], tuple[MatchedNode, MatchedNode, dict[str, None]]] = {}
    tree = RouteTree(ways.root)
    for alert_class in ways.classes:
        for way in tree.ways(alert_class.alerts[0]).ways:
            for first, second in combinations(way.stops, 2):
                if _is_same(first, second):
                    key = id(first.route), id(second.route)
                    names = found.setdefault(key, (first, second, {}))[2]
                    names.update(dict.fromkeys(alert.rule.alert for alert in alert_class.alerts))
    return found.values()


def _of_matchers(root: Route) -> Iterator[tuple[MatchedNode, MatchedNode, dict[str, None]]]:
    """The same where no alerts are known: two routes that one alert may take, none of them for one alert."""
    found: set[int] = set()
    ends: dict[int, list[MatchedNode]] = {}
    for node in routes_below(root):
        if not node.route.continues:
            continue
        siblings = (node.route, *node.later)
        for route in siblings:
            if id(route) not in ends:
                ends[id(route)] = [stop_at(path) for path in _ends((*node.above, route))]
        for other in node.later:
            for first, second in product(ends[id(node.route)], ends[id(other)]):
                is_new = _is_same(first, second) and id(second.route) not in found
                if is_new and _may_meet(first.path, second.path):
                    found.add(id(second.route))
                    yield first, second, {}
            if implies(allowed_label_values(node.route.matchers), other.matchers) and not other.continues:
                break


def _ends(path: tuple[Route, ...]) -> Iterator[tuple[Route, ...]]:
    """The ways to the routes in a branch that are for something of their own: its leaves."""
    if not path[-1].routes:
        yield path
    for route in path[-1].routes:
        yield from _ends((*path, route))


def _may_meet(first: tuple[Route, ...], second: tuple[Route, ...]) -> bool:
    """Whether some alert surely, or by matchers that are no names of alerts, comes to both routes."""
    ways = [[one for route in path for one in route.matchers] for path in (first, second)]
    labels = [allowed_label_values(way) for way in ways]
    if is_impossible(allowed_label_values([*ways[0], *ways[1]])) or any(map(is_impossible, labels)):
        return False
    if implies(labels[0], ways[1]) or implies(labels[1], ways[0]):
        return True
    return all(way and not any(one.name == "alertname" for one in way) for way in ways)


def _is_same(first: MatchedNode, second: MatchedNode) -> bool:
    """Whether two nodes notify one receiver, and no time intervals keep them apart."""
    intervals = [(one.route.mute_time_intervals, one.route.active_time_intervals) for one in (first, second)]
    is_always_on = ((), ()) in intervals
    return first.receiver == second.receiver and (is_always_on or intervals[0] == intervals[1])


def _going_on(first: MatchedNode, second: MatchedNode) -> Iterator[Route]:
    """The route above, or at, the first node from which its alerts go on to the second one."""
    for one, other in zip(first.path, second.path, strict=False):
        if one is not other:
            if one.continue_is_written:
                yield one
            return
