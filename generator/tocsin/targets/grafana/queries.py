"""What panels ask: datasources, targets, and queries on the states of alerts that Prometheus records."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tocsin.lang.strings import quote_string
from tocsin.plan.model import Rule
from tocsin.plan.part_facts import alike
from tocsin.plan.parts import parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.plan.model import Plan

MIXED = {"type": "datasource", "uid": "-- Mixed --"}
"""The datasource of a panel whose targets ask several."""

OWN_ALERTS = 'alertname=~"$alerts"'
"""The matcher of the alerts that a dashboard is about, listed in its variable `alerts`."""

_SIGNS = re.compile(r"""[\[\](){}+*?|^$\\"']""")
_OWN = frozenset({"alertname", "severity", "team"})


PROMETHEUS = {"type": "prometheus", "uid": "${prometheus_datasource}"}
"""The Prometheus that a dashboard's variable chooses."""

LOKI = {"type": "loki", "uid": "${loki_datasource}"}
"""The Loki that a dashboard's variable chooses."""


def any_alert(names: Iterable[str]) -> str:
    """A regular expression for the names of alerts, without what Grafana or a string would read otherwise."""
    return "|".join(re.sub(_SIGNS, _as_class, name) for name in sorted(set(names)))


def _as_class(found: re.Match[str]) -> str:
    return f"[{found[0]}]" if found[0] in "(){}+*?|" else "."


def range_target(
    ref: str, source: Mapping[str, str], expr: str, legend: str, min_step: str | None = None
) -> dict[str, Any]:
    """A target that draws an expression over time, evaluated at steps of at least `min_step`."""
    target: dict[str, Any] = {"refId": ref, "datasource": source, "editorMode": "code", "expr": expr}
    if source["type"] == "loki":
        target["queryType"] = "range"
    else:
        target |= {"range": True, "instant": False}
    if min_step is not None:
        target["step" if source["type"] == "loki" else "interval"] = min_step
    return {**target, "legendFormat": legend}


def instant_target(ref: str, source: Mapping[str, str], expr: str, legend: str) -> dict[str, Any]:
    """A target that asks Prometheus for the present values of an expression."""
    return {
        "refId": ref,
        "datasource": source,
        "editorMode": "code",
        "expr": expr,
        "range": False,
        "instant": True,
        "legendFormat": legend,
    }


def table_target(ref: str, source: Mapping[str, str], expr: str) -> dict[str, Any]:
    """A target that asks Prometheus for the present values of an expression as the rows of a table."""
    return {**instant_target(ref, source, expr, ""), "format": "table"}


def log_lines_target(ref: str, source: Mapping[str, str], expr: str) -> dict[str, Any]:
    """A target that asks Loki for log lines."""
    return {
        "refId": ref,
        "datasource": source,
        "editorMode": "code",
        "expr": expr,
        "queryType": "range",
        "maxLines": 200,
    }


def shared_labels(plan: Plan) -> dict[str, str]:
    """The fixed labels that all rules carry alike, so that they tell the plan's alerts from others."""
    parts = parts_of(plan)
    rules = () if parts else (rule for group in plan.rule_groups for rule in group.rules)
    of_rules = (rule.labels for rule in rules if isinstance(rule, Rule))
    found = alike((*(part.facts.labels for part in parts), *of_rules)) or {}
    return {name: text for name, text in sorted(found.items()) if name not in _OWN and "{{" not in text}


def alert_state_selector(series_name: str, matchers: Mapping[str, str], *more: str) -> str:
    """A selector of the states of alerts; `more` are matchers as they are written."""
    equal = (f"{name}={quote_string(value)}" for name, value in matchers.items())
    inside = ", ".join((*equal, *more))
    return f"{series_name}{{{inside}}}" if inside else series_name


def fired_alerts(matchers: Mapping[str, str], *more: str) -> str:
    """The alerts that fired at a step of a graph or since the one before, however far they are apart."""
    selector = alert_state_selector("ALERTS", {"alertstate": "firing", **matchers}, *more)
    return f"({selector} or max_over_time({selector}[$__interval]))"


def constant(value: float, label: str, text: str) -> str:
    """An expression that returns one number with one label."""
    replacement = quote_string(text.replace("$", "$$"))
    return f'label_replace(vector({value}), {quote_string(label)}, {replacement}, "", "")'
