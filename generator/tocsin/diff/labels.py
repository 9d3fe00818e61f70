"""Labels of alerts that their server sets or removes differently."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tocsin.diff.changes import LabelChange
from tocsin.diff.rules import is_same_query, pair_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.diff.changed_receivers import RoutedPlan
    from tocsin.plan.model import Server
    from tocsin.routing.alert_labels import AlertLabels

_SEVERAL = "several values"
"""What stands for a label that has not the same value in all alerts of a rule."""


def changed_labels(before: RoutedPlan, after: RoutedPlan) -> Iterator[LabelChange]:
    """Labels that the server sets or removes differently, each with the alerts of which that is so.

    What the rule or the query of an alert says differently is a change of that alert. Where only one side
    has a server, nobody knows what the other adds. Alerts that a server drops have no labels.
    """
    found: dict[_Change, list[str]] = {}
    count = 0
    for one, other in pair_rules(before.rules, after.rules):
        old, new = before.alerts[one], after.alerts[other]
        # The flow of a query costs more than all the rest: it is not inferred where nothing can differ.
        if _steps(old.server) == _steps(new.server):
            count += 1
        elif old.dropped_by is None and new.dropped_by is None:
            count += 1
            for change in _changes(old, new):
                found.setdefault(change, []).append(new.rule.alert)
    for change, alerts in sorted(found.items(), key=lambda one: (one[0].label, one[1])):
        yield LabelChange(*change, tuple(sorted(set(alerts))), len(alerts) == count)


class _Change(NamedTuple):
    label: str
    before: str | None
    after: str | None


def _steps(server: Server | None) -> object:
    """What a server does with labels, wherever that is written."""
    if server is None:
        return None
    steps = [
        (one.action, one.sources, one.separator, one.regex, one.target, one.replacement)
        for one in server.relabellings
    ]
    return dict(server.external_labels), steps


def _changes(old: AlertLabels, new: AlertLabels) -> Iterator[_Change]:
    if (old.server is None) != (new.server is None):
        return
    names = old.written_by_server | new.written_by_server
    if is_same_query(old.rule, new.rule):
        names |= {*old.names, *new.names}
    for name in sorted(names):
        is_of_rule = old.rule.labels.get(name) != new.rule.labels.get(name)
        if is_of_rule or (name == "alertname" and old.rule.alert != new.rule.alert):
            continue
        change = _Change(name, _value(old, name), _value(new, name))
        if change.before != change.after:
            yield change


def _value(alert: AlertLabels, name: str) -> str | None:
    """The value in all alerts of the rule; None where none of them has the label."""
    listed = alert.usual_values(name).listed
    return (next(iter(listed)) or None) if listed is not None and len(listed) == 1 else _SEVERAL
