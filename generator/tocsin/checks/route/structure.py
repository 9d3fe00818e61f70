"""Checks of the route tree by itself, and of the labels that alerts are grouped by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.alert_names import labels_for_alertname
from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.matcher_sets import allowed_label_values
from tocsin.checks.framework.matcher_sets import is_impossible as impossible_labels
from tocsin.checks.framework.route_nodes import (
    at_key,
    at_matcher,
    describe_matchers,
    is_authored,
    routes_below,
)
from tocsin.checks.framework.route_shadowing import routes_with_earlier_takers
from tocsin.checks.framework.series_labels import told_labels
from tocsin.diagnostics.model import Level
from tocsin.lang.flow.label_values import ANY
from tocsin.routing.alert_labels import added_by_servers, alert_labels
from tocsin.routing.reachability import reachability

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.plan.model import Plan, Route
    from tocsin.routing.alert_labels import AlertLabels
    from tocsin.source.place import Place

_DEEPEST = 5
_OF_TARGETS = frozenset({"instance", "job", "namespace", "pod", "container", "endpoint", "node"})
"""Labels that a scrape adds, by itself or in Kubernetes."""
_AS_DOCUMENTED = frozenset({"alertname", "cluster", "service"})
"""The labels of the example in Alertmanager's documentation, which many take over as they stand."""
_SERVICES = frozenset({"app", "application", "component", "project", "service_name", "subsystem", "system"})
"""What rules call the label that this example calls `service`."""


@check("route/shadowed", Level.WARNING)
def shadowed(plan: Plan) -> Iterator[Finding]:
    """An earlier route takes every alert that this route could take.

    Why:
        Alertmanager asks the routes of one level in their order, and the first that matches ends the
        search unless it says `continue: true`. Nobody is ever notified through this route.

    Fix:
        Put the narrower route first, or give the wider one `continue: true` so that both are notified.

    Bad:
        route:
          receiver: all
          routes:
            - matchers: [severity=~"warning|critical"]
              receiver: chat
            - matchers: [severity="critical"]
              receiver: pager
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: chat
            webhook_configs: [{url: "http://hooks.example/chat"}]
          - name: pager
            webhook_configs: [{url: "http://hooks.example/pager"}]

    Good:
        route:
          receiver: all
          routes:
            - matchers: [severity="critical"]
              receiver: pager
            - matchers: [severity=~"warning|critical"]
              receiver: chat
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: chat
            webhook_configs: [{url: "http://hooks.example/chat"}]
          - name: pager
            webhook_configs: [{url: "http://hooks.example/pager"}]
    """
    for node, taker in routes_with_earlier_takers(plan.route) if plan.route is not None else ():
        if taker is None or not is_authored(node.route):
            continue
        help_ = "put this route before that one, or give that one `continue: true`"
        if set(node.route.matchers) == set(taker.matchers):
            help_ = "make one route of the two, or give the first one `continue: true`"
        elif taker not in node.earlier:
            help_ = "put the route above this one before that one, or give that one `continue: true`"
        yield Finding(
            f"no alert gets to this route: an earlier one takes {describe_matchers(taker)}",
            at=at_matcher(node.route),
            also=((at_matcher(taker), "this one takes them all"),),
            help=help_,
            about=node.route.place,
        )


@check("route/impossible", Level.WARNING)
def impossible(plan: Plan) -> Iterator[Finding]:
    """The matchers of a route, with those above it, contradict each other.

    Why:
        An alert has one value for each label. Nobody is ever notified through this route.

    Fix:
        Take one of the matchers away, move the route to where its alerts come by, or write one regular
        expression for both values.

    Bad:
        route:
          receiver: all
          routes:
            - matchers: [severity="critical"]
              receiver: all
              routes:
                - matchers: [severity="warning"]
                  receiver: chat
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: chat
            webhook_configs: [{url: "http://hooks.example/chat"}]

    Good:
        route:
          receiver: all
          routes:
            - matchers: [severity=~"critical|warning"]
              receiver: all
              routes:
                - matchers: [severity="warning"]
                  receiver: chat
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: chat
            webhook_configs: [{url: "http://hooks.example/chat"}]
    """
    for node in routes_below(plan.route) if plan.route is not None else ():
        route = node.route
        before = [one for above in node.above for one in above.matchers]
        labels = allowed_label_values(before)
        if not is_authored(route) or impossible_labels(labels):
            continue
        for number, matcher in enumerate(route.matchers):
            labels[matcher.name] = labels.get(matcher.name, ANY).narrowed(matcher.op, matcher.value)
            if labels[matcher.name].is_empty:
                first = [
                    (at_matcher(other, index), one)
                    for other in (*node.above, route)
                    for index, one in enumerate(other.matchers)
                    if one.name == matcher.name and one != matcher
                ]
                yield _contradiction(route, (at_matcher(route, number), matcher), first[:1])
                break


def _contradiction(
    route: Route, own: tuple[Place, Matcher], before: Sequence[tuple[Place, Matcher]]
) -> Finding:
    """The finding about a matcher that contradicts the one before it, or has no value that meets it."""
    at, matcher = own
    if before and at.path[-2:] == ("metadata", "namespace"):
        return Finding(
            f"no alert can meet this matcher: the operator adds `{matcher.text()}` to the route",
            at=before[0][0],
            also=((at, "added because of this"),),
            help="move the resource into the namespace of its alerts, or set "
            "`alertmanagerConfigMatcherStrategy: {type: None}` in the `spec` of the Alertmanager",
            about=route.place,
        )
    others = "".join(f" as well as `{other.text()}`" for _, other in before)
    return Finding(
        f"no alert can meet `{matcher.text()}`{others}",
        at=at,
        also=tuple((place, "an alert has to meet this first") for place, _ in before),
        help="remove one of the two, or move the route to where its alerts arrive",
        about=route.place,
    )


