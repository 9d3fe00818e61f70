"""Mistakes in a rule as expressions, and which of them the cases of the rule notice."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.promql.parser import parse_promql
from tocsin.prove.promtool.series_read import series_of
from tocsin.prove.witness.evaluate import EvaluationError, Evaluator, LimitError
from tocsin.prove.witness.firing_at import firing_at
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.lang.promql.ast import Node
    from tocsin.prove.promtool.case import ProofCase
    from tocsin.prove.witness.firing_at import Outcome

_ONCE = 400_000


@value_object
class MutatedRule:
    """What a rule with one mistake would ask, over the same series as the rule."""

    what: str
    kind: str
    expr: str
    hold: float
    """Seconds for which it waits."""
    recorded: str | None = None
    """The same over recorded series as they are, where `expr` has their recording rules written out."""


@value_object
class Mistaken:
    """A mistake with its expression as a tree."""

    mistake: MutatedRule
    tree: Node


def surviving_mutants(
    expr: str, hold: float, cases: Sequence[ProofCase], mistakes: Sequence[MutatedRule]
) -> list[MutatedRule]:
    """The mistakes that none of the cases notices, as far as the evaluator can tell."""
    mistaken = readable_mutants(mistakes)
    left, _ = left_by(parse_promql(expr), hold, cases, mistaken)
    noticed = [one.mistake for one in mistaken if one not in left]
    return [one for one in mistakes if one not in noticed]


def left_by(
    tree: Node, hold: float, cases: Sequence[ProofCase], mistaken: Sequence[Mistaken]
) -> tuple[list[Mistaken], int]:
    """Which mistakes no case notices, and what it cost to find out."""
    left = list(mistaken)
    total = 0
    for case in cases:
        series = series_of(case) if left else None
        if series is None:
            continue
        evaluator = Evaluator(series, step=case.step * 1000, past_only=True)
        for moment in case.moments:
            at = moment.at // case.step
            expected, work = outcome_and_cost(tree, evaluator, case.step, at, hold, exact=True)
            total += work
            if expected is None or bool(expected) != moment.firing:
                continue
            still = []
            for one in left:
                found, work = outcome_and_cost(
                    one.tree, evaluator, case.step, at, one.mistake.hold, exact=True
                )
                total += work
                if found in (None, expected):
                    still.append(one)
            left = still
    return left, total


def outcome_and_cost(
    tree: Node, evaluator: Evaluator, step: int, at: int, hold: float, *, exact: bool
) -> tuple[Outcome | None, int]:
    """What fires, None where that is unclear, and what it cost to find out."""
    evaluator.budget = _ONCE
    try:
        found = firing_at(tree, evaluator, step, at, math.ceil(hold / step), exact=exact)
    except (EvaluationError, LimitError):
        found = None
    return found, _ONCE - evaluator.budget


def readable_mutants(mistakes: Sequence[MutatedRule]) -> list[Mistaken]:
    """Those whose expressions can be read."""
    found = []
    for mistake in mistakes:
        try:
            found.append(Mistaken(mistake, parse_promql(mistake.expr)))
        except (LangError, RecursionError):
            continue
    return found
