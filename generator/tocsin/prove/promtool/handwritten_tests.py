"""The hand-written tests of a spec, as promtool takes them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.plan.evaluation import evaluating_groups
from tocsin.plan.model import Engine, Recording
from tocsin.prove.promtool.try_handwritten import OwnTests
from tocsin.targets.promtool_tests import case_tests
from tocsin.targets.rules import group_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Alert, Plan, Rule

RuleName = tuple[str, str, str]


def own_tests(plan: Plan) -> dict[RuleName, OwnTests]:
    """The hand-written cases of a spec, by what tells the rules apart that they are about."""
    return {
        rule_name(rule): tests
        for alert, nothing in metric_alerts(plan)
        for rule in alert.rules
        if (tests := replace(nothing, entries=tuple(case_tests(alert, rule)))).entries
    }


def rule_name(rule: Rule) -> RuleName:
    """What tells a rule from the others of a plan: alert, severity and variant."""
    return rule.alert_key, rule.severity, rule.variant


def metric_alerts(plan: Plan) -> Iterator[tuple[Alert, OwnTests]]:
    """The alerts on metrics of a spec, each with what a test of it needs, without any test."""
    groups = [group for group in plan.rule_groups if group.engine is Engine.PROMETHEUS]
    evaluating = evaluating_groups(plan, Engine.PROMETHEUS)
    recordings = tuple(
        group_value(replace(group, rules=tuple(rule for rule in group.rules if isinstance(rule, Recording))))
        for group in groups
        if any(isinstance(rule, Recording) for rule in group.rules)
    )
    for group in plan.groups:
        for alert in group.alerts:
            if alert.name in evaluating:
                yield alert, OwnTests((), evaluating[alert.name].interval, recordings)
