"""Checks of inhibitions against the alerts that the rules make."""

from __future__ import annotations

from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from tocsin.checks.base import Finding, check
from tocsin.checks.conditions import allowed, impossible
from tocsin.checks.crowd import crowd
from tocsin.checks.inhibit.sides import at_equal, at_source, authored, sides
from tocsin.checks.patterns import misread
from tocsin.checks.unmet import unknown_names
from tocsin.checks.unmet import unmet as why_unmet
from tocsin.diagnostics.model import Level
from tocsin.identity_key import IdentityKey
from tocsin.lang.flow.label_values import MISSING
from tocsin.routing.alert_labels import alert_labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.lang.flow.label_values import LabelValues
    from tocsin.lang.matchers import Matcher
    from tocsin.plan.model import Inhibition, Plan
    from tocsin.routing.alert_labels import AlertLabels

_MOST_PAIRS = 200_000
_FIRST_PAIRS = 20
_MANY = 3


@check("inhibit/unknown-alert", Level.WARNING)
def unknown_alert(plan: Plan) -> Iterator[Finding]:
    """An inhibition asks for an alert by a name that no rule has.

    Why:
        The alert was renamed or removed, or the name is misspelt. The inhibition never acts, and a
        failure of one part pages everybody who depends on it.

    Fix:
        Write the name as it stands in the rules. Give `tocsin check` all rules that it is for.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [alertname="SystemDown"]
            target_matchers: [severity="warning"]
            equal: [instance]
        ---
        - alert: HostDown
          expr: up == 0
          labels: {severity: critical}
        - alert: Load
          expr: node_load1 > 9
          labels: {severity: warning}

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [alertname="HostDown"]
            target_matchers: [severity="warning"]
            equal: [instance]
        ---
        - alert: HostDown
          expr: up == 0
          labels: {severity: critical}
        - alert: Load
          expr: node_load1 > 9
          labels: {severity: warning}
    """
    known = frozenset(alert.rule.alert for alert in alert_labels(plan))
    for rule in authored(plan) if known else ():
        for _, matchers, written in sides(rule):
            for number, name, near in unknown_names(known, matchers):
                if misread(matchers[number]) is not None:
                    # `inhibit/pattern` reports it, with what was meant.
                    continue
                yield Finding(
                    f"no rule has an alert `{name}`",
                    at=written[number],
                    help=f"did you mean `{near}`?" if near else None,
                    about=rule.place,
                )


@check("inhibit/unmet", Level.WARNING)
def unmet(plan: Plan) -> Iterator[Finding]:
    """No alert can meet one side of an inhibition, as none has the label, or only nearly the value.

    Why:
        The label is misspelt, or the queries drop it. The inhibition never acts.

    Fix:
        Write the label and the value as the rules have them.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [severity="critcal"]
            target_matchers: [severity="warning"]
            equal: [instance]
        ---
        - alert: HostDown
          expr: up == 0
          labels: {severity: critical}
        - alert: Load
          expr: node_load1 > 9
          labels: {severity: warning}

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [severity="critical"]
            target_matchers: [severity="warning"]
            equal: [instance]
        ---
        - alert: HostDown
          expr: up == 0
          labels: {severity: critical}
        - alert: Load
          expr: node_load1 > 9
          labels: {severity: warning}
    """
    yield from _never_met(plan, mistakes=True)


@check("inhibit/unused", Level.INFO)
def unused(plan: Plan) -> Iterator[Finding]:
    """None of the rules makes an alert that meets one side of an inhibition.

    Why:
        It may wait for alerts that are still to be written, or be left over from some that are gone.

    Fix:
        Nothing, if it waits. Otherwise take the inhibition away.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [severity="critical"]
            target_matchers: [severity="info"]
            equal: [instance]
        ---
        - alert: HostDown
          expr: up == 0
          labels: {severity: critical}

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [severity="critical"]
            target_matchers: [severity="info"]
            equal: [instance]
        ---
        - alert: HostDown
          expr: up == 0
          labels: {severity: critical}
        - alert: Load
          expr: node_load1 > 9
          labels: {severity: info}
    """
    yield from _never_met(plan, mistakes=False)
    for rule, sources, targets in _acting(plan):
        if _may_wait(rule, sources, targets) and not _may_agree(sources, targets, ("alertname",)):
            yield Finding(
                "no alert of these rules is there as a source and as a target: this never inhibits them",
                at=at_equal(rule, "alertname"),
                about=rule.place,
            )


