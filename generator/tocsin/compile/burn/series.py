"""The recorded series of one objective, as other rules read them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tocsin.compile.burn.tiers import interval_of
from tocsin.lang.burn_windows import window_text
from tocsin.lang.durations import parse_duration
from tocsin.lang.strings import quote_string
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.spec.model import Spec

BASE = "5m"
"""The window over which bad and all events are recorded, each for itself."""
BASE_MS = 5 * 60_000
LONGEST_COUNTED_RAW_MS = 3_600_000
"""The longest window whose bad events are recorded from the raw series."""


@value_object
class SloSeries:
    """The recorded series of one objective as other rules read them."""

    name: str
    unit: str
    """What the recorded bad and all events are called by: `rate5m`, or `slice` of an evaluation."""
    interval_ms: int
    static: tuple[str, ...]
    """The labels that every recorded series has, beside those of the indicator."""
    has_events: bool
    """Whether bad and all events are recorded, and not only their share."""
    of_logs: bool
    """Whether they are recorded from logs, over five minutes alone."""

    def bad_ratio(self, window: str, matcher: str = "") -> str:
        """The share of bad events over a window."""
        return f"slo:bad_ratio:rate{window}{self.selector(matcher)}"

    def bad(self, matcher: str = "") -> str:
        """The bad events."""
        return f"slo:bad:{self.unit}{self.selector(matcher)}"

    def total(self, matcher: str = "") -> str:
        """All events."""
        return f"slo:total:{self.unit}{self.selector(matcher)}"

    def measured(self, matcher: str = "") -> str:
        """A series for each group that is measured."""
        return self.total(matcher) if self.has_events else self.bad_ratio(BASE, matcher)

    def selector(self, matcher: str = "") -> str:
        """What selects the objective, and perhaps some of its groups."""
        return f"{{slo={quote_string(self.name)}{', ' if matcher else ''}{matcher}}}"

    def bad_count(self, long_ms: int) -> str:
        """How many events were bad in a window."""
        window = window_text(long_ms)
        if self.unit == "slice":
            return f"sum_over_time({self.bad()}[{window}])"
        if long_ms <= LONGEST_COUNTED_RAW_MS and not self.of_logs:
            name = "slo:bad:rate" + window
            return f"{name}{self.selector()} * {long_ms // 1000}"
        # Each sample stands for the time since the one before.
        return f"sum_over_time({self.bad()}[{window}]) * {_number(self.interval_ms)}"


def slo_series(spec: Spec, name: str) -> SloSeries:
    """The recorded series of one objective."""
    slo = spec.slos[name]
    unit = "slice" if slo.slices is not None else f"rate{BASE}"
    static = tuple(dict.fromkeys(("slo", *spec.project.labels, *slo.labels)))
    has_events = slo.ratio is None or slo.ratio.share is None
    of_logs = slo.ratio is not None and slo.ratio.engine == "loki"
    return SloSeries(name, unit, parse_duration(interval_of(spec, slo)), static, has_events, of_logs)


def _number(ms: int) -> str:
    return f"{(Decimal(ms) / 1000).normalize():f}"
