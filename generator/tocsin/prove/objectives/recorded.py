"""Series of bad and all events that another program records, such as a ruler of Loki."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.prove.promtool.series_write import number_text, series_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tocsin.prove.objectives.timeline import Pace, Phase

_EVENTS = 1000.0
"""The usual number of events a second."""


@value_object
class RecordedEvents:
    """An indicator whose events somebody else counts; where nothing happened nothing is recorded."""

    total: Mapping[str, str]
    bad: Mapping[str, str]
    whole = False

    def written(
        self, phases: Sequence[Phase], pace: Pace, labels: Mapping[str, str]
    ) -> Iterator[tuple[str, str]]:
        """The series of a test with their samples; `labels` are those of the group that is measured."""
        finer = pace.step // pace.spacing
        for named, is_bad in ((self.total, False), (self.bad, True)):
            texts = []
            for number, phase in enumerate(phases):
                count = phase.steps * finer + (1 if number == 0 else 0)
                if count and (phase.share is None or not phase.there):
                    texts.append("_" if count == 1 else f"_x{count}")
                elif count and phase.share is not None:
                    value = number_text(_EVENTS * phase.traffic * (phase.share if is_bad else 1))
                    texts.append(value if count == 1 else f"{value}x{count - 1}")
            own = {**named, **{name: labels[name] for name in labels if name in named}}
            yield series_text(own), " ".join(texts)
