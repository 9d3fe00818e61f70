"""What a verdict fails for, as a finding that can be allowed and accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.problem import Problem
from tocsin.prove.logs.verdicts import NO_LOKI
from tocsin.prove.verdict import Status

if TYPE_CHECKING:
    from tocsin.prove.verdict import Verdict

UNTRIED = "prove/no-loki"
"""The id of what could not be tried, which says nothing about the alert."""
_ON_PAPER = "prove/only-on-paper"
_NOT_FIRING = {
    Status.IMPOSSIBLE: ("prove/never-fires", "can never fire"),
    Status.ON_PAPER: (_ON_PAPER, "fires only on paper"),
    Status.UNPROVEN: ("prove/not-shown", "is not shown to fire"),
}


def failure(verdict: Verdict) -> Problem | None:
    """Why an alert fails; None where it is shown to fire and to be silent, or rightly never is silent."""
    rule = verdict.subject.rule
    reason = "; ".join(verdict.reasons)
    if verdict.invalid is not None:
        return Problem("prove/not-loaded", f"Prometheus does not load `{rule.alert}`: {reason}", rule.place)
    if NO_LOKI in verdict.reasons:
        return Problem(UNTRIED, f"`{rule.alert}` was not tried: {NO_LOKI}", rule.place)
    if verdict.fires in _NOT_FIRING:
        check, said = _NOT_FIRING[verdict.fires]
        return Problem(check, f"`{rule.alert}` {said}: {reason}", rule.place)
    if verdict.silent is Status.ON_PAPER:
        return Problem(_ON_PAPER, f"`{rule.alert}` is silent only on paper: {reason}", rule.place)
    if verdict.silent is Status.UNPROVEN:
        return Problem("prove/not-shown", f"`{rule.alert}` is not shown to be silent: {reason}", rule.place)
    return None
