"""Checks of matchers of routes that are read otherwise than they were meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.alert_names import asked_by_other_label
from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.matcher_patterns import misread_finding
from tocsin.checks.framework.route_nodes import at_matcher, is_authored, is_of_exception, routes_below
from tocsin.diagnostics.model import Level
from tocsin.lang.alertmanager.misread_matchers import why_misread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan, Recording, Rule


@check("route/pattern", Level.WARNING)
def pattern(plan: Plan) -> Iterator[Finding]:
    """A matcher of a route is read otherwise than it looks: a pattern under `=`, or a list with commas.

    Why:
        `=` compares letter by letter: `namespace="app1|app2"` takes alerts whose namespace is that very
        text, and there are none. A comma parts nothing, and `*` is a sign like others. The alerts go to
        the receiver above instead, and nothing says so.

    Fix:
        Write `=~` with the names between `|`, and `.*` for any rest of a name.

    Bad:
        route:
          receiver: all
          routes:
            - matchers: ['namespace="app1|app2"']
              receiver: team
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: team
            webhook_configs: [{url: "http://hooks.example/team"}]

    Good:
        route:
          receiver: all
          routes:
            - matchers: ['namespace=~"app1|app2"']
              receiver: team
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: team
            webhook_configs: [{url: "http://hooks.example/team"}]
    """
    for node in routes_below(plan.route) if plan.route is not None else ():
        if not is_authored(node.route):
            continue
        for number, matcher in enumerate(node.route.matchers):
            place, found = at_matcher(node.route, number), why_misread(matcher)
            if found is not None and not is_of_exception(place):
                yield misread_finding(found, place, node.route.place)


@check("route/alertname", Level.WARNING)
def alertname(plan: Plan) -> Iterator[Finding]:
    """A route asks for the name of an alert by a label that is not `alertname`.

    Why:
        The name of a rule stands in the label `alertname`. No rule sets the label that the matcher asks
        for, so the route takes nothing.

    Fix:
        Write `alertname`.

    Bad:
        route:
          receiver: all
          routes:
            - matchers: [alert="NodeDown"]
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
    for node in routes_below(plan.route) if plan.route is not None else ():
        if not is_authored(node.route):
            continue
        for number, found in asked_by_other_label(plan, node.route.matchers):
            yield misread_finding(found, at_matcher(node.route, number), node.route.place)


@check("route/receiver-label", Level.WARNING)
def receiver_label(plan: Plan) -> Iterator[Finding]:
    """A route asks for a label `receiver` with the name of a receiver, and names no receiver itself.

    Why:
        What stands under `match` or `matchers` are labels of alerts, and none has a label `receiver`. The
        route takes nothing, and the receiver is never notified through it.

    Fix:
        Move `receiver` out of the matchers: it stands beside them, as a key of the route.

    Bad:
        route:
          receiver: all
          routes:
            - match: {severity: critical, receiver: pager}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: pager
            webhook_configs: [{url: "http://hooks.example/pager"}]

    Good:
        route:
          receiver: all
          routes:
            - match: {severity: critical}
              receiver: pager
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: pager
            webhook_configs: [{url: "http://hooks.example/pager"}]
    """
    names = {receiver.name for receiver in plan.receivers}
    if plan.route is None or any(_sets_receiver(rule) for group in plan.rule_groups for rule in group.rules):
        return
    for node in routes_below(plan.route):
        if not is_authored(node.route) or node.route.receiver is not None:
            continue
        for number, matcher in enumerate(node.route.matchers):
            if matcher.name == "receiver" and matcher.op == "=" and matcher.value in names:
                yield Finding(
                    "`receiver` is a label here, which no alert has: the route takes nothing",
                    at=at_matcher(node.route, number),
                    help=f"move it out of the matchers: `receiver: {matcher.value}` is a key of the route",
                    about=node.route.place,
                )


def _sets_receiver(rule: Rule | Recording) -> bool:
    """Whether a rule sets the label, or asks for series that have it."""
    return "receiver" in rule.labels or "receiver" in rule.expr
