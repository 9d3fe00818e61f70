"""Series of what is good or bad as a whole at each moment: a gauge that is 1 or 0, a slice of time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.prove.promtool.series_write import series_text, values_text
from tocsin.prove.witness import waveform
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tocsin.prove.objectives.timeline import Pace, Phase
    from tocsin.prove.witness.labels.series_set import SeriesSet
    from tocsin.prove.witness.waveform import Motions


@value_object
class SwitchedState:
    """An indicator that is either good or bad."""

    universe: SeriesSet
    good: Motions
    bad: Motions
    range: float
    """Seconds that a slice looks back, which is neither good nor bad for as long after a turn."""
    whole = True

    def written(
        self, phases: Sequence[Phase], pace: Pace, labels: Mapping[str, str]
    ) -> Iterator[tuple[str, str]]:
        """The series of a test with their samples; `labels` are those of the group that is measured."""
        finer = pace.step // pace.spacing
        for template in self.universe.templates:
            mover = self.universe.movers[template.mover]
            # The sample at the very start belongs to the first phase; the last one adds one by itself.
            more = [1 if number == 0 else 0 for number in range(len(phases))]
            more[-1] -= 1
            played = [
                self._played(template.mover, phase, phase.steps * finer + one)
                for phase, one in zip(phases, more, strict=True)
            ]
            values = waveform.series_samples(
                played, pace.spacing, counter=mover.counter, bucket=template.bucket, tells=mover.tells
            )
            named = {**template.labels, **{name: labels[name] for name in labels if name in template.labels}}
            yield series_text(named), values_text(values)

    def _played(self, mover: int, phase: Phase, steps: int) -> waveform.Phase:
        motion = (self.bad if phase.share else self.good)[mover]
        if not phase.there or phase.share is None:
            motion = replace(motion, life="absent")
        return waveform.Phase(motion, steps, 0, phase.restarts)
