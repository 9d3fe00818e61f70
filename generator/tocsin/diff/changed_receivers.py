"""Alerts whose receivers change with their labels: through rules, recording rules, or the server."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.diff.changes import AlertChange, Detail
from tocsin.diff.rules import pair_rules, sorted_changes, variants
from tocsin.routing.reachability import RouteTree
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tocsin.diff.rules import Key
    from tocsin.plan.model import Rule
    from tocsin.routing.alert_labels import AlertLabels
    from tocsin.routing.config import RoutingConfig


class RoutedPlan:
    """One of the two plans: its routing, and its alerting rules with the labels of their alerts."""

    def __init__(self, table: RoutingConfig, alerts: Mapping[Key, AlertLabels]) -> None:
        self.table = table
        self.alerts = alerts
        self.rules: dict[Key, Rule] = {key: alert.rule for key, alert in alerts.items()}
        self.variants = variants(self.rules)
        self.tree = RouteTree(table.route)


@value_object
class AlertChanges:
    """Changes of alerts, and those of which it is not known who is notified, as there are too many ways."""

    changes: tuple[AlertChange, ...]
    unlisted: frozenset[str]


def with_told(changes: Iterable[AlertChange], before: RoutedPlan, after: RoutedPlan) -> AlertChanges:
    """The changes of alerts by name, with the receivers where an alert with other labels goes to others."""
    unlisted: set[str] = set()
    pairs = {
        (*key[:2], after.variants[key]): (before.alerts[one], after.alerts[key])
        for one, key in pair_rules(before.rules, after.rules)
    }
    found = []
    unchanged = dict(pairs)
    for change in changes:
        pair = pairs.get((change.alert, change.severity, change.variant))
        told = None
        if pair is not None and change.kind in ("changed", "renamed"):
            unchanged.pop((change.alert, change.severity, change.variant), None)
            told = _told(before.tree, pair[0], after.tree, pair[1], unlisted)
        elif change.kind == "removed":
            told = _of_one_side(change, before, "removed")
        elif change.kind == "added":
            told = _of_one_side(change, after, "added")
        found.append(change if told is None else replace(change, details=(*change.details, told)))
    found += _labelled_otherwise(unchanged, before, unlisted)
    return AlertChanges(tuple(sorted_changes(found)), frozenset(unlisted))


def _of_one_side(change: AlertChange, side: RoutedPlan, kind: str) -> Detail | None:
    """The receivers of an alert that only one side has; None where there are none, or too many ways."""
    unknown: set[str] = set()
    ways: set[tuple[str, ...]] = set()
    for key, alert in side.alerts.items():
        if (*key[:2], side.variants[key]) == (change.alert, change.severity, change.variant):
            ways |= _receivers(side.tree, alert, unknown)
    said = None if unknown else _said(frozenset(ways))
    if said is None:
        return None
    return Detail("notified", said, None) if kind == "removed" else Detail("notified", None, said)


def _labelled_otherwise(
    pairs: Mapping[tuple[str, str, str], tuple[AlertLabels, AlertLabels]],
    before: RoutedPlan,
    unlisted: set[str],
) -> Iterator[AlertChange]:
    """Alerts with unchanged rules whose labels change through recording rules or the server."""
    # What the routes do otherwise is reported of the routes: here the labels alone differ.
    for (alert, severity, variant), (old, new) in pairs.items():
        told = _told(before.tree, old, before.tree, new, unlisted)
        if told is not None:
            yield AlertChange("changed", alert, severity, (told,), variant)


def _told(
    before: RouteTree, old: AlertLabels, after: RouteTree, new: AlertLabels, unlisted: set[str]
) -> Detail | None:
    """The changes of receivers; the name of an alert with too many ways is added to `unlisted`."""
    if before is after and old.is_same(new):
        return None
    if before is after and old.dropped_by is new.dropped_by and before.sets(old) == before.sets(new):
        return None
    was, now = _receivers(before, old, unlisted), _receivers(after, new, unlisted)
    if was == now:
        return None
    return Detail("notified", _said(was), _said(now))


def _receivers(tree: RouteTree, alert: AlertLabels, unlisted: set[str]) -> frozenset[tuple[str, ...]]:
    """The receivers of each way that the alerts can take."""
    if alert.dropped_by is not None:
        return frozenset()
    found = tree.ways(alert)
    if not found.complete:
        unlisted.add(alert.rule.alert)
    # In which order receivers are notified is not a difference.
    return frozenset(tuple(sorted(filter(None, way.receivers))) for way in found.ways)


def _said(ways: frozenset[tuple[str, ...]]) -> str | None:
    counted = (Counter(one) for one in sorted(ways))
    texts = (
        ", ".join(name if count == 1 else f"{name} ({count} times)" for name, count in one.items())
        for one in counted
    )
    return " or ".join(text or "nobody" for text in texts) if any(ways) else None
