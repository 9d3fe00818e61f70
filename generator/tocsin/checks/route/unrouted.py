"""Checks of where alerts come to rest when no route takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.discarding import discards
from tocsin.checks.framework.matcher_sets import needs_label
from tocsin.checks.framework.route_nodes import at_key, at_matcher
from tocsin.checks.framework.selected_values import selected_values
from tocsin.detect.file_names import is_template_name
from tocsin.diagnostics.model import Level
from tocsin.lang.kubernetes.kube_prometheus import INHIBITOR
from tocsin.plan.source_spans import expr_piece
from tocsin.routing.alert_labels import added_by_servers, alert_labels
from tocsin.routing.reachability import reachability
from tocsin.routing.tree import label_names
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.lang.flow.model import Why
    from tocsin.plan.model import Plan, Route
    from tocsin.routing.alert_labels import AlertLabels
    from tocsin.source.place import Place

_SHOWN = 3
_FEW, _RARE = 3, 4
"""So few alerts, and one of so many, are an exception; more of them have the root as theirs."""
_OWNERS = frozenset({"team", "owner", "squad", "tribe", "crew", "department", "owner_team", "owning_team"})
"""Labels that exist to find who is notified."""


@check("route/dropped", Level.WARNING)
def dropped(plan: Plan) -> Iterator[Finding]:
    """No route takes an alert, because its query drops a label that the routes ask for.

    Why:
        The query works and the routes work, but together they page no one: without the label, the alert
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
    for alert, loss in _fallen(plan):
        if loss is None:
            continue
        lost = loss.label
        yield Finding(
            f"no route takes this alert: its query cannot return `{lost}`, which they ask for",
            at=_in_query(alert, loss.why),
            label=loss.why.reason,
            also=(
                (alert.rule.written.name, "no route takes it"),
                (at_matcher(loss.asking.route, loss.asking.number), "asked for here"),
            ),
            help=f"keep `{lost}` in the query, or set it under `labels:`",
            about=alert.rule.place,
        )


