"""Two plans compared: what the second one does differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diff.affected_alerts import Hits, affected_alerts
from tocsin.diff.build_dag import Trees
from tocsin.diff.changed_receivers import RoutedPlan, with_told
from tocsin.diff.changes import (
    Changes,
    InhibitionChange,
    Notified,
    ReceiverChange,
    RoutingChange,
)
from tocsin.diff.classes import Classes, Comparison, FoundClasses, LabelCondition, TooManyError
from tocsin.diff.groups import changed_groups
from tocsin.diff.inhibitions import lost_inhibitions
from tocsin.diff.labels import changed_labels
from tocsin.diff.paths import classes_along_paths
from tocsin.diff.receivers import sent_settings
from tocsin.diff.recordings import changed_recordings
from tocsin.diff.route_dag import COMMON
from tocsin.diff.rules import alerts_by_key, changed_alerts, intervals_by_rule, pair_rules
from tocsin.diff.slos import changed_slos
from tocsin.plan.model import Route, Timing
from tocsin.plan.parts import sharing_parts
from tocsin.routing.alert_labels import sent_alerts
from tocsin.routing.config import RoutingConfig, routing_config
from tocsin.routing.tree import matching_nodes
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.diff.classes import Pair
    from tocsin.diff.effective_settings import Behaviour
    from tocsin.plan.model import Inhibition, Plan
    from tocsin.routing.alert_labels import AlertLabels

_NOBODY = RoutingConfig(Route((), None, None, Timing(None, None, None), False, (), (), (), Place(())))
"""What stands for the routing of files that have none: nobody is notified of anything."""


def compare(old: Plan, new: Plan) -> Changes:
    """All that changes."""
    old, new = sharing_parts(old, new)
    before, after = _side(old), _side(new)
    alerts = [*sent_alerts(new), *sent_alerts(old)]
    trees = Trees(before.table, after.table)
    routing, complete, undecided, unlisted = _routing(trees, before, after)
    inhibitions = _inhibitions(before.table.inhibitions, after.table.inhibitions, alerts)
    intervals = {**intervals_by_rule(old), **intervals_by_rule(new)}
    told = with_told(changed_alerts(before.rules, after.rules, intervals), before, after)
    return Changes(
        alerts=told.changes,
        routing=routing,
        inhibitions=tuple(inhibitions),
        receivers=tuple(_receivers(old, new)),
        slos=tuple(changed_slos(old, new)),
        complete=complete,
        undecided=undecided,
        unlisted=tuple(sorted(unlisted | told.unlisted)),
        recordings=tuple(changed_recordings(old, new)),
        groups=tuple(changed_groups(old, new)),
        labels=tuple(changed_labels(before, after)),
    )


def _side(plan: Plan) -> RoutedPlan:
    return RoutedPlan(routing_config(plan) or _NOBODY, alerts_by_key(plan))


def _routing(
    trees: Trees, before: RoutedPlan, after: RoutedPlan
) -> tuple[tuple[RoutingChange, ...], bool, tuple[str, ...], frozenset[str]]:
    comparison, classes, complete = _classes(trees)
    found: dict[Pair, Hits] = {}
    unlisted: frozenset[str] = frozenset()
    if classes or not complete:
        found, unlisted = affected_alerts(trees, comparison, *_shared_and_lone(before, after))
    for pair, met in found.items():
        if pair not in classes:
            labels = next(iter((met.sure or met.perhaps or met.lone).values()))
            case = tuple(
                LabelCondition(name, (value,), (), (), value) for name, value in sorted(labels.items())
            )
            classes[pair] = FoundClasses([case], 1)
    changes = tuple(
        sorted(
            (
                _change(trees, before.table, after.table, pair, classes, found.get(pair, Hits()))
                for pair in classes
            ),
            key=lambda one: (one.receivers_before, one.receivers_after, sorted(one.witness.items())),
        )
    )
    return changes, complete, tuple(sorted(comparison.undecided)), unlisted


def _shared_and_lone(before: RoutedPlan, after: RoutedPlan) -> tuple[list[AlertLabels], list[AlertLabels]]:
    """The alerts of both sides, and those of one alone; without those that a server drops."""
    pairs = list(pair_rules(before.rules, after.rules))
    shared: list[AlertLabels] = []
    lone: list[AlertLabels] = []
    for side, keys in ((after, {key for _, key in pairs}), (before, {key for key, _ in pairs})):
        for key, alert in side.alerts.items():
            if alert.dropped_by is None:
                (shared if key in keys else lone).append(alert)
    return shared, lone


def _classes(trees: Trees) -> tuple[Comparison, Classes, bool]:
    """The classes, what has found them, and whether it has found all.

    At first they are distinguished by what differs. Whether somebody is no longer notified, or less often,
    depends on the other stops with the same receivers as well: these then count too.
    """
    comparison = Comparison(trees.forest)
    try:
        marks = trees.marks(comparison.classes(trees.old, trees.new))
        if marks:
            comparison = Comparison(trees.forest, marks=marks)
        return comparison, dict(comparison.classes(trees.old, trees.new)), True
    except TooManyError:
        marks = trees.marks()
        classes = classes_along_paths(trees, marks)
        return Comparison(trees.forest, marks=marks), classes, False


def _change(
    trees: Trees,
    before: RoutingConfig,
    after: RoutingConfig,
    pair: Pair,
    classes: Classes,
    alerts: Hits,
) -> RoutingChange:
    found = classes[pair]
    old, new = (tuple(trees.behaviours[stop] for stop in side if stop > COMMON) for side in pair)
    witness = {values.label: values.example for values in found.cases[0] if values.example}
    shared = tuple(trees.receiver(stop) for stop in pair[0] if stop < COMMON)
    return RoutingChange(
        receivers=receiver_changes(old, new, shared),
        before=old,
        after=new,
        witness=witness,
        receivers_before=tuple(stop.receiver for stop in matching_nodes(before.route, witness)),
        receivers_after=tuple(stop.receiver for stop in matching_nodes(after.route, witness)),
        cases=tuple(found.cases),
        count=found.count,
        alerts=tuple(sorted(alerts.sure)),
        perhaps=tuple(sorted(alerts.perhaps.keys() - alerts.sure.keys())),
    )


def receiver_changes(
    old: Sequence[Behaviour], new: Sequence[Behaviour], shared: Sequence[str] = ()
) -> tuple[Notified, ...]:
    """What changes for each receiver: by the stops of one tree alone, and the receivers of both."""
    found = []
    for name in dict.fromkeys(one.receiver for one in (*old, *new) if one.receiver):
        left, right = ([one for one in side if one.receiver == name] for side in (old, new))
        both = shared.count(name)
        found.append(
            Notified(
                name,
                both + len(left),
                both + len(right),
                tuple(zip(left, right, strict=False)) if len(left) == len(right) else (),
            )
        )
    return tuple(found)


def _inhibitions(
    old: Sequence[Inhibition], new: Sequence[Inhibition], alerts: Sequence[AlertLabels]
) -> Iterator[InhibitionChange]:
    for kind, one, other in (("removed", old, new), ("added", new, old)):
        for rule, example in lost_inhibitions(one, other):
            met = {alert.rule.alert for alert in alerts if alert.may_meet(rule.target)}
            yield InhibitionChange(kind, rule, example, tuple(sorted(met)))


def _receivers(old: Plan, new: Plan) -> Iterator[ReceiverChange]:
    before = {receiver.name: receiver for receiver in old.receivers}
    after = {receiver.name: receiver for receiver in new.receivers}
    for name in sorted({*before, *after}):
        if name not in after:
            yield ReceiverChange("removed", name)
        elif name not in before:
            yield ReceiverChange("added", name)
        elif sent_settings(before[name]) != sent_settings(after[name]):
            yield ReceiverChange("changed", name)
