"""Checks of a rule as a whole: its timing, and what it has in common with others."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check, check_shares
from tocsin.checks.framework.generated_rules import is_generated
from tocsin.checks.framework.matcher_sets import allowed_label_values, implies
from tocsin.checks.framework.query_trees import promql_parts
from tocsin.checks.framework.rules import alerting_rules, rules_with_groups
from tocsin.checks.framework.same_query import rules_by_query_text, same_queries
from tocsin.diagnostics.model import Level
from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.lang.durations import parse_duration
from tocsin.lang.promql import ast as promql
from tocsin.plan.evaluation import evaluated_every
from tocsin.plan.model import Engine, Recording, Rule
from tocsin.plan.source_spans import query_tokens
from tocsin.routing.alert_labels import alert_labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.checks.framework.same_query import Compared, ThresholdText
    from tocsin.plan.model import Plan


@check_shares("rule/for-interval", Level.WARNING)
def for_interval(share: Share) -> Iterator[Finding]:
    """A `for` is shorter than the interval at which the rule is evaluated.

    Why:
        The engine looks at the rule once in an interval. The alert becomes pending at one evaluation and
        can fire at the next one at the earliest: the shorter `for` promises a speed that is never reached.

    Fix:
        Evaluate the group at least twice within the `for`, or write the `for` that is meant.

    Bad:
        groups:
          - name: web
            interval: 1m
            rules:
              - alert: Down
                expr: up == 0
                for: 30s

    Good:
        groups:
          - name: web
            interval: 15s
            rules:
              - alert: Down
                expr: up == 0
                for: 30s
    """
    for group, rule in alerting_rules(share):
        every = evaluated_every(share.around.server, group)
        if every is None or is_generated(group):
            continue
        if 0 < parse_duration(rule.for_) < parse_duration(every):
            by_server = group.interval is None and share.around.server is not None
            yield Finding(
                f"this `for` is shorter than {every}, after which the rule is evaluated again",
                at=rule.written.for_,
                also=((share.around.server.place, "by the server's `evaluation_interval`"),)
                if by_server and share.around.server is not None
                else (),
                help=f"write `for: {every}`, or a shorter `interval:` for the group",
                about=rule.place,
            )


@check("rule/duplicate", Level.WARNING)
def duplicate(plan: Plan) -> Iterator[Finding]:
    """A rule says the same as another one of its file: its name, its labels and its expression.

    Why:
        It is evaluated twice and gives nothing new. Whoever fixes one of the two will not see the other,
        and from then on they differ.

    Fix:
        Keep one of the two. Files may be for different servers, so rules of two files are not compared.

    Bad:
        - alert: Down
          expr: up == 0
          for: 5m
        - alert: Down
          expr: up==0
          for: 5m

    Good:
        - alert: Down
          expr: up == 0
          for: 5m
          labels: {severity: warning}
        - alert: Down
          expr: up == 0
          for: 30m
          labels: {severity: critical}
    """
    first: dict[tuple[object, ...], Rule | Recording] = {}
    for key, rule in _of_one_name(plan):
        name = rule.alert if isinstance(rule, Rule) else rule.record
        words = tuple(token.text for token in query_tokens(rule.expr, rule.engine)) or rule.expr
        other = first.setdefault((key, words), rule)
        if other is not rule:
            yield Finding(
                f"`{name}` is repeated here",
                at=rule.written.name,
                also=((other.written.name, "the same rule"),),
                help="keep one of the two",
                about=rule.place,
            )


def _of_one_name(plan: Plan) -> Iterator[tuple[object, Rule | Recording]]:
    """Rules that are alike in all but the expression, each with what it has in common with others."""
    found: list[tuple[object, Rule | Recording]] = []
    for group, rule in rules_with_groups(plan):
        name = rule.alert if isinstance(rule, Rule) else rule.record
        kept = rule.for_ if isinstance(rule, Rule) else None
        where = rule.place.path[0], rule.engine, group.tenant
        found.append(((type(rule), where, name, tuple(sorted(rule.labels.items())), kept), rule))
    many = Counter(key for key, _ in found)
    return (one for one in found if many[one[0]] > 1)


@check("rule/relabelled-away", Level.INFO)
def relabelled_away(plan: Plan) -> Iterator[Finding]:
    """Prometheus drops every alert of a rule before it is sent.

    Why:
        `alert_relabel_configs` stand between the rules and Alertmanager. What one of them drops is pending
        and firing in Prometheus, and no notifications are sent.

    Fix:
        Nothing, if that is what it is for. Otherwise change the label that it looks at, or its `regex`.

    Bad:
        alerting:
          alert_relabel_configs:
            - {source_labels: [severity], regex: none, action: drop}
        ---
        - alert: Down
          expr: up == 0
          labels: {severity: none}

    Good:
        alerting:
          alert_relabel_configs:
            - {source_labels: [severity], regex: none, action: drop}
        ---
        - alert: Down
          expr: up == 0
          labels: {severity: critical}
    """
    for alert in alert_labels(plan) if plan.server is not None and plan.server.relabellings else ():
        step = alert.dropped_by
        if step is not None:
            yield Finding(
                f"`{alert.rule.alert}` is never sent: Prometheus drops it on its way to Alertmanager",
                at=alert.rule.written.name,
                also=((step.place, "it is dropped here"),),
                about=alert.rule.place,
            )


_RANKS = {
    **dict.fromkeys(("emergency", "fatal", "disaster", "blocker"), 0),
    **dict.fromkeys(("critical", "crit", "page", "p1", "sev1"), 1),
    **dict.fromkeys(("major", "high", "error", "p2", "sev2"), 2),
    **dict.fromkeys(("warning", "warn", "minor", "ticket", "medium", "p3", "sev3"), 3),
    **dict.fromkeys(("info", "information", "informational", "notice", "low", "none", "p4", "sev4"), 4),
}
"""How urgent a severity is by its usual meaning; a spec says it itself."""


@check("rule/severity-order", Level.WARNING)
def severity_order(plan: Plan) -> Iterator[Finding]:
    """The more urgent of two severities has the threshold that is reached first.

    Why:
        Two rules compare the same query. When the critical one fires earlier than the warning, no one is ever
        warned: the first notification is the page.

    Fix:
        Exchange the two numbers, or the two severities.

    Bad:
        - alert: Full
          expr: disk_used_percent > 95
          labels: {severity: warning}
        - alert: Full
          expr: disk_used_percent > 85
          labels: {severity: critical}

    Good:
        - alert: Full
          expr: disk_used_percent > 85
          labels: {severity: warning}
        - alert: Full
          expr: disk_used_percent > 95
          labels: {severity: critical}
    """
    ranks = {severity.name: severity.rank for severity in plan.severities} or _RANKS

    def takes(rule: Rule) -> bool:
        return rule.severity.lower() in ranks

    def may_matter(rules: Sequence[Rule]) -> bool:
        groups = rules_by_query_text(rules)
        return groups is None or any(
            _is_reversed(*pair, ranks) for group in groups for pair in permutations(group, 2)
        )

    for one, two in same_queries(plan, may_matter, takes):
        for urgent, other in ((one, two), (two, one)):
            if _is_reversed(urgent, other, ranks):
                yield Finding(
                    f"`{urgent.rule.severity}` is reached before `{other.rule.severity}`: "
                    f"{urgent.op} {urgent.limit:g} comes before {other.op} {other.limit:g}",
                    at=urgent.at,
                    also=((other.at, f"the threshold of `{other.rule.severity}`"),),
                    help="exchange the two thresholds",
                    about=urgent.rule.place,
                )


def _is_reversed(
    urgent: Compared | ThresholdText, other: Compared | ThresholdText, ranks: Mapping[str, int]
) -> bool:
    """Whether the first of two rules is the more urgent one, and is reached before the other."""
    if ranks[urgent.rule.severity.lower()] >= ranks[other.rule.severity.lower()]:
        return False
    first = urgent.limit < other.limit if urgent.op in (">", ">=") else urgent.limit > other.limit
    return first and parse_duration(urgent.rule.for_) <= parse_duration(other.rule.for_)


@check("rule/collision", Level.WARNING)
def collision(plan: Plan) -> Iterator[Finding]:
    """Two rules with the same name and labels make one alert of one query, with another number or `for`.

    Why:
        An alert is known by its name and labels. When both rules fire they are one alert: their texts
        replace each other from one evaluation to the next, and when one of them ends, so does the alert.

    Fix:
        Give them different severities or names, or keep one.

    Bad:
        - alert: Full
          expr: disk_used_percent > 85
          labels: {severity: warning}
        - alert: Full
          expr: disk_used_percent > 95
          labels: {severity: warning}

    Good:
        - alert: Full
          expr: disk_used_percent > 85
          labels: {severity: warning}
        - alert: Full
          expr: disk_used_percent > 95
          labels: {severity: critical}
    """
    told: set[int] = set()
    for one, other in same_queries(plan, _has_twins):
        # Of three that are one alert, the third is told once: beside the first.
        same = _twin(one.rule) == _twin(other.rule) and id(other.rule) not in told
        if same and (one.limit != other.limit or one.rule.for_ != other.rule.for_):
            told.add(id(other.rule))
        if same and one.limit == other.limit and one.rule.for_ != other.rule.for_:
            yield Finding(
                f"`{other.rule.alert}` is here with another `for`, and no label distinguishes the two",
                at=other.rule.written.for_,
                also=((one.rule.written.for_, "the other one"),),
                help="give one of them another severity, or keep one",
                about=other.rule.place,
            )
        elif same and one.limit != other.limit and not _hurries(one, other):
            yield Finding(
                f"`{other.rule.alert}` is here with another threshold, and no label distinguishes the two",
                at=other.at,
                also=((one.at, "the other threshold"),),
                help="give one of them another severity, or keep one",
                about=other.rule.place,
            )


def _hurries(one: Compared, other: Compared) -> bool:
    """Whether the rule whose threshold is reached later waits less: its alert comes sooner when it is bad."""
    above = one.op in (">", ">=")
    later, earlier = (one, other) if (one.limit > other.limit) == above else (other, one)
    return parse_duration(later.rule.for_) < parse_duration(earlier.rule.for_)


@check("rule/overlap", Level.WARNING)
def overlap(plan: Plan) -> Iterator[Finding]:
    """Two rules with the same name and labels look at the same series, one of them at some of the other's.

    Why:
        An alert is known by its name and labels, and both rules make the same one of the series that both
        look at. Which of the two fires cannot be determined, and when one ends, so does the alert.

    Fix:
        Exclude the series of the narrower rule from the wider one, give them different severities or
        names, or keep one.

    Bad:
        - alert: JobTooLong
          expr: job_duration_seconds > 5400
        - alert: JobTooLong
          expr: job_duration_seconds{type="backup"} > 7200

    Good:
        - alert: JobTooLong
          expr: job_duration_seconds{type!="backup"} > 5400
        - alert: JobTooLong
          expr: job_duration_seconds{type="backup"} > 7200
    """
    for one, other in same_queries(plan, _has_twins, words_of=_without_matchers):
        if _twin(one.rule) != _twin(other.rule) or one.rule.written.name == other.rule.written.name:
            continue
        narrower = _is_narrower(one.rule, other.rule)
        if narrower or _is_narrower(other.rule, one.rule):
            yield Finding(
                f"`{other.rule.alert}` looks at series of which another rule makes the same alert",
                at=other.rule.written.name,
                also=((one.rule.written.name, f"this one looks at {'some' if narrower else 'all'} of them"),),
                help="exclude them from one of the two, or give them different severities",
                about=other.rule.place,
            )


def _has_twins(rules: Sequence[Rule]) -> bool:
    """Whether two rules with the same labels but for the severity make the same alert."""
    return len(set(map(_twin, rules))) < len(rules)


def _twin(rule: Rule) -> tuple[str, str | None]:
    """What tells an alert from those of rules that have the same labels but for the severity."""
    return rule.alert, rule.labels.get("severity")


def _is_narrower(one: Rule, other: Rule) -> bool:
    """Whether each selector of a rule surely selects less than the same one of the other rule."""
    pairs = zip(_selectors(one), _selectors(other), strict=True)
    conditions = [(allowed_label_values(left), right) for left, right in pairs]
    less = all(implies(left, right) for left, right in conditions)
    return less and _selectors(one) != _selectors(other)


def _selectors(rule: Rule) -> list[tuple[Matcher, ...]]:
    return [
        tuple(Matcher(one.name, one.op, one.value) for one in part.matchers)
        for part in (promql_parts(rule.expr) if rule.engine is Engine.PROMETHEUS else ())
        if isinstance(part, promql.Selector)
    ]


def _without_matchers(words: tuple[str, ...]) -> tuple[str, ...]:
    kept: list[str] = []
    inside = 0
    for word in words:
        inside += (word == "{") - (word == "}")
        if not inside and word != "}":
            kept.append(word)
    return tuple(kept)
