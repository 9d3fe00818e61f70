"""What a case of an alert expects, in words: which severities fire, and when their rules do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.plan.model import Case, Rule


def expectation(case: Case) -> str:
    """What is to fire, and when."""
    wanted = ", ".join(map(severity_name, case.fires)) or "nothing"
    return f"expected: {wanted} fires after {case.at}"


def rule_condition(rule: Rule) -> str:
    """On which values of the query a rule fires."""
    told = _limit(rule) if rule.comparison else "it gives anything"
    name = severity_name(rule.severity) + (f" with {rule.variant}" if rule.variant else "")
    return f"{name} fires when {told} for {rule.for_}"


def severity_name(name: str) -> str:
    """A severity as the explanations call it."""
    return f"`{name}`" if name else "the alert"


def _limit(rule: Rule) -> str:
    """The comparison with the number that the values are held against, and in the words of its unit."""
    number = "" if rule.threshold is None else f"{rule.threshold:.12g}"
    text = rule.threshold_text or number
    return f"{rule.comparison} {text}" + (f" ({number})" if number not in ("", text) else "")
