"""Burn-rate alerts of an objective, and what follows from their numbers.

A pair of windows fires while the share of bad events is above `factor × budget` in both. If a share that was
zero before becomes `e` and stays, that takes `threshold × long / e`: the long window decides, and what is
spent by then is `factor × long / window` of the budget, whatever `e` is. A share is never above 1, so that a
threshold of 1 or more is never exceeded. (Google's SRE Workbook, chapter 5, has the method and the factors.)
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.source.place import Place


@value_object
class BurnPair:
    """One alternative on which a tier fires."""

    factor: Decimal
    """How many times faster than allowed the budget burns."""
    long: str
    short: str
    long_ms: int
    short_ms: int
    place: Place
    """Where its windows are written, or the tier that has them by default."""

    def threshold(self, objective: Decimal) -> Decimal:
        """The share of bad events above which it fires."""
        return self.factor * (1 - objective)

    def can_fire(self, objective: Decimal) -> bool:
        """Whether a share of events can be above the threshold."""
        return self.threshold(objective) < 1

    def outage_ms(self, objective: Decimal) -> int | None:
        """How long everything fails before it fires, without the time between evaluations; None is never."""
        if not self.can_fire(objective):
            return None
        return int((self.threshold(objective) * self.long_ms).to_integral_value(ROUND_CEILING))

    def spent(self, window_ms: int) -> Decimal:
        """The share of the error budget that is spent by then."""
        return self.factor * self.long_ms / window_ms


@value_object
class BurnTier:
    """One severity of a burn-rate alert: it fires on any of its pairs."""

    name: str
    severity: str
    alert: str
    pairs: tuple[BurnPair, ...]
    for_: str
    place: Place


class MeasureKind(StrEnum):
    """What the rules of an objective read."""

    EVENTS = "events"
    """Raw series, of which bad and all events are counted."""
    SHARE = "share"
    """Raw series, of which a query of the author makes the share of bad events."""
    SLICES = "slices"
    """Raw series, judged at each evaluation."""
    LOGS = "logs"
    """Bad and all events as another program records them from logs."""


@value_object
class Measure:
    """What an objective is measured by, as its rules ask it over five minutes, or of the slice of now."""

    kind: MeasureKind
    part: str
    """The good or bad events, the share, or whether the slice is bad."""
    is_bad: bool
    """Whether `part` is what is bad; otherwise it is what is good."""
    total: str | None
    """All events; None for a share."""


@value_object
class Burn:
    """The burn-rate alerts of one objective."""

    tiers: tuple[BurnTier, ...]
    """The most urgent severity first."""
    at_least: int
    """How many bad events there have to be in the long window; 1 makes no difference."""
    missing: str | None
    """The name of the alert that nothing measures the objective any more."""
    rule_group: str
    interval: str
    recorded: bool
    """Whether Prometheus records the objective; otherwise Loki evaluates the alerts from its logs alone."""
    events: str | None
    """What bad and all events are recorded by, as `slo:bad:rate5m` ends; None where only their share is."""
    measure: Measure
    place: Place