@check("inhibit/never", Level.WARNING)
def never(plan: Plan) -> Iterator[Finding]:
    """No source and target of an inhibition can ever agree in the labels of `equal`.

    Why:
        For instance, the query of one side drops the label, or an alert that is named as the source has
        to have the name of its target. The inhibition never acts, and a failure of one part pages
        everybody who depends on it.

    Fix:
        Name labels that the cause and its consequences do have in common.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [alertname="HostDown"]
            target_matchers: [severity="warning"]
            equal: [alertname]
        ---
        - alert: HostDown
          expr: up == 0
          labels: {severity: critical}
        - alert: Load
          expr: node_load1 > 9
          labels: {severity: warning}

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [alertname="HostDown"]
            target_matchers: [severity="warning"]
            equal: [instance]
        ---
        - alert: HostDown
          expr: up == 0
          labels: {severity: critical}
        - alert: Load
          expr: node_load1 > 9
          labels: {severity: warning}
    """
    for rule, sources, targets in _acting(plan):
        if not rule.equal or _may_agree(sources, targets, rule.equal):
            continue
        label = next((label for label in rule.equal if not _may_agree(sources, targets, (label,))), None)
        if label == "alertname" and _may_wait(rule, sources, targets):
            continue
        first, second = sources[0].alert.rule.alert, targets[0].alert.rule.alert
        if label is None:
            said = ", ".join(f"`{one}`" for one in rule.equal)
            message = f"no source and target can agree in all of {said}: this never inhibits"
        elif label == "alertname":
            message = "no source has the `alertname` of a target: this never inhibits"
        else:
            message = f"no source and target can agree in `{label}`: this never inhibits"
        yield Finding(
            message,
            at=at_equal(rule, label or rule.equal[0]),
            also=(
                (sources[0].alert.rule.written.name, f"a source, such as `{first}`"),
                (targets[0].alert.rule.written.name, f"a target, such as `{second}`"),
            ),
            help="name labels that sources and targets have in common",
            about=rule.place,
        )


@check("inhibit/missing-label", Level.WARNING)
def missing_label(plan: Plan) -> Iterator[Finding]:
    """Neither the sources nor the targets of an inhibition can have a label of its `equal`.

    Why:
        Alertmanager takes a label that is missing on both sides as equal. The label was to bind the
        cause to its own consequences, and binds nothing: the inhibition acts on unrelated alerts as well.

    Fix:
        Name labels that both sides carry, or keep this one in the queries.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [alertname="ShopDown"]
            target_matchers: [severity="warning"]
            equal: [instance]
        ---
        - alert: ShopDown
          expr: sum(up{job="shop"}) == 0
          labels: {severity: critical}
        - alert: Slow
          expr: avg by (job) (latency_seconds) > 1
          labels: {severity: warning}

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [alertname="ShopDown"]
            target_matchers: [severity="warning"]
            equal: [job]
        ---
        - alert: ShopDown
          expr: sum by (job) (up{job="shop"}) == 0
          labels: {severity: critical}
        - alert: Slow
          expr: avg by (job) (latency_seconds) > 1
          labels: {severity: warning}
    """
    for rule, sources, targets in _acting(plan):
        if "alertname" in rule.equal:
            continue
        for label in rule.equal:
            both = (*sources, *targets)
            if all(side.some_values(label) == MISSING for side in both) and all(
                side.values(label) == MISSING for side in both
            ):
                first, second = sources[0].alert.rule, targets[0].alert.rule
                yield Finding(
                    f"no alert on either side has `{label}`; a missing label counts as equal, so it has no "
                    "effect here",
                    at=at_equal(rule, label),
                    also=(
                        (first.written.expr, f"`{first.alert}` cannot have it"),
                        (second.written.expr, f"`{second.alert}` cannot have it"),
                    ),
                    help="name labels that both sides carry",
                    about=rule.place,
                )


@check("inhibit/unrelated", Level.WARNING)
def unrelated(plan: Plan) -> Iterator[Finding]:
    """An alert for one thing silences another severity of it for all others, as `equal` lacks their label.

    Why:
        Both queries return one series for each of them, such as each `instance`. With `alertname` alone
        in `equal`, the first machine whose disk is full silences the warnings of all the others.

    Fix:
        Add to `equal` the labels that tell the things apart.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [severity="critical"]
            target_matchers: [severity="warning"]
            equal: [alertname]
        ---
        - alert: DiskFull
          expr: max by (instance) (disk_used_ratio) > 0.95
          labels: {severity: critical}
        - alert: DiskFull
          expr: max by (instance) (disk_used_ratio) > 0.8
          labels: {severity: warning}

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [severity="critical"]
            target_matchers: [severity="warning"]
            equal: [alertname, instance]
        ---
        - alert: DiskFull
          expr: max by (instance) (disk_used_ratio) > 0.95
          labels: {severity: critical}
        - alert: DiskFull
          expr: max by (instance) (disk_used_ratio) > 0.8
          labels: {severity: warning}
    """
    for rule, sources, targets in _acting(plan):
        if "alertname" not in rule.equal:
            continue
        equal = frozenset(rule.equal)
        by_name = {side.alert.rule.alert: side for side in targets}
        for source in sources:
            target = by_name.get(source.alert.rule.alert)
            # Where one side has no others than those of `equal`, the other one need not be looked at.
            if target is None or not _apart(source.alert) - equal:
                continue
            apart = sorted(_apart(source.alert) & _apart(target.alert))
            if apart and not equal & {*apart} and _agree(source, target, rule.equal):
                named = ", ".join(f"`{label}`" for label in apart)
                yield Finding(
                    f"`{source.alert.rule.alert}` of one {named} silences that of every other one",
                    at=at_equal(rule, "alertname"),
                    also=(
                        (source.alert.rule.written.expr, f"one alert for each {named}"),
                        (target.alert.rule.written.expr, "silenced for all of them"),
                    ),
                    help=f"add {named} to `equal`",
                    about=rule.place,
                )
                break


