"""Series held in memory, and windows over their samples."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import field
from typing import TYPE_CHECKING

from tocsin.prove.witness.evaluate.elements import Labels, without_name
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOKBACK = 300_000
"""Milliseconds after which a sample is too old for an instant selector."""


@value_object
class Series:
    """Labels with samples: milliseconds in rising order, and values, of which None marks the series stale."""

    labels: Labels
    times: Sequence[int]
    values: Sequence[float | None]
    bare: Labels = field(init=False)
    """The labels without the metric's name."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "bare", without_name(self.labels))

    def last(self, time: float) -> tuple[int, float] | None:
        """The sample that an instant selector sees at a moment."""
        index = bisect_right(self.times, time) - 1
        if index < 0 or self.times[index] <= time - LOOKBACK:
            return None
        value = self.values[index]
        return None if value is None else (self.times[index], value)

    def window(self, start: int, end: float) -> tuple[list[int], list[float]]:
        """The samples after `start` and not after `end`; marks of staleness are no samples."""
        first, stop = bisect_right(self.times, start), bisect_right(self.times, end)
        times, values = self.times[first:stop], self.values[first:stop]
        if None in values:
            kept = [(at, value) for at, value in zip(times, values, strict=True) if value is not None]
            return [at for at, _ in kept], [value for _, value in kept]
        return list(times), [value for value in values if value is not None]
