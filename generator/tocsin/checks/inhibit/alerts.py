"""Checks of inhibitions against the alerts that the rules make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.alert_index import index_alerts
from tocsin.checks.framework.alert_names import labels_for_alertname
from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.matcher_sets import allowed_label_values, is_impossible
from tocsin.checks.framework.unmatched import Unmet, unknown_names
from tocsin.checks.framework.unmatched import why_unmatched as why_unmet
from tocsin.checks.inhibit.pairs import (
    can_agree,
    effective_inhibitions,
    is_step_of_ladder,
    may_agree,
    may_await_others,
    separating_labels,
)
from tocsin.checks.inhibit.sides import at_equal, at_source, sides, written_inhibitions
from tocsin.diagnostics.model import Level
from tocsin.lang.alertmanager.misread_matchers import why_misread
from tocsin.lang.flow.label_values import MISSING
from tocsin.routing.alert_labels import alert_labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tocsin.checks.framework.alert_index import AlertIndex
    from tocsin.checks.inhibit.pairs import InhibitionSide
    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.plan.model import Inhibition, Plan

_SEVERITIES = frozenset({"severity", "level", "priority", "criticality"})
"""How rules call the label that says how grave an alert is."""


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
    for rule in written_inhibitions(plan) if known else ():
        for _, matchers, written in sides(rule):
            for number, name, near in unknown_names(known, matchers):
                if why_misread(matchers[number]) is not None:
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
        It may wait for alerts that are still to be written, or be left over from some that are gone. One
        from a severity to another is for whatever alerts there will be.

    Fix:
        Nothing, if it waits. Otherwise remove the inhibition.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [layer="host"]
            target_matchers: [layer="app"]
            equal: [instance]
        ---
        - alert: HostDown
          expr: up == 0
          labels: {layer: host}

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [layer="host"]
            target_matchers: [layer="app"]
            equal: [instance]
        ---
        - alert: HostDown
          expr: up == 0
          labels: {layer: host}
        - alert: Load
          expr: node_load1 > 9
          labels: {layer: app}
    """
    yield from _never_met(plan, mistakes=False)


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
    for rule, sources, targets in effective_inhibitions(plan):
        if not rule.equal or may_agree(sources, targets, rule.equal):
            continue
        label = next((label for label in rule.equal if not may_agree(sources, targets, (label,))), None)
        if label == "alertname" and (
            is_step_of_ladder(plan, rule) or may_await_others(plan, rule, sources, targets)
        ):
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
    for rule, sources, targets in effective_inhibitions(plan):
        if "alertname" in rule.equal:
            continue
        # `inhibit/alertname` says what is meant by them.
        of_alerts = frozenset(labels_for_alertname(plan, rule.equal))
        for label in rule.equal:
            if label in of_alerts:
                continue
            both = (*sources, *targets)
            # A server of which nothing is known may add it; then it would still tell nothing apart there.
            is_sure = len(rule.equal) == 1 and (_is_between_alerts(rule) or label in _OF_SERIES)
            if all(side.some_values(label) == MISSING for side in both) and (
                is_sure or all(side.values(label) == MISSING for side in both)
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


_OF_SERIES = frozenset({"instance", "pod", "container", "node", "device", "dev", "mountpoint", "hostname"})
"""Labels that no server adds to all that it sends: they are of the series, or there are none."""


def _is_between_alerts(rule: Inhibition) -> bool:
    """Whether both sides name their alerts, and each alert either always or never has the label."""
    sides = (rule.source, rule.target)
    return all(any(one.name == "alertname" and one.op == "=" for one in side) for side in sides)


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
    for rule, sources, targets in effective_inhibitions(plan):
        if "alertname" not in rule.equal:
            continue
        equal = frozenset(rule.equal)
        by_name: dict[str, list[InhibitionSide]] = {}
        for side in targets:
            by_name.setdefault(side.alert.rule.alert, []).append(side)
        for source in sources:
            namesakes = by_name.get(source.alert.rule.alert, ())
            # Where one side has no others than those of `equal`, the other one need not be looked at.
            if not namesakes or not separating_labels(source.alert) - equal or not source.can_fire:
                continue
            target = next((side for side in reversed(namesakes) if side.can_fire), None)
            if target is None:
                continue
            apart = sorted(separating_labels(source.alert) & separating_labels(target.alert))
            if apart and not equal & {*apart} and can_agree(source, target, rule.equal):
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


def _severities_set(alerts: AlertIndex) -> dict[str, set[str]]:
    """The values that rules set of each label for severities."""
    found: dict[str, set[str]] = {}
    for alert in alerts.alerts:
        for name in _SEVERITIES & alert.rule.labels.keys():
            found.setdefault(name, set()).add(alert.rule.labels[name])
    return found


def _asks_other_severity(by_name: Mapping[str, set[str]], matchers: Sequence[Matcher]) -> Unmet | None:
    """A severity that is asked of a label which no rule sets, where the rules set it in another one."""
    for number, one in enumerate(matchers):
        if one.op != "=" or one.name not in _SEVERITIES or one.name in by_name:
            continue
        for label, values in sorted(by_name.items()):
            if one.value in values:
                message = f"no rule sets `{one.name}`, and `{one.value}` is in `{label}`"
                return Unmet(message, number, True, f'write `{label}="{one.value}"`')
    return None


def _never_met(plan: Plan, *, mistakes: bool) -> Iterator[Finding]:
    alerts = index_alerts(plan)
    severities = _severities_set(alerts)
    for rule in written_inhibitions(plan):
        for side, matchers, written in sides(rule):
            if any(why_misread(one) is not None for one in matchers):
                # `inhibit/pattern` reports it, with what was meant.
                continue
            reason = None if is_impossible(allowed_label_values(matchers)) else why_unmet(alerts, matchers)
            reason = reason or _asks_other_severity(severities, matchers)
            if reason is None or reason.is_mistake != mistakes:
                continue
            if mistakes or reason.number is None or matchers[reason.number].name not in _SEVERITIES:
                yield Finding(
                    f"{reason.message}: the {side} is never there",
                    at=at_source(rule) if reason.number is None else written[reason.number],
                    help=reason.help,
                    about=rule.place,
                )
