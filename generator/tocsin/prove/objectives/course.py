"""When the pairs of windows of one alert hold during a test, and when the alert fires."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from tocsin.prove.objectives.timeline import Timeline
from tocsin.prove.promtool.case import Moment
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.prove.objectives.timeline import Pace, Phase

_NEAR = 1e-6
"""By which part of a threshold a share has to differ from it to be surely on one side."""
_MOST_MOMENTS = 8


@value_object
class Watched:
    """A pair of windows as a rule compares it."""

    long: int
    """Seconds."""
    short: int
    threshold: float


@value_object
class Waits:
    """How long an alert waits, in seconds."""

    hold: float
    keep: float


@value_object
class Course:
    """At each evaluation, the pairs that hold and whether the alert fires; None where that is not sure."""

    holding: tuple[frozenset[int] | None, ...]
    firing: tuple[bool | None, ...]

    def first(self, wanted: bool, start: int = 0) -> int | None:
        """The first evaluation from `start` on at which the alert surely fires, or surely does not."""
        return next((at for at in range(start, len(self.firing)) if self.firing[at] is wanted), None)

    def moments(self, step: int, start: int = 0) -> tuple[Moment, ...]:
        """The last evaluation before each turn and the first after it, and the end."""
        sure = [at for at in range(start, len(self.firing)) if self.firing[at] is not None]
        asked: list[int] = []
        for before, after in pairwise(sure):
            if self.firing[before] is not self.firing[after]:
                asked += [before, after]
        asked = asked[: _MOST_MOMENTS - 1] + sure[-1:]
        return tuple(Moment(at * step, firing=bool(self.firing[at])) for at in dict.fromkeys(asked))


def course_of(pairs: Sequence[Watched], phases: Sequence[Phase], pace: Pace, waits: Waits) -> Course:
    """The course of an alert that fires on any of some pairs."""
    timeline = Timeline(phases, pace)
    holding = tuple(_holding(pairs, timeline, at) for at in range(timeline.steps + 1))
    return Course(holding, tuple(_firing(holding, pace.step, waits)))


def critical_share(pair: Watched, phases: Sequence[Phase], pace: Pace, at: int) -> float | None:
    """By what the shares of some phases have to be multiplied for the long window to meet its threshold."""
    seen = Timeline(phases, pace).seen(pair.long, at)
    shares = [one.share for one in seen]
    if None in shares or shares[0] != shares[1] or not shares[0]:
        return None
    return pair.threshold / shares[0]


def _holding(pairs: Sequence[Watched], timeline: Timeline, at: int) -> frozenset[int] | None:
    found = [_holds(pair, timeline, at) for pair in pairs]
    if None in found:
        return None
    return frozenset(number for number, holds in enumerate(found) if holds)


def _holds(pair: Watched, timeline: Timeline, at: int) -> bool | None:
    sides = [
        _above(one.share, pair.threshold)
        for window in dict.fromkeys((pair.long, pair.short))
        for one in timeline.seen(window, at)
    ]
    if False in sides[:2] and True not in sides[:2]:
        return False
    if False in sides[2:] and True not in sides[2:]:
        return False
    return None if None in sides or False in sides else True


def _above(share: float | None, threshold: float) -> bool | None:
    if share is None:
        return False
    return None if abs(share - threshold) <= _NEAR * threshold else share > threshold


def _firing(holding: Sequence[frozenset[int] | None], step: int, waits: Waits) -> Iterator[bool | None]:
    since: int | None = None
    fired, gone = False, None
    doubtful = False
    for at, pairs in enumerate(holding):
        if pairs is None:
            # Whether it holds decides what comes after, too, unless nothing waits.
            doubtful = True
            yield None
            continue
        if pairs:
            since = at if since is None else since
            gone = None
            fired = fired or (at - since) * step >= waits.hold
            doubtful = doubtful and waits.hold != 0
        else:
            gone = at if gone is None else gone
            if not fired or (at - gone) * step >= waits.keep:
                since, fired = None, False
                doubtful = doubtful and bool(waits.keep)
        yield None if doubtful else fired
