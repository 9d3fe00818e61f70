"""Sources and targets of inhibitions among the alerts of a plan, and which of them can agree in labels."""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.checks.framework.alert_index import index_alerts
from tocsin.checks.framework.same_query import same_queries
from tocsin.checks.inhibit.sides import sides, written_inhibitions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.lang.flow.label_values import LabelValues
    from tocsin.plan.model import Inhibition, Plan
    from tocsin.routing.alert_labels import AlertLabels

_MOST_PAIRS = 200_000
_FIRST_PAIRS = 20
_MANY = 3


class InhibitionSide:
    """An alert on one side of an inhibition, with what its labels can be there."""

    def __init__(self, alert: AlertLabels, matchers: Sequence[Matcher]) -> None:
        self.alert = alert
        self._matchers = matchers

    @cached_property
    def _labels(self) -> dict[str, LabelValues]:
        return self.alert.narrowed(self._matchers)

    @property
    def can_fire(self) -> bool:
        """Whether its query can return anything."""
        return self.alert.flow is None or self.alert.flow.empty is None

    def values(self, label: str) -> LabelValues:
        """All that a label can be."""
        found = self._labels.get(label)
        return self.alert.values(label) if found is None else found

    def some_values(self, label: str) -> LabelValues:
        """What it can be at least; to know the rest can be dear."""
        found = self._labels.get(label)
        return self.alert.some_values(label) if found is None else found


@answered_once
def effective_inhibitions(
    plan: Plan,
) -> tuple[tuple[Inhibition, list[InhibitionSide], list[InhibitionSide]], ...]:
    """The inhibitions with their sources and targets, where there are some on both sides."""
    return tuple(_with_sides(plan))


def _with_sides(plan: Plan) -> Iterator[tuple[Inhibition, list[InhibitionSide], list[InhibitionSide]]]:
    alerts = index_alerts(plan)
    for rule in written_inhibitions(plan):
        met = [alerts.meeting(matchers) for _, matchers, _ in sides(rule)]
        if all(met):
            found = [
                [InhibitionSide(alert, matchers) for alert in side]
                for side, (_, matchers, _) in zip(met, sides(rule), strict=True)
            ]
            yield rule, found[0], found[1]


def may_agree(
    sources: Sequence[InhibitionSide], targets: Sequence[InhibitionSide], equal: tuple[str, ...]
) -> bool:
    """Whether a source and a target can agree in all the labels; with too many to tell, they may."""
    if any(_clearly_agree(*pair, equal) for pair in islice(_near(sources, targets), _FIRST_PAIRS)):
        return True
    left, right = ({_texts(side, equal) for side in found} for found in (sources, targets))
    if left & right or len(left) * len(right) > _MOST_PAIRS:
        return True
    return any(_overlap(one, other) for one in left for other in right)


def _near(
    sources: Sequence[InhibitionSide], targets: Sequence[InhibitionSide]
) -> Iterator[tuple[InhibitionSide, InhibitionSide]]:
    """Pairs that may well agree: those of one name, then any."""
    by_name = {side.alert.rule.alert: side for side in targets}
    for source in sources:
        if source.alert.rule.alert in by_name:
            yield source, by_name[source.alert.rule.alert]
    yield from zip(sources, targets, strict=False)


def _clearly_agree(source: InhibitionSide, target: InhibitionSide, equal: tuple[str, ...]) -> bool:
    return all(not source.some_values(one).both(target.some_values(one)).is_empty for one in equal)


def can_agree(source: InhibitionSide, target: InhibitionSide, equal: tuple[str, ...]) -> bool:
    """Whether a source and a target can have the same values of all the labels."""
    left, right = _texts(source, equal), _texts(target, equal)
    return left == right or _overlap(left, right)


def _texts(side: InhibitionSide, labels: tuple[str, ...]) -> tuple[LabelValues, ...]:
    return tuple(side.values(label) for label in labels)


def _overlap(left: tuple[LabelValues, ...], right: tuple[LabelValues, ...]) -> bool:
    return all(not one.both(other).is_empty for one, other in zip(left, right, strict=True))


def separating_labels(alert: AlertLabels) -> set[str]:
    """The labels of which the query returns one series for each value."""
    flow = alert.flow
    if flow is None or flow.is_open:
        return set()
    return {
        name
        for name in (*flow.guaranteed, *flow.possible)
        if name not in alert.rule.labels and (texts := flow.label(name).texts).listed is None and texts
    }


def is_step_of_ladder(plan: Plan, rule: Inhibition) -> bool:
    """Whether an inhibition of the same form acts for another severity: this step awaits alerts.

    kube-prometheus inhibits `warning` by `critical`, and `info` by `warning`, whatever alerts there are.
    """
    form = _form(rule)
    return all(names == form[0] and "alertname" not in names for names in form[:2]) and any(
        other is not rule and _form(other) == form and may_agree(sources, targets, other.equal)
        for other, sources, targets in effective_inhibitions(plan)
    )


def _form(rule: Inhibition) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The labels of an inhibition, without their values."""
    return tuple(one.name for one in rule.source), tuple(one.name for one in rule.target), rule.equal


def may_await_others(
    plan: Plan, rule: Inhibition, sources: Sequence[InhibitionSide], targets: Sequence[InhibitionSide]
) -> bool:
    """Whether an inhibition is for all alerts with two severities, and only a few alerts are there yet.

    It names no alert, but asks for one name. It is a mistake where many alerts are on both sides, or where
    a source and a target compare the same query: then the names of the severities differ.
    """
    if "alertname" not in rule.equal or min(len(sources), len(targets)) >= _MANY:
        return False
    if any(one.name == "alertname" for one in (*rule.source, *rule.target)):
        return False
    first, second = ({id(side.alert.rule) for side in found} for found in (sources, targets))
    return not any(
        (id(one.rule) in first and id(other.rule) in second)
        or (id(other.rule) in first and id(one.rule) in second)
        for one, other in same_queries(plan, lambda _: True, lambda rule: id(rule) in first | second)
    )
