"""The severities that people see: those of the spec, and what its alerts have besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import ResponseTargets, Severity, Timing
from tocsin.plan.parts import shown_parts

if TYPE_CHECKING:
    from tocsin.plan.model import Plan


def shown_severities(plan: Plan, none: str) -> dict[str, Severity]:
    """By label value, the most urgent first; of alerts without the label the title is `none`."""
    found = {severity.name: severity for severity in plan.severities}
    names = (name for part in shown_parts(plan) for name in part.facts.severities)
    least = len(found)
    for number, name in enumerate(sorted({*names} - found.keys(), reverse=True), least + 1):
        nothing = Timing(None, None, None), ResponseTargets(None, None, None)
        found[name] = Severity(name, number, name or none, "", *nothing)
    return found
