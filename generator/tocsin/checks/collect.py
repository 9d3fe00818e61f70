"""Running check functions: one after the other, or shared out among processes where there is much."""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.checks.base import Check, Finding
    from tocsin.plan.model import Plan

MUCH = 3000
"""Rules of a plan from which on a second process saves more time than it costs."""
_MOST_PROCESSES = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check has found, and why it broke off, if it did."""

    findings: tuple[Finding, ...]
    broke_off: str | None


def collect(checks: Sequence[Check], plan: Plan, processes: int | None = None) -> list[Outcome]:
    """The outcome of each check, in their order; without `processes` the size of the plan decides."""
    if processes is None:
        rules = sum(len(group.rules) for group in plan.rule_groups)
        processes = min(_processors(), _MOST_PROCESSES) if rules >= MUCH else 1
    if processes < 2 or not hasattr(os, "fork"):
        return [_outcome(check, plan) for check in checks]
    shares = [range(number, len(checks), processes) for number in range(processes)]
    children = [(share, _start([checks[number] for number in share], plan)) for share in shares[1:]]
    outcomes: dict[int, Outcome] = {number: _outcome(checks[number], plan) for number in shares[0]}
    for share, child in children:
        found = _result(child)
        # A child that was killed leaves its share to this process.
        outcomes.update(
            zip(share, found or [_outcome(checks[number], plan) for number in share], strict=True)
        )
    return [outcomes[number] for number in range(len(checks))]


def _outcome(check: Check, plan: Plan) -> Outcome:
    found: list[Finding] = []
    try:
        for finding in check.run(plan):
            found.append(finding)
    except Exception as error:
        return Outcome(tuple(found), f"{type(error).__name__}: {error}")
    return Outcome(tuple(found), None)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _start(checks: Sequence[Check], plan: Plan) -> tuple[int, int]:
    """A child with the plan as it is in memory: its id, and where to read what it has found."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    status = 1
    try:
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump([_outcome(check, plan) for check in checks], pipe)
        status = 0
    finally:
        # Nothing of the parent's is to be flushed or closed twice.
        os._exit(status)


def _result(child: tuple[int, int]) -> list[Outcome] | None:
    number, reading = child
    with os.fdopen(reading, "rb") as pipe:
        written = pipe.read()
    _, status = os.waitpid(number, 0)
    if status != 0:
        return None
    found: list[Outcome] = pickle.loads(written)
    return found