@check("route/continue", Level.INFO)
def continue_(plan: Plan) -> Iterator[Finding]:
    """A `continue: true` changes nothing, as no later route can match the same alerts.

    Why:
        It says that alerts go on to other routes, and there is none for them. Either a route is missing,
        or the line misleads its readers.

    Fix:
        Take the line away, or move the route before the one that is to follow it.

    Bad:
        route:
          receiver: all
          routes:
            - matchers: [severity="critical"]
              receiver: all
              continue: true
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]

    Good:
        route:
          receiver: all
          routes:
            - matchers: [severity="critical"]
              receiver: all
              continue: true
            - matchers: [team="web"]
              receiver: web
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: web
            webhook_configs: [{url: "http://hooks.example/web"}]
    """
    for node in routes_below(plan.route) if plan.route is not None else ():
        route = node.route
        if not (route.continues and route.continue_is_written and is_authored(route)):
            continue
        if all(
            impossible_labels(allowed_label_values([*node.demands, *other.matchers])) for other in node.later
        ):
            yield Finding(
                "no alert that this route takes can match a later one: `continue` changes nothing",
                at=at_key(route, "continue"),
                help="remove `continue: true`, or move the route up",
                about=route.place,
            )


@check("route/depth", Level.INFO)
def depth(plan: Plan) -> Iterator[Finding]:
    """A route lies more than five levels below the root.

    Why:
        Receiver, grouping and timing are inherited from level to level. Nobody follows that through so
        many of them at night.

    Fix:
        Put matchers of several levels into one route.

    Bad:
        route:
          receiver: all
          routes:
            - matchers: [a="1"]
              routes:
                - matchers: [b="1"]
                  routes:
                    - matchers: [c="1"]
                      routes:
                        - matchers: [d="1"]
                          routes:
                            - matchers: [e="1"]
                              routes:
                                - matchers: [f="1"]
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]

    Good:
        route:
          receiver: all
          routes:
            - matchers: [a="1", b="1", c="1", d="1", e="1", f="1"]
              receiver: all
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
    """
    for node in routes_below(plan.route) if plan.route is not None else ():
        if len(node.above) == _DEEPEST + 1 and is_authored(node.route):
            yield Finding(
                f"this route lies {len(node.above)} levels below the root",
                at=at_matcher(node.route),
                about=node.route.place,
            )


@check("route/group-by", Level.INFO)
def group_by(plan: Plan) -> Iterator[Finding]:
    """Alerts are grouped by a label that none of those that come here has.

    Why:
        A label that an alert does not have is as good as not named: the groups are larger than they
        look.

    Fix:
        Name a label that the alerts carry, or give them this one. Where Prometheus adds it to all of them
        (`external_labels`), check its `prometheus.yml` with the other files.

    Bad:
        route:
          receiver: all
          group_by: [alertname, service]
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        ---
        - alert: Errors
          expr: sum by (job) (rate(errors_total[5m])) > 1

    Good:
        route:
          receiver: all
          group_by: [alertname, job]
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        ---
        - alert: Errors
          expr: sum by (job) (rate(errors_total[5m])) > 1
    """
    ways = reachability(plan)
    if ways is None:
        return
    alerts = alert_labels(plan)
    added = added_by_servers(plan)
    known = _OF_TARGETS | (frozenset() if plan.server is None else added)
    service = _label_of_services(alerts)
    for route in (ways.root, *(node.route for node in routes_below(ways.root))):
        # Where the server is not known, it may add the usual labels.
        left_out = {"...", *(added if plan.server is None else ())}
        if _AS_DOCUMENTED.issubset(route.group_by or ()):
            left_out |= _AS_DOCUMENTED - ({"service"} if service else set())
        labels = [
            (number, label) for number, label in enumerate(route.group_by or ()) if label not in left_out
        ]
        coming = [alert for alert_class in ways.into(route) for alert in alert_class.alerts] if labels else []
        meant = {*labels_for_alertname(plan, [label for _, label in labels if label not in added])}
        for number, label in labels:
            if coming and label in meant:
                yield Finding(
                    f"no alert has a label `{label}`, as its name is in `alertname`",
                    at=at_key(route, "group_by", number),
                    help="write `alertname`",
                    about=route.place,
                )
                continue
            lacking = next((alert for alert in coming if alert.is_missing(label)), None)
            if lacking is None:
                continue
            named = label in known or any(alert.mentions(label) for alert in alerts)
            # What all queries and texts name costs the most to find out.
            named = named or label in told_labels.find(plan)
            if named and not all(alert.is_missing(label) for alert in coming):
                continue
            what = "no alert that comes here has" if named else "no rule sets"
            rest = "" if named else " and no query names it"
            yield Finding(
                f"{what} `{label}`{rest}: alerts such as `{lacking.rule.alert}` cannot have it",
                at=at_key(route, "group_by", number),
                help=f"rules set `{service}`: group by that" if service and label == "service" else None,
                about=route.place,
            )


def _label_of_services(alerts: Sequence[AlertLabels]) -> str | None:
    """The label that most rules set, to several values, to say to which service an alert belongs."""
    for name in sorted(_SERVICES):
        values = [alert.rule.labels[name] for alert in alerts if name in alert.rule.labels]
        if 2 * len(values) > len(alerts) and len({*values}) > 1:
            return name
    return None
