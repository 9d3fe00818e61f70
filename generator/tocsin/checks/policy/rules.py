"""A team's own rules for its alerts, as the `policy` of the spec, or of `--policy FILE`, says them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.rules import alerting_rules, rules_with_groups
from tocsin.diagnostics.model import Level
from tocsin.lang.durations import parse_duration
from tocsin.lang.regexes import find_match, matches_whole
from tocsin.plan.model import Rule
from tocsin.plan.source_spans import expr_piece, text_piece
from tocsin.routing.alert_labels import alert_labels
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.plan.model import ForLimits, Plan, Recording, TextRules


@check("policy/alert-name", Level.ERROR)
def alert_name(plan: Plan) -> Iterator[Finding]:
    """An alert's name is not of the form that the policy demands.

    Why:
        Names are what people search for, silence and route by. One that is formed otherwise is not found.

    Fix:
        Rename the alert, and what refers to it: routes, silences, the runbook.

    Bad:
        policy: {alert_name: "[A-Z][A-Za-z]+"}
        ---
        - alert: node_down
          expr: up == 0

    Good:
        policy: {alert_name: "[A-Z][A-Za-z]+"}
        ---
        - alert: NodeDown
          expr: up == 0
    """
    pattern = plan.policy.alert_name if plan.policy else None
    if pattern is None:
        return
    for _, rule in alerting_rules(plan):
        if not matches_whole(pattern, rule.alert):
            yield Finding(
                f"the policy wants names of alerts to match `{pattern}`",
                at=rule.written.name,
                about=rule.place,
            )


@check("policy/severity", Level.ERROR)
def severity(plan: Plan) -> Iterator[Finding]:
    """An alert has no severity, or one that the policy does not know.

    Why:
        Routes wait for the severities that were agreed on. An alert with another one falls through all of
        them to the catch-all, or to no receiver.

    Fix:
        Write one of the severities of the policy.

    Bad:
        policy: {severities: [critical, warning]}
        ---
        - alert: NodeDown
          expr: up == 0
          labels: {severity: crit}

    Good:
        policy: {severities: [critical, warning]}
        ---
        - alert: NodeDown
          expr: up == 0
          labels: {severity: critical}
    """
    allowed = plan.policy.severities if plan.policy else ()
    if not allowed:
        return
    one_of = ", ".join(f"`{name}`" for name in allowed)
    for _, rule in alerting_rules(plan):
        if not rule.severity:
            yield Finding(
                f"`{rule.alert}` has no severity",
                at=rule.written.name,
                help=f"set the label `severity` to one of {one_of}",
                about=rule.place,
            )
        elif rule.severity not in allowed and "{{" not in rule.severity:
            yield Finding(
                f"the policy knows no severity `{rule.severity}`",
                at=rule.written.labels["severity"],
                help=f"write one of {one_of}",
                about=rule.place,
            )


@check("policy/missing-label", Level.ERROR)
def missing_label(plan: Plan) -> Iterator[Finding]:
    """An alert lacks a label that the policy demands.

    Why:
        Whoever relies on the label, a route, a dashboard or a report, does not see this alert.

    Fix:
        Set the label in the rule. It also counts when a matcher of the query says its value for certain.

    Bad:
        policy: {labels: {required: [team]}}
        ---
        - alert: NodeDown
          expr: up == 0
          labels: {severity: critical}

    Good:
        policy: {labels: {required: [team]}}
        ---
        - alert: NodeDown
          expr: up == 0
          labels: {severity: critical, team: hosts}
    """
    required = plan.policy.labels.required if plan.policy else ()
    for alert in alert_labels(plan) if required else ():
        rule = alert.rule
        for name in required:
            # What a template prints may be empty, but its author meant a label to be there.
            has = bool(rule.labels[name]) if name in rule.labels else alert.always_has(name)
            if not has:
                yield Finding(
                    f"`{rule.alert}` has no label `{name}`, which the policy demands",
                    at=rule.written.name,
                    about=rule.place,
                )


@check("policy/missing-annotation", Level.ERROR, reads_texts=True)
def missing_annotation(plan: Plan) -> Iterator[Finding]:
    """An alert lacks an annotation that the policy demands.

    Why:
        Notifications and dashboards show it to the person who is paged; here they show nothing.

    Fix:
        Write the annotation.

    Bad:
        policy: {annotations: {required: [runbook_url]}}
        ---
        - alert: NodeDown
          expr: up == 0
          annotations: {summary: A node is down}

    Good:
        policy: {annotations: {required: [runbook_url]}}
        ---
        - alert: NodeDown
          expr: up == 0
          annotations: {runbook_url: "https://runbooks.example/NodeDown"}
    """
    required = plan.policy.annotations.required if plan.policy else ()
    for _, rule in alerting_rules(plan) if required else ():
        for name in required:
            if not rule.annotations.get(name, "").strip():
                yield Finding(
                    f"`{rule.alert}` has no annotation `{name}`, which the policy demands",
                    at=rule.written.annotations.get(name, rule.written.name),
                    about=rule.place,
                )


@check("policy/forbidden-label", Level.ERROR)
def forbidden_label(plan: Plan) -> Iterator[Finding]:
    """A rule sets a label that the policy forbids.

    Why:
        The team has agreed that this label is set elsewhere, or not at all.

    Fix:
        Take the label away.

    Bad:
        policy: {labels: {forbidden: [priority]}}
        ---
        - alert: NodeDown
          expr: up == 0
          labels: {severity: critical, priority: P1}

    Good:
        policy: {labels: {forbidden: [priority]}}
        ---
        - alert: NodeDown
          expr: up == 0
          labels: {severity: critical}
    """
    forbidden = plan.policy.labels.forbidden if plan.policy else ()
    for _, rule in alerting_rules(plan):
        for name in forbidden:
            if name in rule.labels:
                yield Finding(
                    f"the policy forbids the label `{name}`", at=rule.written.labels[name], about=rule.place
                )


@check("policy/forbidden-annotation", Level.ERROR)
def forbidden_annotation(plan: Plan) -> Iterator[Finding]:
    """A rule has an annotation that the policy forbids.

    Why:
        The team has agreed on another name for it, or on none.

    Fix:
        Take the annotation away, or write it under the name that was agreed on.

    Bad:
        policy: {annotations: {forbidden: [runbook]}}
        ---
        - alert: NodeDown
          expr: up == 0
          annotations: {runbook: "https://runbooks.example/NodeDown"}

    Good:
        policy: {annotations: {forbidden: [runbook]}}
        ---
        - alert: NodeDown
          expr: up == 0
          annotations: {runbook_url: "https://runbooks.example/NodeDown"}
    """
    forbidden = plan.policy.annotations.forbidden if plan.policy else ()
    for _, rule in alerting_rules(plan):
        for name in forbidden:
            if name in rule.annotations:
                yield Finding(
                    f"the policy forbids the annotation `{name}`",
                    at=rule.written.annotations[name],
                    about=rule.place,
                )


@check("policy/label-value", Level.ERROR)
def label_value(plan: Plan) -> Iterator[Finding]:
    """A label has a value that the policy does not allow.

    Why:
        Values that were agreed on are what routes and reports compare with: a slip is another value.

    Fix:
        Write a value that matches the policy's pattern. A value that is a template is not judged.

    Bad:
        policy: {labels: {values: {team: "hosts|web"}}}
        ---
        - alert: NodeDown
          expr: up == 0
          labels: {team: host}

    Good:
        policy: {labels: {values: {team: "hosts|web"}}}
        ---
        - alert: NodeDown
          expr: up == 0
          labels: {team: hosts}
    """
    if plan.policy is not None:
        for _, rule in alerting_rules(plan):
            yield from _values(rule, plan.policy.labels, rule.labels, rule.written.labels, "label")


@check("policy/annotation-value", Level.ERROR, reads_texts=True)
def annotation_value(plan: Plan) -> Iterator[Finding]:
    """An annotation has a value that the policy does not allow.

    Why:
        A link to the wrong site, or a text of another form, reaches the person who is paged.

    Fix:
        Write a value that matches the policy's pattern. A value that is a template is not judged.

    Bad:
        policy: {annotations: {values: {runbook_url: "https://runbooks/.+"}}}
        ---
        - alert: NodeDown
          expr: up == 0
          annotations: {runbook_url: "https://wiki.example/NodeDown"}

    Good:
        policy: {annotations: {values: {runbook_url: "https://runbooks/.+"}}}
        ---
        - alert: NodeDown
          expr: up == 0
          annotations: {runbook_url: "https://runbooks/NodeDown"}
    """
    if plan.policy is not None:
        for _, rule in alerting_rules(plan):
            yield from _values(
                rule, plan.policy.annotations, rule.annotations, rule.written.annotations, "annotation"
            )


@check("policy/for", Level.ERROR)
def for_limits(plan: Plan) -> Iterator[Finding]:
    """A `for` is shorter or longer than the policy allows for the severity.

    Why:
        Too short a `for` wakes people for what recovers by itself; too long a one wakes them late.

    Fix:
        Write a `for` within the limits.

    Bad:
        policy: {for: {critical: {minimum: 1m, maximum: 10m}}}
        ---
        - alert: NodeDown
          expr: up == 0
          for: 30m
          labels: {severity: critical}

    Good:
        policy: {for: {critical: {minimum: 1m, maximum: 10m}}}
        ---
        - alert: NodeDown
          expr: up == 0
          for: 5m
          labels: {severity: critical}
    """
    by_severity = plan.policy.for_ if plan.policy else {}
    for _, rule in alerting_rules(plan):
        limits = by_severity.get(rule.severity)
        if limits is not None:
            yield from _outside(rule, "for", rule.for_, limits, rule.written.for_)


@check("policy/keep-firing-for", Level.ERROR)
def keep_firing_for_limits(plan: Plan) -> Iterator[Finding]:
    """A `keep_firing_for` is shorter or longer than the policy allows for the severity.

    Why:
        Without it, an alert of a value that swings ends and begins; with too long a one, people look for
        something that is over. An alert that has none counts as 0s.

    Fix:
        Write a `keep_firing_for` within the limits.

    Bad:
        policy: {keep_firing_for: {critical: {maximum: 1h}}}
        ---
        - alert: NodeDown
          expr: up == 0
          keep_firing_for: 1d
          labels: {severity: critical}

    Good:
        policy: {keep_firing_for: {critical: {maximum: 1h}}}
        ---
        - alert: NodeDown
          expr: up == 0
          keep_firing_for: 10m
          labels: {severity: critical}
    """
    by_severity = plan.policy.keep_firing_for if plan.policy else {}
    for _, rule in alerting_rules(plan):
        limits = by_severity.get(rule.severity)
        if limits is not None:
            kept = rule.keep_firing_for or "0s"
            at = Place((*rule.place.path, "keep_firing_for")) if rule.keep_firing_for else rule.written.name
            yield from _outside(rule, "keep_firing_for", kept, limits, at)


@check("policy/reject", Level.ERROR, reads_texts=True)
def reject(plan: Plan) -> Iterator[Finding]:
    """A text holds what the policy rejects.

    Why:
        The policy says the reason with each pattern.

    Fix:
        Write it in another way, as the reason says.

    Bad:
        policy:
          reject:
            - {pattern: 'env="test"', in: [expr], reason: tests page nobody}
        ---
        - alert: NodeDown
          expr: up{env="test"} == 0

    Good:
        policy:
          reject:
            - {pattern: 'env="test"', in: [expr], reason: tests page nobody}
        ---
        - alert: NodeDown
          expr: up{env="production"} == 0
    """
    for rejection in plan.policy.reject if plan.policy else ():
        for _, rule in rules_with_groups(plan):
            for inside in rejection.inside:
                for place in _occurrences(rule, inside, rejection.pattern):
                    yield Finding(
                        f"the policy rejects `{rejection.pattern}`: {rejection.reason}",
                        at=place,
                        about=rule.place,
                    )


def _outside(rule: Rule, key: str, held: str, limits: ForLimits, at: Place) -> Iterator[Finding]:
    """Tell of a duration that is not within the limits."""
    if limits.minimum is not None and parse_duration(held) < parse_duration(limits.minimum):
        wrong = f"at least {limits.minimum}"
    elif limits.maximum is not None and parse_duration(held) > parse_duration(limits.maximum):
        wrong = f"at most {limits.maximum}"
    else:
        return
    yield Finding(
        f"the policy wants the `{key}` of a {rule.severity} alert to be {wrong}, here it is {held}",
        at=at,
        about=rule.place,
    )


def _occurrences(rule: Rule | Recording, inside: str, pattern: str) -> Iterator[Place]:
    """Where the pattern first matches, in each of the texts."""
    if inside == "expr":
        span = find_match(pattern, rule.expr)
        if span is not None:
            yield expr_piece(rule, span)
    elif inside == "label_names":
        for name in rule.labels:
            if (place := rule.written.labels.get(name)) and find_match(pattern, name) is not None:
                yield Place(place.path, key=True)
    elif inside == "annotation_names":
        for name in rule.annotations if isinstance(rule, Rule) else ():
            if (place := rule.written.annotations.get(name)) and find_match(pattern, name) is not None:
                yield Place(place.path, key=True)
    elif inside == "labels":
        for name, value in rule.labels.items():
            if (span := find_match(pattern, value)) is not None:
                yield text_piece(rule.written.labels[name], span)
    elif isinstance(rule, Rule):
        for name, value in rule.annotations.items():
            if (span := find_match(pattern, value)) is not None:
                yield text_piece(rule.written.annotations[name], span)


def _values(
    rule: Rule, wanted: TextRules, texts: Mapping[str, str], places: Mapping[str, Place], kind: str
) -> Iterator[Finding]:
    for name, pattern in wanted.values.items():
        value = texts.get(name)
        if value is not None and "{{" not in value and not matches_whole(pattern, value):
            yield Finding(
                f"the policy wants the {kind} `{name}` to match `{pattern}`",
                at=places[name],
                about=rule.place,
            )
