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

    from tocsin.plan.model import Alert, Plan


def own_tests(plan: Plan) -> dict[tuple[str, str], OwnTests]:
    """The hand-written cases of a spec, by alert and severity."""
    return {
        (alert.name, rule.severity): tests
        for alert, nothing in metric_alerts(plan)
        for rule in alert.rules
        if (tests := replace(nothing, entries=tuple(case_tests(alert, rule.severity)))).entries
    }


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