class _Side:
    """An alert on one side of an inhibition, with what its labels can be there."""

    def __init__(self, alert: AlertLabels, matchers: Sequence[Matcher]) -> None:
        self.alert = alert
        self._matchers = matchers

    @cached_property
    def _labels(self) -> dict[str, LabelValues]:
        return self.alert.narrowed(self._matchers)

    def values(self, label: str) -> LabelValues:
        """All that a label can be."""
        found = self._labels.get(label)
        return self.alert.values(label) if found is None else found

    def some_values(self, label: str) -> LabelValues:
        """What it can be at least; to know the rest can be dear."""
        found = self._labels.get(label)
        return self.alert.some_values(label) if found is None else found


def _acting(plan: Plan) -> tuple[tuple[Inhibition, list[_Side], list[_Side]], ...]:
    """The inhibitions with their sources and targets, where there are some on both sides."""
    return _acting_of(IdentityKey(plan))


@lru_cache(maxsize=1)
def _acting_of(key: IdentityKey[Plan]) -> tuple[tuple[Inhibition, list[_Side], list[_Side]], ...]:
    return tuple(_with_sides(key.one))


def _with_sides(plan: Plan) -> Iterator[tuple[Inhibition, list[_Side], list[_Side]]]:
    alerts = crowd(plan)
    for rule in authored(plan):
        met = [alerts.meeting(matchers) for _, matchers, _ in sides(rule)]
        if all(met):
            found = [
                [_Side(alert, matchers) for alert in side]
                for side, (_, matchers, _) in zip(met, sides(rule), strict=True)
            ]
            yield rule, found[0], found[1]


def _may_agree(sources: Sequence[_Side], targets: Sequence[_Side], equal: tuple[str, ...]) -> bool:
    """Whether a source and a target can agree in all the labels; with too many to tell, they may."""
    if any(_clearly_agree(*pair, equal) for pair in islice(_near(sources, targets), _FIRST_PAIRS)):
        return True
    left, right = ({_texts(side, equal) for side in found} for found in (sources, targets))
    if left & right or len(left) * len(right) > _MOST_PAIRS:
        return True
    return any(_overlap(one, other) for one in left for other in right)


def _near(sources: Sequence[_Side], targets: Sequence[_Side]) -> Iterator[tuple[_Side, _Side]]:
    """Pairs that may well agree: those of one name, then any."""
    by_name = {side.alert.rule.alert: side for side in targets}
    for source in sources:
        if source.alert.rule.alert in by_name:
            yield source, by_name[source.alert.rule.alert]
    yield from zip(sources, targets, strict=False)


def _clearly_agree(source: _Side, target: _Side, equal: tuple[str, ...]) -> bool:
    return all(not source.some_values(one).both(target.some_values(one)).is_empty for one in equal)


def _agree(source: _Side, target: _Side, equal: tuple[str, ...]) -> bool:
    left, right = _texts(source, equal), _texts(target, equal)
    return left == right or _overlap(left, right)


def _texts(side: _Side, labels: tuple[str, ...]) -> tuple[LabelValues, ...]:
    return tuple(side.values(label) for label in labels)


def _overlap(left: tuple[LabelValues, ...], right: tuple[LabelValues, ...]) -> bool:
    return all(not one.both(other).is_empty for one, other in zip(left, right, strict=True))


def _apart(alert: AlertLabels) -> set[str]:
    """The labels of which the query returns one series for each value."""
    flow = alert.flow
    if flow is None or flow.is_open:
        return set()
    return {
        name
        for name in (*flow.guaranteed, *flow.possible)
        if name not in alert.rule.labels and (texts := flow.label(name).texts).listed is None and texts
    }


def _may_wait(rule: Inhibition, sources: Sequence[_Side], targets: Sequence[_Side]) -> bool:
    """Whether an inhibition is for all alerts with two severities, and only a few alerts are there yet.

    It names no alert, but asks for one name. Where many alerts are on both sides and none of them is on
    both, the names of the severities differ, and it is a mistake.
    """
    if "alertname" not in rule.equal or min(len(sources), len(targets)) >= _MANY:
        return False
    return all(one.name != "alertname" for one in (*rule.source, *rule.target))


def _never_met(plan: Plan, *, mistakes: bool) -> Iterator[Finding]:
    alerts = crowd(plan)
    for rule in authored(plan):
        for side, matchers, written in sides(rule):
            if any(misread(one) is not None for one in matchers):
                # `inhibit/pattern` reports it, with what was meant.
                continue
            reason = None if impossible(allowed(matchers)) else why_unmet(alerts, matchers)
            if reason is not None and reason.is_mistake == mistakes:
                yield Finding(
                    f"{reason.message}: the {side} is never there",
                    at=at_source(rule) if reason.number is None else written[reason.number],
                    help=reason.help,
                    about=rule.place,
                )
