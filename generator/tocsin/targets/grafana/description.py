"""What a person reads behind the corner of an alert's panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.condition import Joined, Measured, measured
from tocsin.lang.quantities import format_quantity
from tocsin.plan.model import Engine
from tocsin.targets.grafana.sides import condition_of, drawn, metric, rule_conditions, side_names, sides
from tocsin.targets.grafana.template_text import readable_template

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from tocsin.lang.condition import Condition
    from tocsin.plan.model import Alert, Rule
    from tocsin.targets.grafana.context import Basis


def alert_description(basis: Basis, alert: Alert) -> str:
    """The alert in a few lines of Markdown: what it is, when it fires, what silence of the data means."""
    words, said = basis.words, _sides(basis, alert)
    parts = [
        readable_template(alert.runbook.description or alert.summary, words.value).strip(),
        "\n".join(f"- {_condition(basis, rule, said.get(rule.expr))}" for rule in alert.rules),
    ]
    if alert.missing_data is not None:
        parts.append(f"**{words.missing_data}:** {alert.missing_data.strip()}")
    if alert.engine is Engine.LOKI:
        parts.append(f"*{words.not_in_prometheus}*")
    return "\n\n".join(part for part in parts if part)


def _condition(basis: Basis, rule: Rule, sides_said: str | None) -> str:
    words = basis.words
    if rule.comparison is not None and rule.threshold_text is not None:
        condition = words.comparisons[rule.comparison].format(limit=rule.threshold_text)
    else:
        condition = rule.condition or sides_said or words.differently
    timed = words.at_once if rule.for_ in ("0s", "0") else words.held
    severity = basis.severity_title(rule.severity)
    title = f"{severity} ({rule.variant})" if rule.variant else severity
    return f"**{title}**: " + timed.format(condition=condition, duration=rule.for_)


def _sides(basis: Basis, alert: Alert) -> dict[str, str]:
    """What each rule's condition compares, by its expression: side by side, as the panel names them."""
    # Where a rule has a threshold or words of its own, nobody reads more.
    waiting = [rule.expr for rule in alert.rules if rule.comparison is None and rule.condition is None]
    if not waiting:
        return {}
    conditions = rule_conditions(alert)
    if len(conditions) < 2:
        condition = condition_of(alert)
        conditions = {} if condition is None else dict.fromkeys(waiting, condition)
    names = side_names(one for each in conditions.values() for one, _ in measured(each))
    in_unit = {side.expr for side in sides(basis, alert) if side.in_unit}
    return {
        expr: _phrase(basis, alert, condition, names, in_unit)
        for expr, condition in conditions.items()
        if condition != Measured(alert.query)
    }


def _phrase(
    basis: Basis, alert: Alert, condition: Condition, names: Mapping[str, str], in_unit: Container[str]
) -> str:
    words = basis.words
    if isinstance(condition, Joined):
        left, right = (
            f"({phrase})" if condition.op != "or" and isinstance(one, Joined) and one.op == "or" else phrase
            for one in (condition.left, condition.right)
            for phrase in [_phrase(basis, alert, one, names, in_unit)]
        )
        return words.joined[condition.op].format(left=left, right=right)
    name = f"`{names[drawn(condition)] or metric(condition.expr)}`"
    if condition.absent is not None:
        return words.is_absent.format(name=name)
    if condition.comparison is None:
        return words.returns_something.format(name=name)
    if condition.against is not None:
        limit = f"`{names[condition.against]}`"
    else:
        assert condition.limit is not None, "what is compared has one or the other"
        unit = alert.unit.name if condition.expr in in_unit else "none"
        limit = format_quantity(condition.limit, unit)
    return f"{name} {words.comparisons[condition.comparison].format(limit=limit)}"
