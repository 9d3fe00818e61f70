"""Running check functions: one after the other, or by several processes where there is much."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.checks.alerts import rules
from tocsin.checks.facts import facts
from tocsin.checks.measures import tree
from tocsin.processes import processors, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.checks.base import Check, Finding
    from tocsin.plan.model import Plan

MUCH = 3000
"""Rules of a plan from which on a second process saves more time than it costs."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check has found, and why it broke off, if it did."""

    findings: tuple[Finding, ...]
    broke_off: str | None


def collect(checks: Sequence[Check], plan: Plan, processes: int | None = None) -> list[Outcome]:
    """The outcome of each check, in their order; without `processes` the size of the plan decides."""
    if processes is None:
        count = sum(len(group.rules) for group in plan.rule_groups)
        processes = processors() if count >= MUCH else 1
    if min(processes, len(checks)) > 1:
        _prepare(plan)
    return spread(lambda check: _outcome(check, plan), checks, processes)


def _prepare(plan: Plan) -> None:
    """Compute what nearly every check asks for while there is one process: each would do it again."""
    # What goes wrong here goes wrong in a check as well, which says so.
    with contextlib.suppress(Exception):
        known = facts(plan)
        for _, rule in rules(plan):
            known.result(rule, conventions=True)
            tree(rule)


def _outcome(check: Check, plan: Plan) -> Outcome:
    found: list[Finding] = []
    try:
        for finding in check.run(plan):
            found.append(finding)
    except Exception as error:
        return Outcome(tuple(found), f"{type(error).__name__}: {error}")
    return Outcome(tuple(found), None)
