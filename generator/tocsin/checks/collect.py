"""Running check functions: one after the other, or by several processes where there is much."""

from __future__ import annotations

import contextlib
import os
import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.checks.alerts import rules
from tocsin.checks.facts import facts
from tocsin.checks.measures import tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.checks.base import Check, Finding
    from tocsin.plan.model import Plan

MUCH = 3000
"""Rules of a plan from which on a second process saves more time than it costs."""
_MOST_PROCESSES = 4
_WIDTH = 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check has found, and why it broke off, if it did."""

    findings: tuple[Finding, ...]
    broke_off: str | None


def collect(checks: Sequence[Check], plan: Plan, processes: int | None = None) -> list[Outcome]:
    """The outcome of each check, in their order; without `processes` the size of the plan decides."""
    if processes is None:
        count = sum(len(group.rules) for group in plan.rule_groups)
        processes = min(_processors(), _MOST_PROCESSES) if count >= MUCH else 1
    if min(processes, len(checks)) < 2 or not hasattr(os, "fork"):
        return [_outcome(check, plan) for check in checks]
    _prepare(plan)
    queue = _queue(len(checks))
    try:
        children = [_start(checks, plan, queue) for _ in range(processes - 1)]
        outcomes = _share(checks, plan, queue)
    finally:
        os.close(queue)
    for child in children:
        outcomes.update(_result(child))
    # A child that was killed leaves its share to this process.
    return [outcomes.get(number) or _outcome(check, plan) for number, check in enumerate(checks)]


def _prepare(plan: Plan) -> None:
    """Compute what nearly every check asks for while there is one process: each would do it again."""
    # What goes wrong here goes wrong in a check as well, which says so.
    with contextlib.suppress(Exception):
        known = facts(plan)
        for _, rule in rules(plan):
            known.result(rule, conventions=True)
            tree(rule)


def _queue(count: int) -> int:
    """A pipe that holds the numbers of all checks: whoever is free reads the next one."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(b"".join(number.to_bytes(_WIDTH, "big") for number in range(count)))
    return reading


def _share(checks: Sequence[Check], plan: Plan, queue: int) -> dict[int, Outcome]:
    """The outcomes of the checks that this process came to take, by their numbers."""
    taken: dict[int, Outcome] = {}
    while written := os.read(queue, _WIDTH):
        number = int.from_bytes(written, "big")
        taken[number] = _outcome(checks[number], plan)
    return taken


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


def _start(checks: Sequence[Check], plan: Plan, queue: int) -> tuple[int, int]:
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
            pickle.dump(_share(checks, plan, queue), pipe)
        status = 0
    finally:
        # Nothing of the parent's is to be flushed or closed twice.
        os._exit(status)


def _result(child: tuple[int, int]) -> dict[int, Outcome]:
    """What a child has found; nothing when it was killed."""
    number, reading = child
    with os.fdopen(reading, "rb") as pipe:
        written = pipe.read()
    _, status = os.waitpid(number, 0)
    if status != 0:
        return {}
    found: dict[int, Outcome] = pickle.loads(written)
    return found
