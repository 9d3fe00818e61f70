"""How close a choice of numbers comes to making an alert fire, or to keeping it silent."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tocsin.prove.witness.evaluate import EvaluationError, Evaluator, LimitError, Series
from tocsin.prove.witness.evaluate.elements import NOWHERE, STEP, UNSURE, key_of, without_name
from tocsin.prove.witness.reality import Reality
from tocsin.prove.witness.waveform import Waveform, series_samples, whole_test

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.lang.promql.ast import Node
    from tocsin.prove.witness.clock import Clock
    from tocsin.prove.witness.evaluate import Vector
    from tocsin.prove.witness.labels.series_set import SeriesParameters, SeriesSet
    from tocsin.prove.witness.native_histogram import HistogramPart
    from tocsin.prove.witness.waveform import Phase

Goal = Literal["fires", "silent"]
REFUSED = 10 * NOWHERE
"""The distance where the expression cannot be evaluated."""
IN_THE_WAY = 0.9 * NOWHERE
"""That of a result which has to go away first: it is nearer than none at all."""
_WORK = 300_000
_MOST_CHECKED = 120


def _collide(vector: Vector) -> bool:
    """Whether two results differ in the metric's name alone: a rule refuses to make one alert of them."""
    there = [key_of(without_name(element.labels)) for element in vector if element.appear == 0]
    return len(set(there)) < len(there)


