"""How the value of a series moves, in a few numbers, and the samples that follow from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from tocsin.prove.witness.evaluate.series import LOOKBACK
from tocsin.prove.witness.native_histogram import observations_below
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.prove.witness.clock import Clock
    from tocsin.prove.witness.native_histogram import HistogramPart

Life = Literal["whole", "absent", "stops", "starts"]
Time = Literal["past", "age"]
"""What values are that go with the clock: times that have passed, or seconds since a start."""


_LONG = 1e6
"""Seconds for which something has been up that then starts anew."""


@value_object
class Waveform:
    """The movement of one value over a phase of a test."""

    level: float = 1.0
    """The value at the end of a gauge's phase; what a counter starts from."""
    slope: float = 0.0
    """Growth a second."""
    before: float = 0.0
    """What a gauge has more before the turn of the phase."""
    slope_before: float | None = None
    """Growth a second before the turn; None where it is the same."""
    toggle: float = 0.0
    """What every second sample has more."""
    flips: int | None = None
    """How often it changes so until the turn, and not any more since; None where it goes on."""
    spot: float = 0.0
    """For a histogram: the bucket that the observations lie in, with a fraction of them in the next one."""
    spot_before: float | None = None
    """That before the turn; None where it is the same."""
    life: Life = "whole"
    gone: float = 0.0
    """For how many seconds a series that stops has been away before the turn, beside the lookback."""
    every: int = 1
    """Only every so many steps there is a sample."""

    @property
    def grows_otherwise(self) -> bool:
        """Whether it grows otherwise before the turn, which windows have to be past."""
        return self.slope_before is not None or self.spot_before is not None


Motions = tuple[Waveform, ...]
"""The movement of each series of a set, in the order of the set."""


@value_object
class Phase:
    """Steps of a test during which a motion stays the same; `turn` counts from the start of the phase."""

    motion: Waveform
    steps: int
    turn: int
    restarts: bool = False
    """Whether a counter starts anew with this phase."""


def series_samples(
    phases: Sequence[Phase],
    step: int,
    *,
    counter: bool,
    bucket: int | HistogramPart | None,
    tells: Time | None = None,
) -> list[float | None]:
    """The values of a series, one a step, None where it has none; the first stands at time 0.

    A time that has passed is 0 until it has come: what happened before was long ago. An age grows by a second
    each second, and before its start something else had been there for long.
    """
    values: list[float | None] = []
    grown = 0.0
    for number, phase in enumerate(phases):
        motion = phase.motion
        grown = 0.0 if phase.restarts else grown
        part = _weight(bucket, motion.spot)
        slope = motion.slope * part * step
        early = (
            (motion.slope if motion.slope_before is None else motion.slope_before)
            * (part if motion.spot_before is None else _weight(bucket, motion.spot_before))
            * step
        )
        level = motion.level * part
        steps = phase.steps + (1 if number == len(phases) - 1 else 0)
        start = len(values)
        for index in range(steps):
            turned = index >= phase.turn
            missed = motion.every > 1 and (start + index) % motion.every
            if missed or (motion.life != "whole" and _is_away(motion.life, turned=turned)):
                values.append(None)
                grown += (slope if turned else early) if counter else 0.0
                continue
            if counter:
                value = level + grown
                grown += slope if turned else early
            else:
                value = level + (index - steps + 1) * slope + (0.0 if turned else motion.before * part)
            if motion.toggle and _is_toggled(motion, start + index, index - phase.turn):
                value += motion.toggle
            if tells == "past" and value > (start + index) * step:
                value = 0.0
            if tells == "age":
                value = motion.level + (index - steps + 1) * step
                value = value if value >= 0 else _LONG + (start + index) * step
            values.append(value)
    return values


def _is_toggled(motion: Waveform, number: int, since_turn: int) -> bool:
    if motion.flips is None:
        return number % 2 == 1
    # Its last change comes with the turn.
    return min(max(since_turn + motion.flips, 0), motion.flips) % 2 == 1


def _weight(bucket: int | HistogramPart | None, spot: float) -> float:
    if bucket is None:
        return 1.0
    return observations_below(spot, bucket) if isinstance(bucket, int) else bucket.weight(spot)


def _is_away(life: Life, *, turned: bool) -> bool:
    return life == "absent" or turned == (life == "stops")


def whole_test(motion: Waveform, clock: Clock) -> list[Phase]:
    """One phase from the start of a test to its end, its turn just before the alert has to hold."""
    turn = clock.steps - clock.hold
    if motion.grows_otherwise:
        turn -= clock.lead
    if motion.life == "stops":
        turn -= -(-LOOKBACK // 1000) // clock.step + 1 + int(motion.gone // clock.step)
    return [Phase(motion, clock.steps, max(0, turn))]
