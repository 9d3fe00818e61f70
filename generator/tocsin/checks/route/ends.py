"""Checks of where alerts come to rest when no route takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.base import Finding, check
from tocsin.checks.conditions import needs_label
from tocsin.checks.journeys import journeys
from tocsin.checks.route.nodes import at_key, at_matcher
from tocsin.checks.sent import added_by_servers, selected_values
from tocsin.diagnostics.model import Level
from tocsin.plan.pieces import expr_piece
from tocsin.routing.tree import label_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.checks.journeys import Journeys
    from tocsin.checks.sent import Sent
    from tocsin.lang.flow.model import Why
    from tocsin.lang.matchers import Matcher
    from tocsin.plan.model import Plan, Route
    from tocsin.source.place import Place

_SHOWN = 3
_OWNERS = frozenset({"team", "owner", "squad", "tribe", "crew", "department", "owner_team", "owning_team"})
"""Labels that exist to find who is told."""


@check("route/dropped", Level.WARNING)
def dropped(plan: Plan) -> Iterator[Finding]:
    """No route takes an alert, because its query drops a label that the routes ask for.

    Why:
        The query works and the routes work, but together they page nobody: without the label, the alert
        falls through to the receiver at the root of the tree, and the people that it is for hear nothing.

    Fix:
        Keep the label in the query, as by `by (team)`, or set it under the rule's `labels`.

    Bad:
        route:
          receiver: all
          routes:
            - matchers: [team="web"]
              receiver: web
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: web
            webhook_configs: [{url: "http://hooks.example/web"}]
        ---
        - alert: Errors
          expr: sum(rate(errors_total{team="web"}[5m])) > 1
        - alert: Slow
          expr: avg by (team) (latency_seconds) > 1

    Good:
        route:
          receiver: all
          routes:
            - matchers: [team="web"]
              receiver: web
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: web
            webhook_configs: [{url: "http://hooks.example/web"}]
        ---
        - alert: Errors
          expr: sum by (team) (rate(errors_total{team="web"}[5m])) > 1
        - alert: Slow
          expr: avg by (team) (latency_seconds) > 1
    """
    ways = journeys(plan)
    added = added_by_servers(plan)
    for alert in () if ways is None else _fallen(ways):
        assert ways is not None
        lost = _lost(alert, ways.root, added)
        if lost is None:
            continue
        label, why, route, number = lost
        yield Finding(
            f"no route takes `{alert.rule.alert}`: its query cannot return `{label}`, which they ask for",
            at=_in_query(alert, why),
            label=why.reason,
            also=((at_matcher(route, number), "asked for here"),),
            help=f"keep `{label}` in the query, or set it under `labels:`",
            about=alert.rule.place,
        )


@check("route/nobody", Level.WARNING)
def nobody(plan: Plan) -> Iterator[Finding]:
    """No route takes an alert, and the receiver at the root of the tree tells nobody.

    Why:
        A receiver without any channel is where alerts are thrown away. That may be meant for one of them
        that a route leads there; an alert that no route takes has rather been forgotten.

    Fix:
        Give the receiver at the root a channel that somebody reads, or write a route for these alerts.

    Bad:
        route:
          receiver: nobody
          routes:
            - matchers: [severity="critical"]
              receiver: pager
        receivers:
          - name: nobody
          - name: pager
            webhook_configs: [{url: "http://hooks.example/pager"}]
        ---
        - alert: Slow
          expr: latency_seconds > 1
          labels: {severity: warning}

    Good:
        route:
          receiver: chat
          routes:
            - matchers: [severity="critical"]
              receiver: pager
        receivers:
          - name: chat
            webhook_configs: [{url: "http://hooks.example/chat"}]
          - name: pager
            webhook_configs: [{url: "http://hooks.example/pager"}]
        ---
        - alert: Slow
          expr: latency_seconds > 1
          labels: {severity: warning}
    """
    ways = journeys(plan)
    if ways is None or not _is_empty(plan, ways.root.receiver):
        return
    added = added_by_servers(plan)
    fallen = [alert for alert in _fallen(ways) if _lost(alert, ways.root, added) is None]
    if fallen:
        yield Finding(
            f"nobody is told of {_listed(fallen)}: no route matches, "
            f"and `{ways.root.receiver}` has no channel",
            at=at_key(ways.root, "receiver"),
            also=_places(fallen),
            help="give the receiver a channel, or write a route for these alerts",
            about=ways.root.place,
        )


@check("route/catch-all", Level.INFO)
def catch_all(plan: Plan) -> Iterator[Finding]:
    """No route takes some alerts, so that the receiver at the root of the tree is told.

    Why:
        That is what the root is for. Still, whoever wrote routes may have meant to have one for each
        alert: these are the ones without.

    Fix:
        Nothing, if the receiver at the root is the one that should be told. Otherwise give the alerts the
        labels that the routes ask for.

    Bad:
        route:
          receiver: all
          routes:
            - matchers: [severity="critical"]
              receiver: pager
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: pager
            webhook_configs: [{url: "http://hooks.example/pager"}]
        ---
        - alert: Down
          expr: up == 0
          labels: {severity: critical}
        - alert: Slow
          expr: latency_seconds > 1
          labels: {severity: warning}

    Good:
        route:
          receiver: all
          routes:
            - matchers: [severity="critical"]
              receiver: pager
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: pager
            webhook_configs: [{url: "http://hooks.example/pager"}]
        ---
        - alert: Down
          expr: up == 0
          labels: {severity: critical}
        - alert: Slow
          expr: latency_seconds > 1
          labels: {severity: critical}
    """
    ways = journeys(plan)
    if ways is None or not ways.root.routes or ways.root.receiver is None:
        return
    if _is_empty(plan, ways.root.receiver):
        return
    added = added_by_servers(plan)
    fallen = [alert for alert in _fallen(ways) if _lost(alert, ways.root, added) is None]
    if fallen:
        yield Finding(
            f"no route takes {_listed(fallen)}: `{ways.root.receiver}` is told",
            at=at_key(ways.root, "receiver"),
            also=_places(fallen),
            about=ways.root.place,
        )


def lost_labels(plan: Plan) -> frozenset[str]:
    """The labels of which `route/dropped` says that a query drops them."""
    ways = journeys(plan)
    added = added_by_servers(plan)
    found = [] if ways is None else [_lost(alert, ways.root, added) for alert in _fallen(ways)]
    return frozenset(one[0] for one in found if one is not None)


def _fallen(ways: Journeys) -> Iterator[Sent]:
    """The alerts that surely come to rest at the root."""
    for kin in ways.kin:
        if kin.surely_only(ways.root):
            yield from kin.alerts


def _lost(alert: Sent, root: Route, added: frozenset[str]) -> tuple[str, Why, Route, int] | None:
    """A label that the query drops and that would lead the alert to a route: why, and what asks for it."""
    for label in sorted(label_names(root) - added - {"alertname", "severity"}):
        why = alert.lost(label)
        if why is None:
            continue
        for route in root.routes:
            others = [one for one in route.matchers if one.name != label]
            asking = [
                number for number, one in enumerate(route.matchers) if one.name == label and needs_label(one)
            ]
            if asking and alert.may_meet(others) and _is_meant(alert, label, route.matchers[asking[0]]):
                return label, why, route, asking[0]
    return None


def _is_meant(alert: Sent, label: str, matcher: Matcher) -> bool:
    """Whether the route is for this alert: its query is about the value, or the label tells owners apart."""
    if label in _OWNERS:
        return True
    if not alert.names(label):
        return False
    values = selected_values(alert.rule, label)
    return values is None or values.can_match(matcher.op, matcher.value)


def _in_query(alert: Sent, why: Why) -> Place:
    return alert.rule.written.expr if why.span == (0, 0) else expr_piece(alert.rule, why.span)


def _is_empty(plan: Plan, name: str | None) -> bool:
    found = [one for one in plan.receivers if one.name == name]
    return bool(found) and not any(entries for _, entries in found[0].channels)


def _listed(alerts: Sequence[Sent]) -> str:
    names = list(dict.fromkeys(alert.rule.alert for alert in alerts))
    shown = ", ".join(f"`{name}`" for name in names[:_SHOWN])
    more = len(names) - _SHOWN
    return shown if more <= 0 else f"{shown} and {more} more alert{'s' if more > 1 else ''}"


def _places(alerts: Sequence[Sent]) -> tuple[tuple[Place, str], ...]:
    found: dict[str, Place] = {}
    for alert in alerts:
        found.setdefault(alert.rule.alert, alert.rule.written.name)
    return tuple((place, "no route takes it") for place in [*found.values()][:_SHOWN])
