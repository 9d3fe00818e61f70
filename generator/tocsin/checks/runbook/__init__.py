"""Checks of runbooks, procedures and the escalation of a spec against its alerts."""

from tocsin.checks.runbook.escalation import unreachable_level, untold_level
from tocsin.checks.runbook.links import link, section
from tocsin.checks.runbook.queries import dead_query, finding_label, matcher, metric
from tocsin.checks.runbook.sections import empty, no_action, unused_action, unused_procedure, vague_step
from tocsin.checks.runbook.silences import silence

__all__ = [
    "dead_query",
    "empty",
    "finding_label",
    "link",
    "matcher",
    "metric",
    "no_action",
    "section",
    "silence",
    "unreachable_level",
    "untold_level",
    "unused_action",
    "unused_procedure",
    "vague_step",
]
