"""What a person reads behind the corner of an alert's panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import Engine
from tocsin.targets.grafana.template_text import readable_template

if TYPE_CHECKING:
    from tocsin.plan.model import Alert, Rule
    from tocsin.targets.grafana.context import Basis


def alert_description(basis: Basis, alert: Alert) -> str:
    """The alert in a few lines of Markdown: what it is, when it fires, what silence of the data means."""
    words = basis.words
    parts = [
        readable_template(alert.runbook.description or alert.summary, words.value).strip(),
        "\n".join(f"- {_condition(basis, rule)}" for rule in alert.rules),
    ]
    if alert.missing_data is not None:
        parts.append(f"**{words.missing_data}:** {alert.missing_data.strip()}")
    if alert.engine is Engine.LOKI:
        parts.append(f"*{words.not_in_prometheus}*")
    return "\n\n".join(part for part in parts if part)


def _condition(basis: Basis, rule: Rule) -> str:
    words = basis.words
    if rule.comparison is None or rule.threshold_text is None:
        condition = words.differently
    else:
        condition = words.comparisons[rule.comparison].format(limit=rule.threshold_text)
    timed = words.at_once if rule.for_ in ("0s", "0") else words.held
    return f"**{basis.severity_title(rule.severity)}**: " + timed.format(
        condition=condition, duration=rule.for_
    )
