"""Running check functions: one after the other, or by several processes where there is much."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tocsin.checks.framework.plan_slice import shares
from tocsin.parallel import parallel_map, useful_processes
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tocsin.checks.framework.check import Check, Finding
    from tocsin.checks.framework.plan_slice import Share
    from tocsin.plan.model import Plan

T = TypeVar("T")

MUCH = 3000
"""Rules of a plan from which on a second process saves more time than it costs."""
_SHARES_OF_ONE = 8
"""For each process, so that all of them end at about the same time."""


@value_object
class CheckOutcome:
    """What a check has found, and why it broke off, if it did."""

    findings: tuple[Finding, ...]
    broke_off: str | None


def run_each(checks: Sequence[Check], plan: Plan, processes: int | None = None) -> list[CheckOutcome]:
    """The outcome of each check, in their order; without `processes` the size of the plan decides.

    Whoever takes a share of the plan reads and infers its queries for all checks of shares. The checks that
    need the whole plan come first, those of a family together, as they ask for much the same.
    """
    if processes is None:
        count = sum(len(group.rules) for group in plan.rule_groups)
        processes = useful_processes() if count >= MUCH else 1
    if processes < 2:
        return [_outcome(check.run, plan) for check in checks]
    families: dict[str, list[Check]] = {}
    for check in checks:
        if check.run_share is None:
            families.setdefault(check.family, []).append(check)

    def found(unit: str | Share) -> list[CheckOutcome]:
        if isinstance(unit, str):
            return [_outcome(check.run, plan) for check in families[unit]]
        return [_outcome(check.run_share, unit) for check in checks if check.run_share is not None]

    units: list[str | Share] = [*families, *shares(plan, processes * _SHARES_OF_ONE)]
    outcomes = iter(parallel_map(found, units, processes))
    of_plan = {family: iter(next(outcomes)) for family in families}
    of_shares = iter(zip(*outcomes, strict=True))
    return [
        next(of_plan[check.family]) if check.run_share is None else _joined(next(of_shares))
        for check in checks
    ]


def _joined(outcomes: Iterable[CheckOutcome]) -> CheckOutcome:
    """What a check has found in all shares, up to where it broke off."""
    found: list[Finding] = []
    for outcome in outcomes:
        found += outcome.findings
        if outcome.broke_off is not None:
            return CheckOutcome(tuple(found), outcome.broke_off)
    return CheckOutcome(tuple(found), None)


def _outcome(run: Callable[[T], Iterable[Finding]], of: T) -> CheckOutcome:
    found: list[Finding] = []
    try:
        for finding in run(of):
            found.append(finding)
    except Exception as error:
        return CheckOutcome(tuple(found), f"{type(error).__name__}: {error}")
    return CheckOutcome(tuple(found), None)
