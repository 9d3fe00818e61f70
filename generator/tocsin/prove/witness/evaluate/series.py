"""Series held in memory, and windows over their samples."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import field
from typing import TYPE_CHECKING

from tocsin.lang.regexes import matches_whole
from tocsin.prove.witness.evaluate.elements import Labels, without_name
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tocsin.lang.promql.ast import LabelMatcher, Selector

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


def selects_series(selector: Selector, labels: Mapping[str, str]) -> bool:
    """Whether a selector selects a series with these labels."""
    if selector.name is not None and labels.get("__name__") != selector.name:
        return False
    return all(meets_matcher(matcher, labels.get(matcher.name, "")) for matcher in selector.matchers)


def meets_matcher(matcher: LabelMatcher, value: str) -> bool:
    """Whether a label's value meets a matcher; a missing label counts as an empty one."""
    if matcher.op == "=":
        return value == matcher.value
    if matcher.op == "!=":
        return value != matcher.value
    return matches_whole(matcher.value, value) == (matcher.op == "=~")
