"""The share of bad events over a test, and what each window of an objective's rules sees of it."""

from __future__ import annotations

from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Sequence

BASE = 300
"""Seconds over which bad and all events are recorded."""
_Sums = tuple[list[float], list[float]]
"""Of bad and of all events."""


@value_object
class Phase:
    """Evaluations during which the share of bad events stays the same."""

    steps: int
    share: float | None
    """None where nothing happens at all."""
    traffic: float = 1.0
    """How many times the usual number of events there are."""
    there: bool = True
    """Whether the series exist."""
    restarts: bool = False
    """Whether counters begin anew with it."""


@value_object
class Pace:
    """When a test evaluates its rules, and where its samples lie."""

    step: int
    """Seconds between evaluations."""
    spacing: int
    """Seconds between samples; the evaluations are a multiple of it."""
    counted: bool
    """Whether events are the growth of counters; otherwise each sample tells of its own moment."""
    longest_raw: int
    """Seconds up to which windows are read from the raw series; longer ones from what is recorded."""
    judged: bool = False
    """Whether evaluations are what is counted, and no samples, as with slices of time."""
    of_base: bool = False
    """Whether each sample tells of the five minutes before it, as what is recorded from logs does."""
    ahead: float = 0.0
    """Seconds by which sums of what is recorded reach back less far, as the last value stands for them."""
    more: float = 0.0
    """How many times more the last value counts in them."""


@value_object
class Seen:
    """The bad and all events in a window, in units of the usual traffic."""

    bad: float
    total: float

    @property
    def share(self) -> float | None:
        """The share of bad events; None without events."""
        return self.bad / self.total if self.total > 0 else None


class Timeline:
    """The phases of a test, at the pace of its evaluations."""

    def __init__(self, phases: Sequence[Phase], pace: Pace) -> None:
        self.phases = tuple(phases)
        self.pace = pace
        self.steps = sum(phase.steps for phase in phases)
        self._spacing = pace.step if pace.judged else pace.spacing
        self._finer = pace.step // self._spacing
        amounts = [
            (phase.traffic * phase.share, phase.traffic) if phase.share is not None else (0.0, 0.0)
            for phase in phases
            for _ in range(phase.steps * self._finer)
        ]
        # A sample at the very start belongs to the first phase, and nothing has grown by then.
        first = (0.0, 0.0) if pace.counted else amounts[0]
        self._bad = list(accumulate((first[0], *(bad for bad, _ in amounts))))
        self._total = list(accumulate((first[1], *(total for _, total in amounts))))

    def seen(self, window: int, at: int) -> tuple[Seen, Seen]:
        """What a window sees at an evaluation: without its start, as Prometheus 3 has it, and with it."""
        if self.pace.of_base and window == BASE:
            return self._sampled(1, at, 0), self._sampled(1, at, 0)
        if window > self.pace.longest_raw:
            return self._recorded(window, at, 1), self._recorded(window, at, 0)
        read = self._raw if self.pace.counted else self._sampled
        return read(window, at, 1), read(window, at, 0)

    def _raw(self, window: int, at: int, left_out: int) -> Seen:
        whole, rest = divmod(window, self._spacing)
        return self._between(at * self._finer, whole - (0 if rest else left_out))

    def _between(self, end: int, intervals: int) -> Seen:
        start = max(0, end - intervals)
        return Seen(self._bad[end] - self._bad[start], self._total[end] - self._total[start])

    def _recorded(self, window: int, at: int, left_out: int) -> Seen:
        whole, rest = divmod(window - self.pace.ahead, self.pace.step)
        first = max(1 if self.pace.counted else 0, at - (int(whole) - (0 if rest else left_out)))
        bad, total = (
            sums[at + 1] - sums[first] + self.pace.more * (sums[at + 1] - sums[at])
            for sums in self._rates[left_out]
        )
        return Seen(bad, total)

    @cached_property
    def _rates(self) -> tuple[_Sums, _Sums]:
        """The sums of what is recorded at each evaluation, with the start of its window and without."""
        return self._summed(0), self._summed(1)

    def _summed(self, left_out: int) -> _Sums:
        found = [self._rate(at, left_out) for at in range(self.steps + 1)]
        bad = accumulate((one.bad for one in found), initial=0.0)
        return list(bad), list(accumulate((one.total for one in found), initial=0.0))

    def _rate(self, at: int, left_out: int) -> Seen:
        if not self.pace.counted:
            return self._sampled(BASE, at, 1)
        # Without the sample at its start, the growth since the next one stands for the whole window.
        whole, rest = divmod(BASE, self._spacing)
        intervals = min(max(1, whole - (0 if rest else left_out)), at * self._finer) or 1
        grown = self._between(at * self._finer, intervals)
        return Seen(grown.bad / intervals, grown.total / intervals)

    def _sampled(self, window: int, at: int, left_out: int) -> Seen:
        whole, rest = divmod(window, self._spacing)
        end = at * self._finer
        before = end - (whole - (0 if rest else left_out)) - 1
        less = (self._bad[before], self._total[before]) if before >= 0 else (0.0, 0.0)
        return Seen(self._bad[end] - less[0], self._total[end] - less[1])
