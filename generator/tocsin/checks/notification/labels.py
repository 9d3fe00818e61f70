"""Checks of the labels and annotations that notification templates print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.notification_texts import executed_templates
from tocsin.checks.framework.route_nodes import routes_below
from tocsin.diagnostics.model import Level
from tocsin.lang.flow.label_values import MISSING
from tocsin.lang.gotemplate.notification_data import Source
from tocsin.routing.alert_labels import alert_labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan, Route


_ANNOTATIONS = (Source.ANNOTATIONS, Source.COMMON_ANNOTATIONS)


@check("notification/group-label", Level.WARNING)
def group_label(plan: Plan) -> Iterator[Finding]:
    """A template prints a group label that no route to its receiver groups by.

    Why:
        `.GroupLabels` has the labels of `group_by` and no others. The text has a hole where the label
        should stand, in every notification.

    Fix:
        Read it of `.CommonLabels`, or add the label to `group_by`.

    Bad:
        route: {receiver: all, group_by: [team]}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                title: "{{ .GroupLabels.alertname }}"

    Good:
        route: {receiver: all, group_by: [alertname, team]}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                title: "{{ .GroupLabels.alertname }}"
    """
    grouped = _grouped(plan)
    for text in executed_templates(plan):
        reached = [grouped[name] for name in text.receivers if name in grouped]
        for use in text.reads.uses if reached else ():
            if use.source is Source.GROUP_LABELS and not any(
                use.name in labels or "..." in labels for labels in reached
            ):
                said = " and ".join(f"`{name}`" for name in text.receivers)
                yield Finding(
                    f"no route to {said} groups by `{use.name}`: this prints nothing",
                    at=text.piece(use.span),
                    help=f"read `.CommonLabels.{use.name}`, or add it to `group_by`",
                    about=text.about,
                )


@check("notification/annotation", Level.WARNING)
def annotation(plan: Plan) -> Iterator[Finding]:
    """A template prints an annotation that no rule has.

    Why:
        The text has a hole where it should stand, in every notification: the name is misspelt, or the
        rules call it otherwise.

    Fix:
        Write the name as the rules have it.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                title: "{{ .CommonAnnotations.sumary }}"
        ---
        - alert: Down
          expr: up == 0
          annotations: {summary: it is down}

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                title: "{{ .CommonAnnotations.summary }}"
        ---
        - alert: Down
          expr: up == 0
          annotations: {summary: it is down}
    """
    names = {name for alert in alert_labels(plan) for name in alert.rule.annotations}
    for text in executed_templates(plan) if alert_labels(plan) else ():
        for use in text.reads.uses:
            if use.source in _ANNOTATIONS and use.name not in names:
                yield Finding(
                    f"no rule has an annotation `{use.name}`: this prints nothing",
                    at=text.piece(use.span),
                    about=text.about,
                )


@check("notification/label", Level.WARNING)
def label(plan: Plan) -> Iterator[Finding]:
    """A template prints a label that no alert of the rules can have.

    Why:
        The text has a hole where it should stand, in every notification: the name is misspelt, or every
        query drops the label.

    Fix:
        Write the name as the rules have it, or keep the label in the queries.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                text: "{{ range .Alerts }}{{ .Labels.instance }}{{ end }}"
        ---
        - alert: Down
          expr: sum by (job) (up) == 0

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                text: "{{ range .Alerts }}{{ .Labels.job }}{{ end }}"
        ---
        - alert: Down
          expr: sum by (job) (up) == 0
    """
    alerts = alert_labels(plan)
    for text in executed_templates(plan):
        for use in text.reads.uses:
            if use.source not in (Source.LABELS, Source.COMMON_LABELS):
                continue
            if _is_alertname(use.name) and not any(use.name in alert.rule.labels for alert in alerts):
                yield Finding(
                    f"no alert has a label `{use.name}`, as its name is in `alertname`: this prints nothing",
                    at=text.piece(use.span),
                    help="write `alertname`",
                    about=text.about,
                )
            elif (
                alerts
                and all(alert.some_values(use.name) == MISSING for alert in alerts)
                and all(alert.values(use.name) == MISSING for alert in alerts)
            ):
                yield Finding(
                    f"no alert of these rules can have the label `{use.name}`: this prints nothing",
                    at=text.piece(use.span),
                    about=text.about,
                )


def _is_alertname(name: str) -> bool:
    """Whether it is `alertname` written otherwise: labels are compared letter by letter."""
    return name != "alertname" and name.replace("_", "").lower() == "alertname"


def _grouped(plan: Plan) -> dict[str, set[str]]:
    """By receiver: the labels that some route to it groups by."""
    found: dict[str, set[str]] = {}
    if plan.route is None:
        return found
    for path in ((plan.route,), *((*node.above, node.route) for node in routes_below(plan.route))):
        receiver, labels = _inherited(path)
        found.setdefault(receiver, set()).update(labels)
    return found


def _inherited(path: tuple[Route, ...]) -> tuple[str, tuple[str, ...]]:
    receiver = ""
    labels: tuple[str, ...] = ()
    for route in path:
        receiver = route.receiver or receiver
        labels = labels if route.group_by is None else route.group_by
    return receiver, labels
