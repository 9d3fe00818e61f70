"""Alerts that go to others, as they have other labels: by their rules, or by the server that sends them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.diff.arrival import Arrival
from tocsin.diff.changes import AlertChange, Detail
from tocsin.diff.rules import paired
from tocsin.frozen import frozen
from tocsin.routing.tree import stops

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tocsin.diff.rules import Key
    from tocsin.plan.model import Plan, Rule
    from tocsin.routing.table import Table


@frozen
class Side:
    """One of the two plans, its routing and its alerting rules."""

    plan: Plan
    table: Table
    rules: dict[Key, Rule]


def with_told(changes: Iterable[AlertChange], before: Side, after: Side) -> Iterator[AlertChange]:
    """The changes of alerts by name, with the receivers where an alert with other labels goes to others."""
    pairs = {
        (after.rules[key].alert, after.rules[key].severity): (before.rules[one], after.rules[key])
        for one, key in paired(before.rules, after.rules)
    }
    found = []
    unchanged = dict(pairs)
    for change in changes:
        pair = pairs.get((change.alert, change.severity))
        unchanged.pop((change.alert, change.severity), None)
        told = None
        if pair is not None and change.kind in ("changed", "renamed"):
            told = _told(before, pair[0], after, pair[1])
        found.append(change if told is None else replace(change, details=(*change.details, told)))
    found += _sent_otherwise(unchanged, before, after)
    yield from sorted(found, key=lambda one: (one.alert, one.severity, one.kind))


def _sent_otherwise(
    pairs: Mapping[tuple[str, str], tuple[Rule, Rule]], before: Side, after: Side
) -> Iterator[AlertChange]:
    """Those of which the rules are as they were, but the server labels its alerts otherwise."""
    if _labelling(before.plan) == _labelling(after.plan):
        return
    # What the routes do otherwise is told of the routes: here the labels alone differ.
    relabelled = replace(after, table=before.table)
    for (alert, severity), (old, new) in pairs.items():
        told = _told(before, old, relabelled, new)
        if told is not None:
            yield AlertChange("changed", alert, severity, (told,))


def _told(before: Side, old: Rule, after: Side, new: Rule) -> Detail | None:
    """Who is told otherwise, by the labels that are known."""
    was, now = _receivers(before, old), _receivers(after, new)
    return None if was == now else Detail("told", was or None, now or None)


def _receivers(side: Side, rule: Rule) -> str:
    alert = Arrival(rule, side.plan.server)
    if alert.is_dropped:
        return ""
    return ", ".join(stop.receiver for stop in stops(side.table.route, alert.known))


def _labelling(plan: Plan) -> tuple[object, ...]:
    """What the server does to the labels of its alerts, wherever that is written."""
    if plan.server is None:
        return ()
    steps = (
        (one.action, one.sources, one.separator, one.regex, one.target, one.replacement)
        for one in plan.server.relabellings
    )
    return tuple(sorted(plan.server.external_labels.items())), *steps
