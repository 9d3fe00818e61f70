"""Running check functions: one after the other, or by several processes where there is much."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tocsin.checks.shares import shares
from tocsin.frozen import frozen
from tocsin.processes import processors, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tocsin.checks.base import Check, Finding
    from tocsin.checks.shares import Share
    from tocsin.plan.model import Plan

T = TypeVar("T")

MUCH = 3000
"""Rules of a plan from which on a second process saves more time than it costs."""
_SHARES_OF_ONE = 8
"""For each process, so that all of them end at about the same time."""


@frozen
class Outcome:
    """What a check has found, and why it broke off, if it did."""

    findings: tuple[Finding, ...]
    broke_off: str | None


def collect(checks: Sequence[Check], plan: Plan, processes: int | None = None) -> list[Outcome]:
    """The outcome of each check, in their order; without `processes` the size of the plan decides.

    Whoever takes a share of the plan reads and infers its queries for all checks of shares. The checks that
    need the whole plan come first, those of a family together, as they ask for much the same.
    """
    if processes is None:
        count = sum(len(group.rules) for group in plan.rule_groups)
        processes = processors() if count >= MUCH else 1
    if processes < 2:
        return [_outcome(check.run, plan) for check in checks]
    families: dict[str, list[Check]] = {}
    for check in checks:
        if check.run_share is None:
            families.setdefault(check.family, []).append(check)

    def found(unit: str | Share) -> list[Outcome]:
        if isinstance(unit, str):
            return [_outcome(check.run, plan) for check in families[unit]]
        return [_outcome(check.run_share, unit) for check in checks if check.run_share is not None]

    units: list[str | Share] = [*families, *shares(plan, processes * _SHARES_OF_ONE)]
    outcomes = iter(spread(found, units, processes))
    of_plan = {family: iter(next(outcomes)) for family in families}
    of_shares = iter(zip(*outcomes, strict=True))
    return [
        next(of_plan[check.family]) if check.run_share is None else _joined(next(of_shares))
        for check in checks
    ]


def _joined(outcomes: Iterable[Outcome]) -> Outcome:
    """What a check has found in all shares, up to where it broke off."""
    found: list[Finding] = []
    for outcome in outcomes:
        found += outcome.findings
        if outcome.broke_off is not None:
            return Outcome(tuple(found), outcome.broke_off)
    return Outcome(tuple(found), None)


def _outcome(run: Callable[[T], Iterable[Finding]], of: T) -> Outcome:
    found: list[Finding] = []
    try:
        for finding in run(of):
            found.append(finding)
    except Exception as error:
        return Outcome(tuple(found), f"{type(error).__name__}: {error}")
    return Outcome(tuple(found), None)
