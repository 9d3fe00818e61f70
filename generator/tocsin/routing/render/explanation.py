"""All that a plan knows of one alert, as titled lines of text."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.lang.promql.layout import lay_out_promql
from tocsin.plan.evaluation import evaluating_groups
from tocsin.plan.model import Engine, Rule
from tocsin.plan.slo import Latency
from tocsin.routing.alert_labels import alert_labels
from tocsin.routing.reachability import RouteTree
from tocsin.routing.render.schedule import schedule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.plan.model import Alert, Plan, RuleGroup
    from tocsin.plan.slo import Slo
    from tocsin.routing.alert_labels import AlertLabels


_UNREAD_ROUTING = "unknown: a part of the routing could not be read; `tocsin check` shows which"
_NO_SEVERITY = "no severity"
_MORE_WAYS = "and others: its labels allow too many routes to list"


def alert_names(plan: Plan) -> tuple[str, ...]:
    """The alerts that the plan has rules for, each once, by all of their names."""
    rules = [rule for group in plan.rule_groups for rule in group.rules if isinstance(rule, Rule)]
    return tuple(dict.fromkeys(name for rule in rules for name in (rule.alert_key, rule.alert)))


def members_of(plan: Plan, name: str) -> tuple[str, ...]:
    """The alerts that are written once, under this name."""
    return tuple(
        alert.name
        for group in plan.groups
        for alert in group.alerts
        if alert.member is not None and alert.member.family == name
    )


def explain_alert(plan: Plan, name: str, *, routing_is_whole: bool = True) -> list[tuple[str, list[str]]]:
    """Sections of the alert: what it watches, its rules, who is notified, what silences it, where to look.

    An alert of plain files has its rules, and who is notified where there is a route; without a part of the
    routing, as where a matcher could not be read, that is not known.
    """
    alerts = [alert for group in plan.groups for alert in group.alerts]
    for called in (
        [alert for alert in alerts if alert.name == name],
        [alert for alert in alerts if alert.alertname == name],
    ):
        if called:
            return [section for alert in called for section in _of_spec(plan, alert)]
    sections: list[tuple[str, list[str]]] = [(name, [])]
    for rules in plan.rule_groups:
        for rule in rules.rules:
            if isinstance(rule, Rule) and rule.alert == name:
                sections += _of_rule(plan, rules, rule, routing_is_whole=routing_is_whole)
    return sections


def _of_rule(
    plan: Plan, group: RuleGroup, rule: Rule, *, routing_is_whole: bool
) -> list[tuple[str, list[str]]]:
    keeps = f", keeps firing for {rule.keep_firing_for}" if rule.keep_firing_for else ""
    where = f"{group.file}, group {group.name}, evaluated by {rule.engine.value}"
    return [
        ("Rule", [where, *_query(rule), f"for {rule.for_}{keeps}"]),
        ("Labels", _labels(plan, rule) or ["none"]),
        ("Notified", _notified(plan, rule) if routing_is_whole else [_UNREAD_ROUTING]),
    ]


def _labels_of(plan: Plan, rule: Rule) -> AlertLabels:
    return next(one for one in alert_labels(plan) if one.rule is rule)


def _query(rule: Rule) -> list[str]:
    """The expression, line by line; a long line of PromQL over several ones."""
    expr = rule.expr if rule.engine is not Engine.PROMETHEUS else lay_out_promql(rule.expr)
    return expr.strip("\n").rstrip().split("\n")


def _labels(plan: Plan, rule: Rule, but: str | None = None) -> list[str]:
    """What the rule sets, and what all of its alerts have besides, but for one label."""
    own = [f'{name}="{value}"' for name, value in rule.labels.items() if name != but]
    fixed = _labels_of(plan, rule).fixed
    more = [name for name in sorted(fixed) if name not in rule.labels and name != "alertname"]
    return [*own, *(f'{name}="{fixed[name]}", from the query or the server' for name in more)]


def _shared_labels(plan: Plan, alert: Alert) -> list[str]:
    """What all rules of an alert set alike, and what its alerts have besides."""
    lines = [_labels(plan, rule, but="severity") for rule in alert.rules]
    return [line for line in lines[0] if all(line in other for other in lines)]


def _notified(plan: Plan, rule: Rule) -> list[str]:
    """The receivers of a rule's alerts, a line for each way that their labels can take."""
    if plan.route is None:
        return ["there is no Alertmanager configuration among the files"]
    alert = _labels_of(plan, rule)
    if alert.dropped_by is not None:
        return ["none: Prometheus drops every alert of this rule before sending it"]
    found = RouteTree(plan.route).ways(alert)
    lines = [f"{', '.join(way.receivers)}{_with(way.chosen)}" for way in found.ways]
    return lines if found.complete else [*lines, _MORE_WAYS]


