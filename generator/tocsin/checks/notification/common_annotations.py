"""A check of common annotations, which exist only where all alerts of a group share their value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.notification_texts import executed_templates
from tocsin.diagnostics.model import Level
from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.alert_data import reads
from tocsin.lang.gotemplate.notification_data import Source
from tocsin.routing.reachability import RouteTree, reachability
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.plan.model import Plan
    from tocsin.routing.alert_labels import AlertLabels
    from tocsin.routing.reachability import Reachability
    from tocsin.routing.tree import MatchedNode

_MOST_LABELS = 3


@check("notification/common-annotation", Level.WARNING)
def common_annotation(plan: Plan) -> Iterator[Finding]:
    """A template prints a common annotation that differs between the alerts of one group.

    Why:
        `.CommonAnnotations` has what all alerts of a notification say alike. Where the text of a rule holds
        `$labels.instance` or `$value`, and the group is not by `instance`, it is there as long as one alert
        fires, and blank from the second one on: when much is broken, the message is empty.

    Fix:
        Print it of each alert, inside `range .Alerts`, or group by the label that it differs by.

    Bad:
        route: {receiver: all, group_by: [alertname]}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                text: "{{ .CommonAnnotations.summary }}"
        ---
        - alert: Down
          expr: up == 0
          annotations: {summary: "{{ $labels.instance }} is down"}

    Good:
        route: {receiver: all, group_by: [alertname]}
        receivers:
          - name: all
            slack_configs:
              - api_url: http://hooks.example/slack
                text: "{{ range .Alerts }}{{ .Annotations.summary }} {{ end }}"
        ---
        - alert: Down
          expr: up == 0
          annotations: {summary: "{{ $labels.instance }} is down"}
    """
    printed = [
        (text, use)
        for text in executed_templates(plan)
        for use in text.reads.uses
        if use.source is Source.COMMON_ANNOTATIONS
    ]
    # Most templates print none, and then no alert needs to be looked at.
    ways = reachability(plan) if printed else None
    groups = [] if ways is None else list(_groups(ways))
    for text, use in printed if groups else ():
        coming = (one for one in groups if one.receiver in text.receivers)
        # The first group that shows it is example enough.
        found = next(filter(None, (_difference(one, use.name) for one in coming)), None)
        if found is not None:
            alert, by, labels = found
            grouping = f", or group by {labels}" if labels else ""
            yield Finding(
                f"this is blank when two alerts of `{alert.rule.alert}` are in one group: "
                f"they differ in their {use.name} by {by}",
                at=text.piece(use.span),
                also=((alert.rule.written.annotations[use.name], "the text of each alert"),),
                help=f"print `.Annotations.{use.name}` inside `{{{{ range .Alerts }}}}`{grouping}",
                about=text.about,
            )


@value_object
class _Group:
    """The alerts that end at a route: who is notified, and by which labels they are grouped."""

    receiver: str
    labels: tuple[str, ...]
    alerts: tuple[AlertLabels, ...]


def _groups(ways: Reachability) -> Iterator[_Group]:
    """The groups of all alerts, with the labels that they usually have."""
    tree = RouteTree(ways.root)
    found: dict[int, tuple[MatchedNode, list[AlertLabels]]] = {}
    for alert_class in ways.classes:
        stops = (stop for way in tree.ways(alert_class.alerts[0]).ways for stop in way.stops)
        for stop in {id(one.route): one for one in stops}.values():
            found.setdefault(id(stop.route), (stop, []))[1].extend(alert_class.alerts)
    for stop, alerts in found.values():
        if "..." not in stop.group_by:
            yield _Group(stop.receiver, stop.group_by, tuple(alerts))


def _difference(group: _Group, name: str) -> tuple[AlertLabels, str, str] | None:
    """An alert whose annotation differs within the group, what it differs by, and labels that part all."""
    differing = []
    labels: dict[str, None] = {}
    by_value = False
    for alert in group.alerts:
        found = _differs_by(alert, name, group.labels)
        if found is not None:
            differing.append((alert, found))
            labels.update(dict.fromkeys(found))
            by_value = by_value or not found
    if not differing:
        return None
    alert, found = differing[0]
    by = " and ".join(f"`{label}`" for label in found) or "their value"
    parting = "" if by_value or len(labels) > _MOST_LABELS else " and ".join(f"`{one}`" for one in labels)
    return alert, by, parting


def _differs_by(alert: AlertLabels, name: str, grouped: Sequence[str]) -> list[str] | None:
    """The labels that an annotation differs by in a group; empty for the value, None for nothing."""
    text = alert.rule.annotations.get(name, "")
    if "{{" not in text or name not in alert.rule.written.annotations or alert.flow is None:
        return None
    try:
        read = reads(text)
    except LangError:
        return None
    labels = dict.fromkeys(use.name for use in read.labels)
    if "instance" in grouped:
        # An address is a target of one job.
        labels.pop("job", None)
    differing = [label for label in labels if label not in grouped and _varies(alert, label)]
    if differing:
        return differing
    # Series that are scraped differ by their instance, unless the query puts them together.
    parting = {"instance", *alert.flow.possible} - {*grouped}
    several = not alert.flow.has_one_series and any(_varies(alert, label) for label in parting)
    return [] if read.mentions_value and several else None


def _varies(alert: AlertLabels, label: str) -> bool:
    """Whether the query of a rule may return a label with more than one value."""
    fact = None if alert.flow is None else alert.flow.label(label)
    if fact is None or fact.is_impossible:
        return False
    return fact.values is None or len(fact.values) > 1