@dataclass
class Objective:
    """An expression, the series to feed it, and the clock of the test."""

    tree: Node
    universe: SeriesSet
    clock: Clock
    window: float = 0.0
    """Seconds that the expression looks back."""
    warm: int = 0
    """Steps at the start of a silent test at which the expression may hold: windows are not filled yet."""
    present: tuple[Node, ...] = ()
    """Parts of the expression that have to have a result where it is silent at the end of a test."""
    evaluations: int = 0
    work: int = 0
    """The cost of all evaluations so far."""
    limited: bool = False
    _base: Evaluator | None = None
    _samples: dict[object, tuple[list[int], list[float]]] = field(default_factory=dict)
    _reality: Reality | None = None

    def series(self, motions: Sequence[Waveform]) -> list[Series]:
        """The series of a test in which the movers move like this all the time."""
        return self.played([whole_test(motion, self.clock) for motion in motions])

    def played(self, phases: Sequence[Sequence[Phase]]) -> list[Series]:
        """The series of a test in which each mover goes through its phases."""
        movers = self.universe.movers
        found: list[Series] = []
        self.work += len(self.universe.templates) * 4
        for template in self.universe.templates:
            mover = movers[template.mover]
            key = (tuple(phases[template.mover]), mover.counter, mover.tells, template.bucket)
            if key not in self._samples:
                if len(self._samples) > 4_000:
                    self._samples.clear()
                self.work += self.clock.steps // 4
                self._samples[key] = self._sampled(phases[template.mover], mover, template.bucket)
            found.append(Series(dict(template.labels), *self._samples[key]))
        return found

    def _sampled(
        self, phases: Sequence[Phase], mover: SeriesParameters, bucket: int | HistogramPart | None
    ) -> tuple[list[int], list[float]]:
        values = series_samples(
            phases, self.clock.step, counter=mover.counter, bucket=bucket, tells=mover.tells
        )
        kept = [(self.clock.moment(n), value) for n, value in enumerate(values) if value is not None]
        return [at for at, _ in kept], [value for _, value in kept]

    def faults(self, series: Sequence[Series]) -> list[str]:
        """Why these series cannot exist in reality; none where they can."""
        return list(Reality(self.universe).faults(series))

    def is_real(self, series: Sequence[Series]) -> bool:
        """Whether series can exist, or nobody asks."""
        if not self.universe.is_real:
            return True
        if self._reality is None:
            self._reality = Reality(self.universe)
        self.work += len(series) // 4
        return self._reality.fault(series) is None

    def evaluator(self, series: Sequence[Series]) -> Evaluator:
        """An evaluator over the series of this objective."""
        if self._base is None:
            self._base = Evaluator(series, step=self.clock.step * 1000, past_only=True)
        return self._base.over(series, budget=_WORK)

    def score(self, motions: Sequence[Waveform], goal: Goal) -> float:
        """How far these motions are from the goal; 0 when they meet it at the moments looked at."""
        self.evaluations += 1
        return self._distance(self.series(motions), self._glances(goal), goal)

    def hopeless(self, goal: Goal) -> float:
        """The distance from which on numbers will not help: at no moment looked at is anything near."""
        return NOWHERE * len(self._glances(goal))

    def holds(self, motions: Sequence[Waveform], goal: Goal) -> bool:
        """Whether they meet the goal at every moment that counts."""
        return self._distance(self.series(motions), self._moments(goal), goal) == 0

    def never(self, motions: Sequence[Waveform]) -> bool:
        """Whether the alert surely does not fire at the end: the expression has no result at some moment
        of the time for which it would have to hold."""
        series = self.series(motions)
        if not self.is_real(series):
            return False
        evaluator = self.evaluator(series)
        try:
            for moment in self._moments("fires"):
                vector = evaluator.vector(self.tree, self.clock.moment(moment))
                if all(element.appear > 2 * UNSURE for element in vector):
                    return True
        except (EvaluationError, LimitError):
            return False
        return False

    def at_threshold(self, motions: Sequence[Waveform]) -> bool | None:
        """Whether the alert fires with motions that meet a threshold exactly; None where they do not."""
        series = self.series(motions)
        if not self.is_real(series):
            return None
        evaluator = self.evaluator(series)
        firing = True
        try:
            for moment in self._moments("fires"):
                vector = evaluator.vector(self.tree, self.clock.moment(moment))
                near = [max(element.appear, element.vanish) for element in vector]
                if not near or min(near) > STEP:
                    return None
                firing = firing and any(element.appear == 0 for element in vector)
        except (EvaluationError, LimitError):
            return None
        return firing

    def _glances(self, goal: Goal) -> list[int]:
        steps, hold = self.clock.steps, self.clock.hold
        if goal == "fires":
            return sorted({steps, steps - hold // 2, steps - hold})
        late = {steps - 1} if any(mover.tells for mover in self.universe.movers) else set()
        return sorted({self.warm + 1, self.warm + 3, (self.warm + steps) // 2, steps, *late})

    def _moments(self, goal: Goal) -> list[int]:
        first = self.clock.steps - self.clock.hold if goal == "fires" else self.warm
        moments = list(range(first, self.clock.steps + 1))
        stride = len(moments) // _MOST_CHECKED + 1
        return sorted({*moments[::stride], *moments[:3], moments[-1]})

    def _missing(self, evaluator: Evaluator, part: Node, moment: int) -> float:
        """The distance of a part of the expression from having a result."""
        vector = evaluator.vector(part, self.clock.moment(moment))
        return min((min(element.appear, IN_THE_WAY) for element in vector), default=IN_THE_WAY)

    def _distance(self, series: Sequence[Series], moments: Sequence[int], goal: Goal) -> float:
        if not self.is_real(series):
            return REFUSED
        evaluator = self.evaluator(series)
        total = 0.0
        lasting: set[tuple[tuple[str, str], ...]] | None = None
        try:
            for moment in moments:
                vector = evaluator.vector(self.tree, self.clock.moment(moment))
                there = {key_of(without_name(element.labels)) for element in vector if element.appear == 0}
                lasting = there if lasting is None else lasting & there
                if len(vector) > 1 and _collide(vector):
                    total += IN_THE_WAY
                if goal == "silent":
                    # Not before: windows that look far back are empty at the start of a test.
                    late = self.present if moment == self.clock.steps else ()
                    total += sum(self._missing(evaluator, part, moment) for part in late)
                    total += sum(element.vanish for element in vector if element.appear == 0)
                    total += sum(UNSURE for element in vector if 0 < element.appear <= 2 * UNSURE)
                else:
                    nearest = min((element.appear for element in vector), default=NOWHERE)
                    # A series that has to go away is nearer than nothing at all.
                    nearest = IN_THE_WAY if math.isinf(nearest) else nearest
                    total += nearest
                    if nearest == 0 and max(element.vanish for element in vector) <= UNSURE:
                        total += UNSURE
                if total >= REFUSED:
                    break
        except EvaluationError:
            return REFUSED
        except LimitError:
            self.limited = True
            return REFUSED
        finally:
            self.work += _WORK - evaluator.budget
        # Results that take turns are alerts of their own, of which none lasts.
        return STEP if goal == "fires" and total == 0 and not lasting else total