def _with(labels: Mapping[str, str]) -> str:
    """The labels that decide a way, where some of an alert's instances take another one."""
    said = ", ".join(Matcher(name, "=", value).text() for name, value in sorted(labels.items()))
    return f" with {said}" if said else ""


def _of_spec(plan: Plan, alert: Alert) -> list[tuple[str, list[str]]]:
    group = evaluating_groups(plan, alert.engine)[alert.name]
    place = f" of {group.file}" if group.file != f"{alert.group}.yaml" else ""
    where = f"group {group.name}{place}, evaluated by {alert.engine.value}"
    sections = [
        (
            alert.name,
            [*_called(alert), *filter(None, [alert.summary]), where, f"owner: {alert.team or 'nobody'}"],
        ),
        ("Query", alert.query.split("\n")),
        ("Rules", [line for rule in alert.rules for line in (_rule(rule), *_own_query(alert, rule))]),
        ("Labels", _shared_labels(plan, alert)),
        (
            "Notified",
            _told(alert) or ["nobody"],
        ),
        ("Watches", [_promise(slo) for slo in plan.slos if alert.name in slo.alerts]),
        ("Inhibited by", _silenced_by(alert) or ["nothing"]),
        ("Inhibits", _silences(plan, alert) or ["nothing"]),
        ("Panel", [alert.panel.url or f"id {alert.panel.id} on the dashboard of {alert.group}"]),
        ("Runbook", [alert.runbook.page.url or alert.runbook.page.file, *_written(alert)]),
    ]
    if alert.related:
        sections.append(("Related", list(alert.related)))
    return [(title, lines) for title, lines in sections if lines]


def _called(alert: Alert) -> list[str]:
    return [f"called {alert.alertname} in its rules"] if alert.alertname != alert.name else []


def _told(alert: Alert) -> list[str]:
    lines = [
        f"{told.severity or _NO_SEVERITY}{_with(told.labels)}: {told.receiver} {schedule(told)}"
        for told in alert.told
    ]
    return lines if alert.told_complete else [*lines, _MORE_WAYS]


def _rule(rule: Rule) -> str:
    words = rule.condition or "the expression holds"
    condition = f"{rule.comparison} {rule.threshold_text}" if rule.threshold_text else words
    keeps = f", keeps firing for {rule.keep_firing_for}" if rule.keep_firing_for else ""
    return f"{rule_name(rule)}: {condition} for {rule.for_}{keeps}"


def rule_name(rule: Rule) -> str:
    """A rule among those of its alert."""
    return ", ".join(filter(None, (rule.severity or _NO_SEVERITY, rule.variant)))


def _own_query(alert: Alert, rule: Rule) -> list[str]:
    """The expression of a rule that is not the alert's query with a threshold; generated ones are long."""
    if len(alert.rules) == 1 or rule.comparison is not None or rule.written.is_derived:
        return []
    return [f"  {line}" for line in _query(rule)]


def _promise(slo: Slo) -> str:
    within = f" within {slo.indicator.limit_text}" if isinstance(slo.indicator, Latency) else ""
    return (
        f"{slo.name}: {slo.objective_text}{within} over {slo.window}, "
        f"error budget {slo.budget_text} ({slo.budget_time})"
    )


def _silenced_by(alert: Alert) -> list[str]:
    lines = [f"{less} by {more}" for more, less in pairwise(alert.inhibiting)]
    for dependency in alert.depends_on:
        same = f" with the same {', '.join(dependency.equal)}" if dependency.equal else " anywhere"
        lines.append(f"{dependency.alert}{same}")
    return lines


def _silences(plan: Plan, alert: Alert) -> list[str]:
    return [
        other.name
        for group in plan.groups
        for other in group.alerts
        if any(dependency.alert == alert.name for dependency in other.depends_on)
    ]


def _written(alert: Alert) -> list[str]:
    runbook = alert.runbook
    if runbook.url is not None:
        return []
    if not runbook.diagnosis:
        return ["the diagnosis steps have not been written yet"]
    return [f"diagnosis steps: {len(runbook.diagnosis)}, actions: {len(runbook.actions)}"]