@check("route/nobody", Level.WARNING)
def nobody(plan: Plan) -> Iterator[Finding]:
    """No route takes an alert, and the receiver at the root of the tree has no integrations.

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
    ways = reachability(plan)
    if ways is None or not _is_empty(plan, ways.root.receiver) or _notifies_nobody_yet(plan, ways.root):
        return
    fallen = [alert for alert, loss in _fallen(plan) if loss is None and alert.rule.alert != INHIBITOR]
    if fallen:
        yield Finding(
            f"no notifications are sent for {_listed(fallen)}: no route matches, and `{ways.root.receiver}` "
            "has no integrations",
            at=at_key(ways.root, "receiver"),
            also=_places(fallen),
            help="give the receiver a channel, or write a route for these alerts",
            about=ways.root.place,
        )


@check("route/catch-all", Level.INFO)
def catch_all(plan: Plan) -> Iterator[Finding]:
    """Routes take nearly all alerts, and the receiver at the root of the tree is notified of the others.

    Why:
        That is what the root is for. Still, where up to three alerts have no route, and one of four at
        most, whoever wrote the routes may have meant to have one for each: these are the ones without.
        Where every route leads to the receiver of the root as well, nobody else could have been meant.

    Fix:
        Nothing, if the receiver at the root is the one that should be notified. Otherwise give the alerts the
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
        - alert: Errors
          expr: rate(errors_total[5m]) > 1
          labels: {severity: critical}
        - alert: Full
          expr: disk_free_bytes < 1e9
          labels: {severity: critical}
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
        - alert: Errors
          expr: rate(errors_total[5m]) > 1
          labels: {severity: critical}
        - alert: Full
          expr: disk_free_bytes < 1e9
          labels: {severity: critical}
        - alert: Down
          expr: up == 0
          labels: {severity: critical}
        - alert: Slow
          expr: latency_seconds > 1
          labels: {severity: critical}
    """
    ways = reachability(plan)
    if ways is None or not ways.root.routes or ways.root.receiver is None:
        return
    if _is_empty(plan, ways.root.receiver) or _receivers(ways.root) == {ways.root.receiver}:
        return
    fallen = [alert for alert, loss in _fallen(plan) if loss is None]
    if 0 < len(fallen) <= _FEW and _RARE * len(fallen) <= len(alert_labels(plan)):
        yield Finding(
            f"no route takes {_listed(fallen)}: `{ways.root.receiver}` is notified",
            at=at_key(ways.root, "receiver"),
            also=_places(fallen),
            about=ways.root.place,
        )


def lost_labels(plan: Plan) -> frozenset[str]:
    """The labels of which `route/dropped` says that a query drops them."""
    return frozenset(loss.label for _, loss in _fallen(plan) if loss is not None)


@value_object
class _Asking:
    """A route that asks for a label: with which of its matchers, and what it asks for besides."""

    route: Route
    number: int
    others: tuple[Matcher, ...]

    @property
    def matcher(self) -> Matcher:
        """The one that asks for the label."""
        return self.route.matchers[self.number]


@value_object
class _Loss:
    """A label that a query drops and that would lead the alert to a route: why, and what asks for it."""

    label: str
    why: Why
    asking: _Asking


# Four checks ask, and with many alerts and many routes each answer is a long search.
@answered_once
def _fallen(plan: Plan) -> tuple[tuple[AlertLabels, _Loss | None], ...]:
    """The alerts that surely come to rest at the root, each with the label that it has lost."""
    ways = reachability(plan)
    if ways is None:
        return ()
    asking = _asking(ways.root, added_by_servers(plan))
    fallen = (
        alert
        for alert_class in ways.classes
        if alert_class.surely_only(ways.root)
        for alert in alert_class.alerts
    )
    return tuple((alert, _loss(alert, asking)) for alert in fallen)


def _asking(root: Route, added: frozenset[str]) -> dict[str, list[_Asking]]:
    """The routes at the top that ask for each label, of those that no server adds."""
    found: dict[str, list[_Asking]] = {}
    for label in sorted(label_names(root) - added - {"alertname", "severity"}):
        for route in root.routes:
            for number, one in enumerate(route.matchers):
                if one.name == label and needs_label(one):
                    others = tuple(other for other in route.matchers if other.name != label)
                    found.setdefault(label, []).append(_Asking(route, number, others))
                    break
    return found


def _loss(alert: AlertLabels, asking: Mapping[str, list[_Asking]]) -> _Loss | None:
    for label, routes in asking.items():
        # The route is for this alert where its query is about the value, or the label tells owners apart.
        why = alert.lost(label) if label in _OWNERS or alert.mentions(label) else None
        if why is None:
            continue
        values = None if label in _OWNERS else selected_values(alert.rule, label)
        for one in routes:
            meant = values is None or values.can_match(one.matcher.op, one.matcher.value)
            if meant and alert.may_meet(one.others):
                return _Loss(label, why, one)
    return None


def _in_query(alert: AlertLabels, why: Why) -> Place:
    return alert.rule.written.expr if why.span == (0, 0) else expr_piece(alert.rule, why.span)


def _is_empty(plan: Plan, name: str | None) -> bool:
    found = [one for one in plan.receivers if one.name == name]
    return bool(found) and not any(entries for _, entries in found[0].channels)


def _notifies_nobody_yet(plan: Plan, root: Route) -> bool:
    """Whether no receiver of a plain file has a channel, and it is meant, or a form to be filled in."""
    if plan.project.name or any(entries for one in plan.receivers for _, entries in one.channels):
        return False
    if len(plan.receivers) > 1:
        # Whom it should notify is laid out; `receiver/empty` tells of all of them.
        return True
    file = str(root.place.path[0]) if root.place is not None and root.place.path else ""
    return discards(root.receiver or "") or is_template_name(file)


def _receivers(route: Route) -> frozenset[str]:
    """Who is notified by a route or one below it, as far as they name their receivers themselves."""
    below = (_receivers(one) for one in route.routes)
    return frozenset({route.receiver} if route.receiver is not None else ()).union(*below)


def _listed(alerts: Sequence[AlertLabels]) -> str:
    names = list(dict.fromkeys(alert.rule.alert for alert in alerts))
    shown = ", ".join(f"`{name}`" for name in names[:_SHOWN])
    more = len(names) - _SHOWN
    return shown if more <= 0 else f"{shown} and {more} more alert{'s' if more > 1 else ''}"


def _places(alerts: Sequence[AlertLabels]) -> tuple[tuple[Place, str], ...]:
    found: dict[str, Place] = {}
    for alert in alerts:
        found.setdefault(alert.rule.alert, alert.rule.written.name)
    return tuple((place, "no route takes it") for place in [*found.values()][:_SHOWN])
