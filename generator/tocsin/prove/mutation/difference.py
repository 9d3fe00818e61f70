"""How near numbers come to telling a rule from the same rule with a mistake."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.prove.witness.evaluate import EvaluationError, LimitError
from tocsin.prove.witness.evaluate.elements import NOWHERE, STEP, UNSURE
from tocsin.prove.witness.objective import IN_THE_WAY, REFUSED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.lang.promql.ast import Node
    from tocsin.prove.witness.clock import Clock
    from tocsin.prove.witness.evaluate import Evaluator, Vector
    from tocsin.prove.witness.labels.series_set import SeriesSet
    from tocsin.prove.witness.objective import Goal, Objective
    from tocsin.prove.witness.waveform import Waveform


@dataclass
class Difference:
    """The goal `fires`: the rule fires at the end, the mistaken one does not; `silent`: the other way round.

    A problem of its own for the search, over the series of the rule's problem.
    """

    problem: Objective
    mistaken: Node
    hold: int
    """Steps for which the mistaken rule waits."""
    exact: bool
    """Whether no number is rounded."""
    evaluations: int = 0

    @property
    def universe(self) -> SeriesSet:
        """The series to feed both."""
        return self.problem.universe

    @property
    def clock(self) -> Clock:
        """The clock of the test."""
        return self.problem.clock

    @property
    def work(self) -> int:
        """What the evaluations cost together."""
        return self.problem.work

    def hopeless(self, goal: Goal) -> float:
        """The distance from which on numbers will not help."""
        return self.problem.hopeless(goal)

    def score(self, motions: Sequence[Waveform], goal: Goal) -> float:
        """How far both are from what the goal asks of them; 0 when they meet it where it is looked at."""
        self.evaluations += 1
        hold = self.clock.hold
        first, second = (self.problem.tree, hold), (self.mistaken, self.hold)
        loud, quiet = (first, second) if goal == "fires" else (second, first)
        series = self.problem.series(motions)
        if not self.problem.is_real(series):
            return REFUSED
        evaluator = self.problem.evaluator(series)
        given = evaluator.budget
        try:
            return self._loud(evaluator, *loud) + self._quiet(evaluator, *quiet)
        except (EvaluationError, LimitError):
            return REFUSED
        finally:
            self.problem.work += given - evaluator.budget

    def _loud(self, evaluator: Evaluator, tree: Node, hold: int) -> float:
        total = 0.0
        for vector in self._vectors(evaluator, tree, hold):
            nearest = min((element.appear for element in vector), default=NOWHERE)
            # A tie is no way to get there: one step further, and the other side has what it needs.
            total += IN_THE_WAY if math.isinf(nearest) else STEP if 0 < nearest <= 2 * UNSURE else nearest
            if nearest == 0 and not self.exact and max(element.vanish for element in vector) <= UNSURE:
                total += UNSURE
        return total

    def _quiet(self, evaluator: Evaluator, tree: Node, hold: int) -> float:
        """How far the moment at which least is there is from being without anything."""
        return min(self._loudness(vector) for vector in self._vectors(evaluator, tree, hold))

    def _loudness(self, vector: Vector) -> float:
        total = sum(min(element.vanish, NOWHERE) for element in vector if element.appear == 0)
        if not self.exact:
            total += sum(UNSURE for element in vector if 0 < element.appear <= 2 * UNSURE)
        return total

    def _vectors(self, evaluator: Evaluator, tree: Node, hold: int) -> list[Vector]:
        steps = self.clock.steps
        moments = sorted({steps, steps - hold // 2, steps - hold})
        return [evaluator.vector(tree, self.clock.moment(moment)) for moment in moments if moment >= 0]
