"""Series of counters in which any share of events can be bad, in promtool's notation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tocsin.prove.promtool.series_write import number_text, series_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tocsin.prove.objectives.timeline import Pace, Phase

_BEGUN = 1_000_000_000
"""What counters stand at: one that begins near zero would be extrapolated less than others."""
EVENTS = 1_000_000
"""The usual number of events a second: so many that a share of them can be a whole number."""


@value_object
class Track:
    """One series: how much it grows for an event, when all are good and when all are bad."""

    labels: Mapping[str, str]
    good: float
    bad: float
    limit: float | None = None
    """Of a native histogram: the value up to which an event is good."""
    level: float | None = None
    """Of what is no counter: the value that it always has."""


@value_object
class MixedEvents:
    """An indicator that counts events: a part of them can be bad at the same time."""

    tracks: tuple[Track, ...]
    complete: bool = False
    """Whether what never grows is there as well: a quotient as its author wrote it has no value without."""
    whole = False

    def written(
        self, phases: Sequence[Phase], pace: Pace, labels: Mapping[str, str]
    ) -> Iterator[tuple[str, str]]:
        """The series of a test with their samples; `labels` are those of the group that is measured.

        What never grows is not there: errors of which there are none have no counter yet.
        """
        for track in self.tracks:
            idle = track.level is None and not any(self._grows(track, phase) for phase in phases)
            if idle and not self.complete:
                continue
            named = {**track.labels, **{name: labels[name] for name in labels if name in track.labels}}
            yield series_text(named), _samples(track, phases, pace)

    def _grows(self, track: Track, phase: Phase) -> bool:
        if phase.share is None:
            # A counter stays where it is: there has been something, of either kind.
            return True
        return bool(track.good * (1 - phase.share) + track.bad * phase.share)


def _samples(track: Track, phases: Sequence[Phase], pace: Pace) -> str:
    finer = pace.step // pace.spacing
    texts: list[str] = []
    amounts: tuple[int, ...] = (_BEGUN, _BEGUN) if track.limit is not None else (_BEGUN,)
    for number, phase in enumerate(phases):
        count = phase.steps * finer
        if number == 0:
            texts.append(_text(track, amounts, tuple(0 for _ in amounts), 1) if phase.there else "_")
        if not count:
            continue
        grown = tuple(round(one * pace.spacing) for one in _growth(track, phase))
        if phase.restarts:
            amounts = tuple(0 for _ in amounts)
        first = tuple(a + b for a, b in zip(amounts, grown, strict=True))
        texts.append(_text(track, first, grown, count) if phase.there else f"_x{count}")
        amounts = tuple(a + b * count for a, b in zip(amounts, grown, strict=True))
    return " ".join(texts)


def _growth(track: Track, phase: Phase) -> tuple[float, ...]:
    """What a second adds: to the count, or of a native histogram to the good and to the bad observations."""
    if track.level is not None:
        return (0.0,)
    events = 0.0 if phase.share is None else EVENTS * phase.traffic
    share = phase.share or 0.0
    if track.limit is not None:
        return (events * (1 - share), events * share)
    return (events * (track.good * (1 - share) + track.bad * share),)


def _text(track: Track, first: tuple[int, ...], grown: tuple[int, ...], count: int) -> str:
    if track.level is not None:
        return _run(number_text(track.level), "", count)
    if track.limit is None:
        return _run(str(first[0]), f"+{grown[0]}" if grown[0] else "", count)
    growth = f"+{_histogram(track.limit, grown)}" if any(grown) else ""
    return _run(_histogram(track.limit, first), growth, count)


def _run(first: str, growth: str, count: int) -> str:
    return first if count == 1 else f"{first}{growth}x{count - 1}"


def _histogram(limit: float, amounts: tuple[int, ...]) -> str:
    """Observations in the bucket below the one of the limit, and in the one above it."""
    power = math.ceil(math.log2(limit))
    good, bad = amounts
    count = good + bad
    return f"{{{{schema:0 sum:{count} count:{count} offset:{power - 1} buckets:[{good} 0 {bad}]}}}}"
