"""Checks of routes that no alert reaches, or only some of those that it is written for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.checks.framework.alert_index import AlertIndex
from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.matcher_sets import allowed_label_values, matchers_in_words
from tocsin.checks.framework.matcher_sets import is_impossible as impossible_labels
from tocsin.checks.framework.route_nodes import at_matcher, describe_matchers, is_authored, routes_below
from tocsin.checks.framework.route_shadowing import routes_with_earlier_takers
from tocsin.checks.framework.unmatched import unknown_names, why_unmatched
from tocsin.checks.route.unrouted import lost_labels
from tocsin.diagnostics.model import Level
from tocsin.lang.alertmanager.misread_matchers import why_misread
from tocsin.routing.alert_labels import alert_labels
from tocsin.routing.reachability import reachability
from tocsin.routing.takers import asked_before, takers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.checks.framework.route_nodes import RouteNode
    from tocsin.lang.flow.label_values import LabelValues
    from tocsin.plan.model import Plan, Route
    from tocsin.routing.alert_labels import AlertLabels
    from tocsin.routing.reachability import Reachability


@check("route/unknown-alert", Level.WARNING)
def unknown_alert(plan: Plan) -> Iterator[Finding]:
    """A route asks for an alert by a name that no rule has.

    Why:
        The alert was renamed or removed, or the name is misspelt. The receivers that should be notified are
        not.

    Fix:
        Write the name as it stands in the rules. Give `tocsin check` all rules that the routes are for.

    Bad:
        route:
          receiver: all
          routes:
            - matchers: [alertname="NodeDwon"]
              receiver: pager
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: pager
            webhook_configs: [{url: "http://hooks.example/pager"}]
        ---
        - alert: NodeDown
          expr: up == 0

    Good:
        route:
          receiver: all
          routes:
            - matchers: [alertname="NodeDown"]
              receiver: pager
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: pager
            webhook_configs: [{url: "http://hooks.example/pager"}]
        ---
        - alert: NodeDown
          expr: up == 0
    """
    known = frozenset(alert.rule.alert for alert in alert_labels(plan))
    if plan.route is None or not known:
        return
    for node in routes_below(plan.route):
        for number, name, near in unknown_names(known, node.route.matchers):
            if why_misread(node.route.matchers[number]) is not None:
                # `route/pattern` reports it, with what was meant.
                continue
            yield Finding(
                f"no rule has an alert `{name}`",
                at=at_matcher(node.route, number),
                help=f"did you mean `{near}`?" if near else None,
                about=node.route.place,
            )


@check("route/unreachable", Level.WARNING)
def unreachable(plan: Plan) -> Iterator[Finding]:
    """No alert can meet a route's matchers, as none has the label, or only nearly the value.

    Why:
        The label is misspelt, or the queries drop it. The receivers that should be notified are not.

    Fix:
        Write the label and the value as the rules have them, or give the alerts the label.

    Bad:
        route:
          receiver: all
          routes:
            - matchers: [severity="crtical"]
              receiver: pager
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: pager
            webhook_configs: [{url: "http://hooks.example/pager"}]
        ---
        - alert: NodeDown
          expr: up == 0
          labels: {severity: critical}

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
        - alert: NodeDown
          expr: up == 0
          labels: {severity: critical}
    """
    yield from _never_met(plan, mistakes=True)


@check("route/unused", Level.INFO)
def unused(plan: Plan) -> Iterator[Finding]:
    """None of the rules makes an alert that a route would take.

    Why:
        It may wait for alerts that are still to be written, or be left over from some that are gone.

    Fix:
        Nothing, if it waits. Otherwise remove the route.

    Bad:
        route:
          receiver: all
          routes:
            - matchers: [team="payments"]
              receiver: all
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        ---
        - alert: NodeDown
          expr: up == 0
          labels: {team: web}

    Good:
        route:
          receiver: all
          routes:
            - matchers: [team="web"]
              receiver: all
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        ---
        - alert: NodeDown
          expr: up == 0
          labels: {team: web}
    """
    yield from _never_met(plan, mistakes=False)


@check("route/swallowed", Level.WARNING)
def swallowed(plan: Plan) -> Iterator[Finding]:
    """A wider route before this one takes every alert that meets it, so that none gets here.

    Why:
        Alertmanager asks the routes of one level in their order, and the first that matches ends the
        search unless it says `continue: true`. The labels of the rules leave nothing.

    Fix:
        Put the route before those that take its alerts, or give them `continue: true`.

    Bad:
        route:
          receiver: all
          routes:
            - matchers: [severity="warning"]
              receiver: chat
            - matchers: [type="slo"]
              receiver: slo
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: chat
            webhook_configs: [{url: "http://hooks.example/chat"}]
          - name: slo
            webhook_configs: [{url: "http://hooks.example/slo"}]
        ---
        - alert: BudgetBurns
          expr: budget < 0.1
          labels: {severity: warning, type: slo}
        - alert: Slow
          expr: latency_seconds > 1
          labels: {severity: warning}

    Good:
        route:
          receiver: all
          routes:
            - matchers: [type="slo"]
              receiver: slo
            - matchers: [severity="warning"]
              receiver: chat
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: chat
            webhook_configs: [{url: "http://hooks.example/chat"}]
          - name: slo
            webhook_configs: [{url: "http://hooks.example/slo"}]
        ---
        - alert: BudgetBurns
          expr: budget < 0.1
          labels: {severity: warning, type: slo}
        - alert: Slow
          expr: latency_seconds > 1
          labels: {severity: warning}
    """
    ways = reachability(plan)
    for node, candidates in () if ways is None else _unreached(plan):
        meeting, taking = _taken(node, candidates)
        if not _is_wider(taking, meeting, node.route, candidates):
            continue
        help_ = "put this route before that one, or give that one `continue: true`"
        if _would_split(node):
            help_ = "give that one `continue: true`"
        elif taking[0] not in node.earlier:
            help_ = "put the route above this one before that one, or give that one `continue: true`"
        yield Finding(
            f"an earlier route takes all alerts that meet this one, such as `{meeting[0].rule.alert}`",
            at=at_matcher(node.route),
            also=((at_matcher(taking[0]), "this one ends their way"),),
            help=help_,
            about=node.route.place,
        )


@check("route/split", Level.WARNING)
def split(plan: Plan) -> Iterator[Finding]:
    """Some alerts of a kind go on to a later route, while others are held by a route without `continue`.

    Why:
        Of the routes before it, one says `continue: true`, so that its alerts reach the later route as
        well, and another one on the same label does not. Alerts that the later route is written for
        get there or not, depending on a label that has nothing to do with it.

    Fix:
        Give the route that holds them `continue: true` as well.

    Bad:
        route:
          receiver: all
          routes:
            - matchers: [severity="critical"]
              receiver: pager
              continue: true
            - matchers: [severity="warning"]
              receiver: chat
            - matchers: [type="slo"]
              receiver: slo
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: pager
            webhook_configs: [{url: "http://hooks.example/pager"}]
          - name: chat
            webhook_configs: [{url: "http://hooks.example/chat"}]
          - name: slo
            webhook_configs: [{url: "http://hooks.example/slo"}]
        ---
        - alert: BudgetGone
          expr: budget < 0.01
          labels: {severity: critical, type: slo}
        - alert: BudgetBurns
          expr: budget < 0.1
          labels: {severity: warning, type: slo}

    Good:
        route:
          receiver: all
          routes:
            - matchers: [severity="critical"]
              receiver: pager
              continue: true
            - matchers: [severity="warning"]
              receiver: chat
              continue: true
            - matchers: [type="slo"]
              receiver: slo
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: pager
            webhook_configs: [{url: "http://hooks.example/pager"}]
          - name: chat
            webhook_configs: [{url: "http://hooks.example/chat"}]
          - name: slo
            webhook_configs: [{url: "http://hooks.example/slo"}]
        ---
        - alert: BudgetGone
          expr: budget < 0.01
          labels: {severity: critical, type: slo}
        - alert: BudgetBurns
          expr: budget < 0.1
          labels: {severity: warning, type: slo}
    """
    ways = reachability(plan)
    if ways is None:
        return
    for node in routes_below(ways.root):
        passing = [one for one in node.earlier if one.continues]
        if not passing or not node.route.matchers or not is_authored(node.route):
            continue
        inside = [alert for alert_class in ways.into(node.route) for alert in alert_class.alerts]
        for holder in node.earlier:
            if holder.continues:
                continue
            about = {one.name for one in holder.matchers}
            if about == {"alertname"} or about & {one.name for one in node.route.matchers}:
                # Who names single alerts takes them out of what is for all.
                continue
            if holder.receiver is not None and holder.receiver == node.route.receiver:
                continue
            beside = [one for one in passing if {m.name for m in one.matchers} == about]
            let_on = next(
                (one for one in beside if any(alert.surely_meets(one.matchers) for alert in inside)), None
            )
            if let_on is None:
                continue
            held = [
                alert
                for alert_class in ways.into(node.above[-1])
                if id(node.route) not in alert_class.reach.reached
                for alert in alert_class.alerts
                if alert.surely_meets(node.route.matchers) and alert.surely_meets(holder.matchers)
            ]
            if held:
                yield Finding(
                    f"`{held[0].rule.alert}` never gets to the route for {describe_matchers(node.route)}: "
                    "this one takes it first",
                    at=at_matcher(holder),
                    also=(
                        (at_matcher(node.route), "the route that misses it"),
                        (at_matcher(let_on), "this one lets its alerts go on"),
                    ),
                    help="add `continue: true` here",
                    about=holder.place,
                )


def _would_split(node: RouteNode) -> bool:
    """Whether an earlier route on the same labels lets its alerts go on, which this one would then not."""
    about = {matcher.name for matcher in node.route.matchers}
    return any(one.continues and {matcher.name for matcher in one.matchers} == about for one in node.earlier)


def _never_met(plan: Plan, *, mistakes: bool) -> Iterator[Finding]:
    ways = reachability(plan)
    told = lost_labels(plan)
    known = frozenset(alert.rule.alert for alert in alert_labels(plan))
    for node, candidates in () if ways is None else _unreached(plan):
        if any(why_misread(one) is not None for one in node.route.matchers):
            # `route/pattern` reports it, with what was meant.
            continue
        reason = why_unmatched(candidates, node.route.matchers)
        if reason is not None and reason.lacks in told:
            continue
        if reason is not None and reason.is_mistake == mistakes:
            yield Finding(
                reason.message,
                at=at_matcher(node.route, reason.number),
                help=reason.help,
                about=node.route.place,
            )
        elif reason is None and not mistakes:
            finding = _without_alerts(node, candidates, known)
            if finding is not None:
                yield finding


def _without_alerts(node: RouteNode, candidates: AlertIndex, known: frozenset[str]) -> Finding | None:
    """The finding about a route where each matcher by itself is met; None where another check has one."""
    meeting, taking = _taken(node, candidates)
    message = "earlier routes take all alerts of these rules that meet this one"
    if not meeting:
        if any(unknown_names(known, node.route.matchers)):
            return None
        message = f"no alert of these rules has all of `{matchers_in_words(node.demands)}`"
    elif _is_wider(taking, meeting, node.route, candidates):
        return None
    return Finding(
        message,
        at=at_matcher(node.route),
        also=tuple((at_matcher(route), "this one ends their way") for route in taking[:3]),
        about=node.route.place,
    )


def _taken(node: RouteNode, candidates: AlertIndex) -> tuple[Sequence[AlertLabels], list[Route]]:
    """The alerts that meet a route and those above it, and the earlier routes that end their ways."""
    path = (*node.above, node.route)
    names = {matcher.name for route in (*path, *asked_before(path)) for matcher in route.matchers}
    alike: dict[tuple[LabelValues, ...], list[AlertLabels]] = {}
    for alert in candidates.meeting(node.demands):
        alike.setdefault(tuple(map(alert.values, names)), []).append(alert)
    meeting: list[AlertLabels] = []
    found: dict[int, Route] = {}
    for values, alerts in alike.items():
        taking = takers(path, dict(zip(names, values, strict=True)))
        if taking is not None:
            meeting += alerts
            found |= {id(route): route for route in taking}
    return meeting, [*found.values()]


def _is_wider(
    taking: list[Route], meeting: Sequence[AlertLabels], route: Route, candidates: AlertIndex
) -> bool:
    """Whether one route takes all alerts of another one, and some that the other one does not ask for."""
    return (
        len(taking) == 1
        and any(alert.surely_meets(route.matchers) for alert in meeting)
        and any(
            alert.surely_meets(taking[0].matchers) and not alert.surely_meets(route.matchers)
            for alert in candidates.alerts
        )
    )


@answered_once
def _unreached(plan: Plan) -> tuple[tuple[RouteNode, AlertIndex], ...]:
    """Routes that no alert enters though some enter the parent, with those; but not what matchers exclude."""
    ways = reachability(plan)
    return () if ways is None else tuple(_find_unreached(ways))


def _find_unreached(ways: Reachability) -> Iterator[tuple[RouteNode, AlertIndex]]:
    inside: dict[int, AlertIndex] = {}
    entered = ways.entered()
    excluded = {id(node.route) for node, taker in routes_with_earlier_takers(ways.root) if taker is not None}
    for node in routes_below(ways.root):
        if id(node.route) in entered or id(node.above[-1]) not in entered or id(node.route) in excluded:
            continue
        if is_authored(node.route) and not impossible_labels(allowed_label_values(node.demands)):
            parent = node.above[-1]
            if id(parent) not in inside:
                inside[id(parent)] = AlertIndex(
                    [alert for alert_class in ways.into(parent) for alert in alert_class.alerts]
                )
            yield node, inside[id(parent)]
