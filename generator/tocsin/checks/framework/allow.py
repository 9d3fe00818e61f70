"""Checks of the allowances themselves; their findings come from `run`, which knows what each one matched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.diagnostics.model import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan


@check("allow/unused", Level.INFO)
def unused(_plan: Plan) -> Iterator[Finding]:
    """An allowance matches no finding any more.

    Why:
        What was wrong has been fixed, or the alert has changed. Left where it is, the allowance would
        silently take the next finding of its kind as well.

    Fix:
        Take the allowance away.

    Bad:
        # tocsin: allow rule/for-interval: the job is slow
        - alert: Down
          expr: up == 0
          for: 5m

    Good:
        - alert: Down
          expr: up == 0
          for: 5m
    """
    yield from ()


@check("allow/unknown", Level.ERROR)
def unknown(_plan: Plan) -> Iterator[Finding]:
    """An allowance names a check that does not exist, or a message that cannot be allowed.

    Why:
        It allows nothing: the finding that it is meant for is shown, or the check was renamed unnoticed.

    Fix:
        Write the id of the check as the finding shows it in its brackets.

    Bad:
        # tocsin: allow rule/for-intervall: the job is slow
        - alert: Down
          expr: up == 0
          for: 5m

    Good:
        - alert: Down
          expr: up == 0
          for: 5m
    """
    yield from ()


@check("allow/renamed", Level.INFO)
def renamed(_plan: Plan) -> Iterator[Finding]:
    """An allowance names a check by an id that it no longer has, or a check that was removed.

    Why:
        The allowance works as before, but findings and the manual show the new id only, so that a reader
        does not find what is allowed. The finding of a check that was removed does not come back.

    Fix:
        Write the new id, which the message names, or remove the allowance.

    Bad:
        # tocsin: allow query/two-jobs: both jobs start together
        - alert: QueueTooLong
          expr: sum(jobs{job="queue"}) / sum(workers{job="pool"}) > 5

    Good:
        # tocsin: allow query/needs-for: both jobs start together
        - alert: QueueTooLong
          expr: sum(jobs{job="queue"}) / sum(workers{job="pool"}) > 5
    """
    yield from ()
