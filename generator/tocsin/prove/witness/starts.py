"""Where the search for numbers starts."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.prove.witness.waveform import Motions, Waveform
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.prove.witness.labels.series_set import SeriesParameters

_MOST_CHANGES = 50


@value_object
class Choices:
    """What the numbers of a test may be tried as."""

    constants: tuple[float, ...]
    ranges: tuple[float, ...]
    timed: bool


def first_starts(movers: Sequence[SeriesParameters], choices: Choices, end: float) -> list[Motions]:
    """The numbers from which the search climbs, one after the other; `end` is the last second of a test."""
    now = end if choices.timed else 1.0

    def all_like(level: float, slope: float) -> Motions:
        return tuple(
            Waveform(level=0.0 if mover.counter else level, slope=slope if mover.counter else 0.0, spot=0.0)
            for mover in movers
        )

    starts = [all_like(1.0, 1.0), all_like(0.0, 0.0)]
    if choices.timed:
        starts.insert(1, all_like(now, 1.0))
    return [*starts, _every_other(movers, 0), _every_other(movers, 1), all_like(100.0, 10.0)]


def _every_other(movers: Sequence[SeriesParameters], odd: int, level: float = 100.0) -> Motions:
    return tuple(
        Waveform(
            level=0.0 if mover.counter else (level if index % 2 == odd else 0.0),
            slope=(10.0 if index % 2 == odd else 0.0) if mover.counter else 0.0,
        )
        for index, mover in enumerate(movers)
    )


def further_starts(movers: Sequence[SeriesParameters], choices: Choices) -> list[Motions]:
    """What is tried as it is: buckets that were others, as many changes as are asked for, and numbers."""
    changed = [
        tuple(Waveform(toggle=1.0, flips=count) if mover.counted else Waveform() for mover in movers)
        for count in asked_changes(choices)
        if any(mover.counted for mover in movers)
    ]
    return [*_in_other_buckets(movers), *changed, *_some_as_asked(movers, choices)]


def _in_other_buckets(movers: Sequence[SeriesParameters]) -> list[Motions]:
    """All in the last bucket that has an end, after all was in the first one."""
    if not any(mover.buckets and mover.before for mover in movers):
        return []
    motions = [
        Waveform(level=0.0 if mover.counter else 1.0, slope=1.0 if mover.counter else 0.0) for mover in movers
    ]
    return [
        tuple(
            replace(motion, spot=mover.buckets - 2, spot_before=0.0)
            if mover.buckets and mover.before
            else motion
            for motion, mover in zip(motions, movers, strict=True)
        )
    ]


def _some_as_asked(movers: Sequence[SeriesParameters], choices: Choices) -> list[Motions]:
    """Every other series with a number that is asked for, where there are several gauges."""
    if len(movers) < 2 or all(mover.counter for mover in movers):
        return []
    asked = [number for number in choices.constants if number not in (0.0, 100.0)][:3]
    return [_every_other(movers, odd, number) for number in asked for odd in (0, 1)]


def fitted(motions: Motions, movers: Sequence[SeriesParameters]) -> Motions:
    """The same motions with numbers that the series can have; several may share one second."""
    found = []
    for motion, mover in zip(motions, movers, strict=True):
        level = min(max(motion.level, mover.least), mover.greatest)
        slope = (
            min(motion.slope, mover.growth / (2 * len(movers)))
            if math.isfinite(mover.growth)
            else motion.slope
        )
        found.append(
            motion
            if (level, slope) == (motion.level, motion.slope)
            else replace(motion, level=level, slope=slope)
        )
    return tuple(found)


def asked_changes(choices: Choices) -> list[int]:
    """How often a value may have to change; every other change of a counter is a reset."""
    whole = dict.fromkeys(int(number) for number in choices.constants if 0 < number <= _MOST_CHANGES)
    return [count for one in whole for count in (one, one + 1, 2 * one, 2 * one + 2)]
