"""The part of a team's own rules that is about queries: what is selected, and what is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.query_trees import logql_parts, promql_parts
from tocsin.checks.framework.rules import recording_rules, rules_with_groups
from tocsin.diagnostics.model import Level
from tocsin.lang.logql import ast as logql
from tocsin.lang.promql import ast as promql
from tocsin.lang.regexes import matches_whole
from tocsin.plan.model import Engine
from tocsin.plan.query_flows import query_flows
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan, Recording, Rule


@check("policy/selector", Level.ERROR)
def selector(plan: Plan) -> Iterator[Finding]:
    """A selector lacks a matcher on a label that the policy demands.

    Why:
        Where many clusters or tenants share one Prometheus, a query that does not say which one it means
        reads all of them: it is slow, and its alerts are about other people's systems.

    Fix:
        Add the matcher.

    Bad:
        policy: {selectors: {required: [cluster]}}
        ---
        - alert: NodeDown
          expr: up{job="node"} == 0

    Good:
        policy: {selectors: {required: [cluster]}}
        ---
        - alert: NodeDown
          expr: up{job="node", cluster="a"} == 0
    """
    required = plan.policy.selectors if plan.policy else ()
    if not required:
        return
    made = {rule.record for _, rule in recording_rules(plan)}
    for _, rule in rules_with_groups(plan):
        for name, labels, span in _selectors(rule):
            if name in made or name.startswith("ALERTS"):
                continue
            for label in required:
                if label not in labels:
                    yield Finding(
                        f"the policy wants a matcher on `{label}` in every selector",
                        at=expr_piece(rule, span),
                        about=rule.place,
                    )


@check("policy/record-name", Level.ERROR)
def record_name(plan: Plan) -> Iterator[Finding]:
    """A recording rule's name is not of the form that the policy demands.

    Why:
        The name of a recorded metric tells what it is an aggregation of. One that is formed otherwise is
        taken for a metric that somebody scrapes.

    Fix:
        Rename the recording rule, and what reads it.

    Bad:
        policy: {recordings: {name: "[a-z]+:[a-z_]+:[a-z0-9]+"}}
        ---
        - record: job_errors
          expr: sum by (job) (rate(errors_total[5m]))

    Good:
        policy: {recordings: {name: "[a-z]+:[a-z_]+:[a-z0-9]+"}}
        ---
        - record: job:errors:rate5m
          expr: sum by (job) (rate(errors_total[5m]))
    """
    pattern = plan.policy.recordings.name if plan.policy else None
    for _, rule in recording_rules(plan) if pattern is not None else ():
        if pattern is not None and not matches_whole(pattern, rule.record):
            yield Finding(
                f"the policy wants names of recording rules to match `{pattern}`",
                at=rule.written.name,
                about=rule.place,
            )


@check("policy/recorded-label", Level.ERROR)
def recorded_label(plan: Plan) -> Iterator[Finding]:
    """A recording rule loses a label that the policy keeps, or keeps one that it wants removed.

    Why:
        What is recorded is read elsewhere: by other rules, panels and other servers. A label that they
        join by must be there; one for each instance makes far too many series.

    Fix:
        Name the label in `by (…)`, or aggregate it away.

    Bad:
        policy: {recordings: {keep: [job], remove: [instance]}}
        ---
        - record: errors:rate5m
          expr: sum(rate(errors_total[5m]))

    Good:
        policy: {recordings: {keep: [job], remove: [instance]}}
        ---
        - record: job:errors:rate5m
          expr: sum by (job) (rate(errors_total[5m]))
    """
    policy = plan.policy.recordings if plan.policy else None
    if policy is None or not (policy.keep or policy.remove):
        return
    known = query_flows(plan)
    for _, rule in recording_rules(plan):
        flow = known.result(rule)
        if flow is None or flow.empty is not None:
            continue
        for name in (*policy.keep, *policy.remove):
            fact = flow.label(name)
            keeps = name in policy.keep
            if name in rule.labels or fact.is_impossible != keeps:
                continue
            at = rule.written.expr if fact.why.span == (0, 0) else expr_piece(rule, fact.why.span)
            demand = f"keeps `{name}` in what is recorded" if keeps else f"wants `{name}` removed"
            yield Finding(f"the policy {demand}", at=at, label=fact.why.reason, about=rule.place)


def _selectors(rule: Rule | Recording) -> Iterator[tuple[str, frozenset[str], tuple[int, int]]]:
    """The metric's name, the labels of the matchers, and the place of each selector."""
    if rule.engine is Engine.PROMETHEUS:
        for node in promql_parts(rule.expr):
            if isinstance(node, promql.Selector):
                yield node.name or "", frozenset(one.name for one in node.matchers), node.span
        return
    for part in logql_parts(rule.expr):
        if isinstance(part, logql.LogQuery):
            yield "", frozenset(one.name for one in part.selector.matchers), part.selector.span
