"""Checks of inhibitions by themselves, whatever alerts there are."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from tocsin.checks.framework.alert_names import asked_by_other_label
from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.matcher_sets import (
    allowed_label_values,
    implies,
    is_impossible,
    matchers_in_words,
    names_values,
)
from tocsin.checks.inhibit.sides import at_equal, at_source, at_target, sides, written_inhibitions
from tocsin.diagnostics.model import Level
from tocsin.lang.kubernetes.kube_prometheus import INHIBITOR
from tocsin.routing.alert_labels import alert_labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.plan.model import Inhibition, Plan
    from tocsin.routing.alert_labels import AlertLabels

_SEVERITIES = frozenset({"severity", "priority", "level", "criticality"})


@check("inhibit/same", Level.WARNING)
def same(plan: Plan) -> Iterator[Finding]:
    """Source and target of an inhibition are met by the same alerts, so that it never inhibits.

    Why:
        An alert that meets both sides is never kept quiet by another one that meets both. Where the
        sides do not differ, that is every alert.

    Fix:
        Write on one side what makes the cause, and on the other one what follows from it.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [severity="critical"]
            target_matchers: [severity="critical"]
            equal: [instance]

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [severity="critical"]
            target_matchers: [severity="warning"]
            equal: [instance]
    """
    for rule in written_inhibitions(plan):
        if _are_same(rule):
            yield Finding(
                "this inhibits nothing: every alert that meets one side meets the other one, too",
                at=at_target(rule),
                also=((at_source(rule), "the same alerts"),) if rule.source_written else (),
                about=rule.place,
            )


@check("inhibit/impossible", Level.WARNING)
def impossible(plan: Plan) -> Iterator[Finding]:
    """The matchers of one side of an inhibition contradict each other, or its source has none.

    Why:
        All matchers of a side have to hold at once: no alert has two names, or two severities. Without any
        matcher the source is every alert there is, so that each of them silences the targets.

    Fix:
        Write alternatives as one matcher, such as `alertname=~"NodeDown|SwitchDown"`, and name the cause.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [alertname="NodeDown", alertname="SwitchDown"]
            target_matchers: [severity="warning"]
            equal: [rack]

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [alertname=~"NodeDown|SwitchDown"]
            target_matchers: [severity="warning"]
            equal: [rack]
    """
    for rule in written_inhibitions(plan):
        own = [one for one in rule.source_written if one.path[: len(rule.place.path)] == rule.place.path]
        # That one is to notify no one, whatever else there is: kube-prometheus keeps it quiet in this way.
        is_kept_quiet = [(one.name, one.value) for one in rule.target] == [("alertname", INHIBITOR)]
        if not own and rule.target and not is_kept_quiet:
            # The operator adds the namespace of a resource to both sides.
            everything, key = (
                ("every alert of the namespace", "sourceMatch")
                if rule.source
                else ("every alert", "source_matchers")
            )
            yield Finding(
                f"{everything} is a source of this inhibition, as it has no `{key}`",
                at=at_target(rule),
                help=f"write `{key}` for the cause",
                about=rule.place,
            )
        for label in rule.equal:
            apart = [allowed_label_values(side).get(label) for side in (rule.source, rule.target)]
            if None not in apart and not any(is_impossible({label: one}) for one in apart if one is not None):
                source, target = apart
                assert source is not None
                assert target is not None
                if source.both(target).is_empty:
                    yield Finding(
                        f"no source and target can agree in `{label}`: the matchers of both sides contradict "
                        "each other",
                        at=at_equal(rule, label),
                        help=f"leave `{label}` out of `equal`",
                        about=rule.place,
                    )
        for name, matchers, written in sides(rule):
            if not is_impossible(allowed_label_values(matchers)):
                continue
            first, second = _contradiction(matchers)
            yield Finding(
                f"no alert can be a {name} of this inhibition: two of its matchers contradict each other",
                at=written[second],
                also=((written[first], "the other one"),),
                help="write alternatives as one matcher with `=~`, and a rule for each cause",
                about=rule.place,
            )


def _contradiction(matchers: tuple[Matcher, ...]) -> tuple[int, int]:
    """The numbers of two matchers that no alert meets both; the ends where it takes more than two."""
    for (first, one), (second, other) in combinations(enumerate(matchers), 2):
        if is_impossible(allowed_label_values([one, other])):
            return first, second
    return 0, len(matchers) - 1


@check("inhibit/overlap", Level.INFO)
def overlap(plan: Plan) -> Iterator[Finding]:
    """Both sides of an inhibition ask for the same value, and one alert can meet both of them.

    Why:
        An alert that meets both sides is never kept quiet by another one that meets both. That is right
        where it is meant, and puzzling where it is not.

    Fix:
        Nothing, if it is meant. Otherwise let the sides differ.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [team="web", kind="outage"]
            target_matchers: [team="web"]
            equal: [instance]

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [team="web", kind="outage"]
            target_matchers: [team="web", kind!="outage"]
            equal: [instance]
    """
    for rule in written_inhibitions(plan):
        shared = [one for one in rule.target if one.op == "=" and one in rule.source]
        if (
            shared
            and not _are_same(rule)
            and not is_impossible(allowed_label_values([*rule.source, *rule.target]))
        ):
            yield Finding(
                "alerts that meet both sides do not keep each other quiet",
                at=rule.target_written[rule.target.index(shared[0])],
                also=((rule.source_written[rule.source.index(shared[0])], "the same on this side"),),
                about=rule.place,
            )


@check("inhibit/everywhere", Level.WARNING)
def everywhere(plan: Plan) -> Iterator[Finding]:
    """An inhibition of many alerts has no `equal`: one of them anywhere silences all targets everywhere.

    Why:
        A critical alert on one machine keeps the warnings of every other machine quiet, of all teams, for
        as long as it fires.

    Fix:
        Name in `equal` the labels that the cause has in common with what follows from it, such as
        `instance` or `namespace`.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [severity="critical"]
            target_matchers: [severity="warning"]

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [severity="critical"]
            target_matchers: [severity="warning"]
            equal: [alertname, instance]
    """
    for rule in _unbound(plan):
        # `inhibit/alertname` reports a cause that no alert can be, as its name stands under another label.
        is_meant = not any(True for _ in asked_by_other_label(plan, (*rule.source, *rule.target)))
        if is_meant and not _is_named(rule):
            yield Finding(
                f"any alert with `{matchers_in_words(rule.source)}` silences {_targets(rule)} anywhere",
                at=at_source(rule),
                help="name in `equal` what a cause and its consequences have in common",
                about=rule.place,
            )


@check("inhibit/no-equal", Level.INFO)
def no_equal(plan: Plan) -> Iterator[Finding]:
    """An inhibition by a certain alert has no `equal`, and silences all of a severity wherever they are.

    Why:
        That is right for an alert that there is only once, such as one about the whole site. Where the
        targets are named by more than a severity, they say themselves what depends on the cause.

    Fix:
        Write `equal: []`, if there can be no second one. Otherwise name in `equal` what the two have in
        common.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [alertname="SiteDown"]
            target_matchers: [severity="warning"]

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [alertname="SiteDown"]
            target_matchers: [severity="warning"]
            equal: [site]
    """
    alerts = alert_labels(plan)
    for rule in _unbound(plan):
        # Who writes `equal: []` has thought of it.
        if rule.is_everywhere or not (_is_named(rule) and _takes_whole_severities(rule)):
            continue
        if not _is_single(rule, alerts):
            yield Finding(
                f"`{matchers_in_words(rule.source)}` silences {_targets(rule)} anywhere",
                at=at_source(rule),
                about=rule.place,
            )


@check("inhibit/circle", Level.WARNING)
def circle(plan: Plan) -> Iterator[Finding]:
    """The alerts of two inhibitions silence each other.

    Why:
        When both fire, no notifications are sent for either. Two things are broken, and no one learns of any.

    Fix:
        Decide which one is the cause, and remove the other inhibition.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [severity="critical"]
            target_matchers: [severity="warning"]
            equal: [alertname]
          - source_matchers: [severity="warning"]
            target_matchers: [severity="critical"]
            equal: [alertname]

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
        inhibit_rules:
          - source_matchers: [severity="critical"]
            target_matchers: [severity="warning"]
            equal: [alertname]
          - source_matchers: [severity="warning"]
            target_matchers: [severity="info"]
            equal: [alertname]
    """
    clear = [
        (rule, allowed_label_values(rule.source))
        for rule in written_inhibitions(plan)
        if _tells_sides_apart(rule)
    ]
    for (first, causes), (second, others) in combinations(clear, 2):
        if implies(causes, second.target) and implies(others, first.target):
            yield Finding(
                "these two inhibitions let alerts silence each other",
                at=at_source(second),
                also=((at_source(first), "the other one"),),
                help="remove the one whose source is not the cause",
                about=second.place,
            )


def _tells_sides_apart(rule: Inhibition) -> bool:
    """Whether there can be alerts on each side of an inhibition, and none on both."""
    return (
        bool(rule.source and rule.target)
        and not is_impossible(allowed_label_values(rule.source))
        and not is_impossible(allowed_label_values(rule.target))
        and is_impossible(allowed_label_values([*rule.source, *rule.target]))
    )


def _are_same(rule: Inhibition) -> bool:
    source, target = allowed_label_values(rule.source), allowed_label_values(rule.target)
    if is_impossible(source) or is_impossible(target):
        return False
    return implies(source, rule.target) and implies(target, rule.source)


def _unbound(plan: Plan) -> Iterator[Inhibition]:
    return (
        rule for rule in written_inhibitions(plan) if rule.source and not rule.equal and not _are_same(rule)
    )


def _targets(rule: Inhibition) -> str:
    return f"all with `{matchers_in_words(rule.target)}`" if rule.target else "all others"


def _is_named(rule: Inhibition) -> bool:
    return any(one.name == "alertname" and names_values(one) for one in rule.source)


def _takes_whole_severities(rule: Inhibition) -> bool:
    """Whether the targets are named by their severity alone, so that they can be about anything."""
    return all(one.name in _SEVERITIES for one in rule.target)


def _is_single(rule: Inhibition, alerts: Sequence[AlertLabels]) -> bool:
    """Whether each alert that is a source can be there once only, as its query leaves no label."""
    sources = [alert for alert in alerts if alert.may_meet(rule.source)]
    flows = [alert.flow for alert in sources]
    return bool(flows) and all(flow is not None and not flow.is_open and not flow.labels for flow in flows)
