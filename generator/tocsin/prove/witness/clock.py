"""When a test's samples lie and its rules are evaluated."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.prove.witness.labels.constraints import Occurrence

_NICE = (
    1,
    2,
    5,
    10,
    15,
    20,
    30,
    60,
    120,
    180,
    300,
    600,
    900,
    1200,
    1800,
    3600,
    7200,
    10800,
    21600,
    43200,
    86400,
)
_MOST_STEPS = 150
_VERY_MANY = 1_500
"""Steps from which on `for` may be a single one of them."""
_OLDEST = 40e6
_LONGEST = 50_000
"""Steps beyond which no test is tried."""
_USUAL_STEP = 60
_LONG_HOLD, _LONG_STEP = 3600.0, 120
"""From which `for` on samples may lie further apart, and how far."""
_HOUR, _DAY = 3600.0, 86_400.0
_CALENDAR = (
    *(hour * _HOUR for hour in (1.5, 4.5, 7.5, 10.5, 13.5, 16.5, 19.5, 23.0)),
    *(day * _DAY + 13.5 * _HOUR for day in range(1, 8)),
    *(day * _DAY + 3.5 * _HOUR for day in range(1, 8)),
    *(30.4 * _DAY * month + 13.5 * _HOUR for month in range(1, 13)),
)
"""Seconds from the start of 1970, a Thursday: most windows of hours, days and months are met."""


@value_object
class Clock:
    """Samples and evaluations every `step` seconds, from 0 to `steps` times that."""

    step: int
    steps: int
    hold: int
    """Steps for which the expression has to hold before the alert fires."""
    lead: int = 2
    """Steps before that at which the growth of a counter changes, where it does."""

    @property
    def end(self) -> int:
        """The last moment, in seconds."""
        return self.step * self.steps

    def within(self, seconds: float) -> int:
        """The steps that so many seconds may take."""
        return math.ceil(seconds / self.step) + 1 if seconds else 0

    def moment(self, step: int) -> int:
        """The milliseconds of a step."""
        return step * self.step * 1000


def nice_step(seconds: float) -> int:
    """The longest plain step that is not longer than this."""
    return max((step for step in _NICE if step <= seconds), default=1)


def candidate_clocks(
    occurrences: Sequence[Occurrence],
    hold: float,
    constants: Sequence[float],
    *,
    timed: bool,
    calendar: bool,
    ahead: bool = False,
    keep: float = 0.0,
) -> list[Clock]:
    """The clocks worth trying, the shortest first; `hold` and `keep` are the alert's times in seconds.

    `timed` is an expression that reads the clock; `ahead` says that all times it tells are to come, else some
    may have to be long past. None where every test would be too long, as for a `for` of many years.
    """
    ranges = [occurrence.range for occurrence in occurrences if occurrence.range]
    shift = max((abs(occurrence.shift) for occurrence in occurrences), default=0.0)
    densest = min(ranges, default=math.inf) / 3
    finest = min(densest, hold / 2 if hold >= 10 else math.inf)
    longest = max((occurrence.window for occurrence in occurrences), default=0.0)
    wait = hold + keep + shift
    short = wait + min(longest, 30 * _USUAL_STEP) + 10 * _USUAL_STEP
    wanted = [short]
    if longest > 30 * _USUAL_STEP:
        wanted.append(wait + 1.2 * longest + 10 * _USUAL_STEP)
    past: list[Clock] = []
    if timed:
        for age in _ages(constants, short):
            length = wait + 1.2 * age + 600
            since = _clock(length, finest, hold)
            past.append(since if since.steps < _VERY_MANY else _clock(length, densest, hold))
        wanted += [
            length for length in (86_400.0, 8 * 86_400.0, 45 * 86_400.0, 400 * 86_400.0) if length > short
        ]
    if calendar:
        wanted += [length for length in _CALENDAR if length > short]
    usual = [_clock(length, finest, hold) for length in wanted]
    found = [usual[0], *past, *usual[1:]] if ahead else [*past, *usual]
    if shift and ranges:
        # What is over by now was there some time ago: windows that look at now have to be past it, wholly,
        # as far as those that look back are still before it while the alert has to hold, or by half.
        first = found[0]
        window, back = min(ranges) / first.step, int(shift / first.step)
        lead = max(back - first.hold, math.ceil(window / 2))
        found = [replace(first, lead=max(2, min(_past(first, ranges), lead))), *found]
    elif ranges and min(ranges) < max(ranges):
        # The shorter window is past what the longer one still sees.
        filled = max(found, key=lambda clock: clock.end)
        found.append(replace(filled, lead=min(_past(filled, ranges), max(2, filled.steps - filled.hold - 4))))
    if ranges and min(ranges) < 1800:
        found.append(_clock(short, min(ranges) / 20, hold))
    return [clock for clock in dict.fromkeys(found) if clock.steps <= _LONGEST]


def _past(clock: Clock, ranges: Sequence[float]) -> int:
    """The steps after which the shortest window is past a moment, with the sample at its start, which
    Prometheus 2 counts."""
    return math.ceil(min(ranges) / clock.step) + 1


def _ages(constants: Sequence[float], short: float) -> list[float]:
    """Seconds that may have to have passed: what is written, or is so many times a day."""
    times = [a * b for a in constants for b in constants if a > b > 1 and short < 1.2 * a * b < 1.2 * _OLDEST]
    written = [value for value in constants if short < 1.2 * value < 1.2 * _OLDEST]
    return list(dict.fromkeys(max(part) for part in (times, written) if part))


def _clock(length: float, finest: float, hold: float) -> Clock:
    usual = _LONG_STEP if hold >= _LONG_HOLD and finest >= 3 * _LONG_STEP else _USUAL_STEP
    step = nice_step(min(usual, finest))
    if length / step > _MOST_STEPS:
        step = max(step, nice_step(min(finest, length / (_MOST_STEPS / 2))))
    steps = math.ceil(length / step)
    return Clock(step, steps, math.ceil(hold / step))
