"""With which labels a rule makes its alerts: those that it sets, and those that its query returns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.lang.flow.label_values import ANY, MISSING, single_value
from tocsin.lang.flow.model import METRIC_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.lang.flow.label_values import LabelValues
    from tocsin.lang.flow.model import Flow
    from tocsin.plan.model import Rule

_COPIED = re.compile(r"\{\{-?\s*\$labels\.([a-zA-Z_][a-zA-Z0-9_]*)\s*-?\}\}")


def rule_label_values(rule: Rule, name: str, flow: Callable[[], Flow | None]) -> LabelValues:
    """What a label can be in the alerts of a rule; the empty text stands for an alert without it.

    `flow` is asked for the label flow of the rule's query only where that decides; it may be unknown.
    """
    if name == "alertname":
        return single_value(rule.alert)
    if name == METRIC_NAME:
        # Prometheus takes it away from every alert (`rules/alerting.go`).
        return MISSING
    value = rule.labels.get(name)
    if value is None:
        return _returned(name, flow())
    if "{{" not in value:
        return single_value(value)
    copied = _COPIED.fullmatch(value)
    return ANY if copied is None else _returned(copied[1], flow())


def copied_labels(rule: Rule) -> frozenset[str]:
    """The labels of the query's result that labels of the rule copy."""
    found = (_COPIED.fullmatch(value) for value in rule.labels.values() if "{{" in value)
    return frozenset(one[1] for one in found if one is not None)


def _returned(name: str, flow: Flow | None) -> LabelValues:
    return ANY if flow is None else flow.label(name).texts
