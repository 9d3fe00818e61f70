"""Checks of inhibitions against the alerts that the rules make."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.checks.base import Finding, check
from tocsin.checks.conditions import allowed, impossible
from tocsin.checks.crowd import crowd
from tocsin.checks.inhibit.sides import at_equal, at_source, authored, sides
from tocsin.checks.same import Same
from tocsin.checks.sent import narrowed, sent
from tocsin.checks.unmet import unknown_names
from tocsin.checks.unmet import unmet as why_unmet
from tocsin.diagnostics.model import Level
from tocsin.lang.flow.label_values import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.checks.sent import Sent
    from tocsin.lang.flow.label_values import LabelValues
    from tocsin.plan.model import Inhibition, Plan

_MOST_PAIRS = 200_000


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
    known = frozenset(alert.rule.alert for alert in sent(plan))
    for rule in authored(plan) if known else ():
        for _, matchers, written in sides(rule):
            for number, name, near in unknown_names(known, matchers):
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


@check("inhibit/never", Level.WARNING)
def never(plan: Plan) -> Iterator[Finding]:
    """No source and target of an inhibition can ever agree in the labels of `equal`.

    Why:
        For instance, no critical alert has the name of a warning, or the query of one side drops the
        label. The inhibition never acts, and a failure of one part pages everybody who depends on it.

    Fix:
        Name labels that the cause and its consequences do have in common.

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
    for rule, sources, targets in _acting(plan):
        if not rule.equal or _some_pair(sources, targets, rule.equal) is not None:
            continue
        if len(_distinct(sources, rule.equal)) * len(_distinct(targets, rule.equal)) > _MOST_PAIRS:
            continue
        label = next((label for label in rule.equal if _some_pair(sources, targets, (label,)) is None), None)
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
            if all(side.texts(label) == MISSING for side in (*sources, *targets)):
                first, second = sources[0].alert.rule, targets[0].alert.rule
                yield Finding(
                    f"neither side can have `{label}`, which counts as equal: it binds nothing",
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
        by_name = {side.alert.rule.alert: side for side in targets}
        for source in sources:
            target = by_name.get(source.alert.rule.alert)
            if target is None or _some_pair([source], [target], rule.equal) is None:
                continue
            apart = sorted(_apart(source.alert) & _apart(target.alert))
            if apart and not set(apart) & set(rule.equal):
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

    def __init__(self, alert: Sent, labels: dict[str, LabelValues]) -> None:
        self.alert = alert
        self._labels = labels

    def texts(self, label: str) -> LabelValues:
        """All that a label can be."""
        found = self._labels.get(label)
        return self.alert.texts(label) if found is None else found


def _acting(plan: Plan) -> tuple[tuple[Inhibition, list[_Side], list[_Side]], ...]:
    """The inhibitions with their sources and targets, where there are some on both sides."""
    return _acting_of(Same(plan))


@lru_cache(maxsize=1)
def _acting_of(key: Same[Plan]) -> tuple[tuple[Inhibition, list[_Side], list[_Side]], ...]:
    return tuple(_with_sides(key.one))


def _with_sides(plan: Plan) -> Iterator[tuple[Inhibition, list[_Side], list[_Side]]]:
    alerts = crowd(plan)
    for rule in authored(plan):
        met = [alerts.meeting(matchers) for _, matchers, _ in sides(rule)]
        if all(met):
            found = [
                [_Side(alert, narrowed(alert, matchers)) for alert in side]
                for side, (_, matchers, _) in zip(met, sides(rule), strict=True)
            ]
            yield rule, found[0], found[1]


def _some_pair(
    sources: Sequence[_Side], targets: Sequence[_Side], equal: tuple[str, ...]
) -> tuple[_Side, _Side] | None:
    """A source and a target that can agree in all the labels."""
    left, right = _distinct(sources, equal), _distinct(targets, equal)
    common = left.keys() & right.keys()
    for texts in common:
        return left[texts], right[texts]
    if len(left) * len(right) > _MOST_PAIRS:
        return None
    for one, source in left.items():
        for other, target in right.items():
            if all(not a.both(b).is_empty for a, b in zip(one, other, strict=True)):
                return source, target
    return None


def _distinct(found: Sequence[_Side], equal: tuple[str, ...]) -> dict[tuple[LabelValues, ...], _Side]:
    kinds: dict[tuple[LabelValues, ...], _Side] = {}
    for side in found:
        kinds.setdefault(tuple(side.texts(label) for label in equal), side)
    return kinds


def _apart(alert: Sent) -> set[str]:
    """The labels of which the query returns one series for each value."""
    flow = alert.flow
    if flow is None or flow.is_open:
        return set()
    return {
        name
        for name in (*flow.guaranteed, *flow.possible)
        if name not in alert.rule.labels and (texts := flow.label(name).texts).listed is None and texts
    }


def _never_met(plan: Plan, *, mistakes: bool) -> Iterator[Finding]:
    alerts = crowd(plan)
    for rule in authored(plan):
        for side, matchers, written in sides(rule):
            reason = None if impossible(allowed(matchers)) else why_unmet(alerts, matchers)
            if reason is not None and reason.is_mistake == mistakes:
                yield Finding(
                    f"{reason.message}: the {side} is never there",
                    at=at_source(rule) if reason.number is None else written[reason.number],
                    help=reason.help,
                    about=rule.place,
                )
