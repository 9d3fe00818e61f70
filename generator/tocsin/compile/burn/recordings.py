"""The recording rules of an objective: its events over five minutes, their bad share over each window.

Windows up to six hours are read from the raw series, longer ones from the two series that are recorded: sums
of bad and of all events, whose quotient is the exact share however the traffic changes. What has no bad event
yet counts as zero of them, and what has no event at all has no share.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tocsin.compile.burn.objectives import budget_series, objective_series
from tocsin.compile.burn.operands import parenthesised
from tocsin.compile.burn.queries import Events, ReadyShare, TimeSlices, indicator_queries
from tocsin.compile.burn.tiers import LONGEST_RAW_MS, at_least, burn_tiers, interval_of, is_recorded
from tocsin.lang.burn_windows import window_text
from tocsin.lang.durations import parse_duration
from tocsin.lang.strings import quote_string
from tocsin.plan.model import Engine
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.spec.model import Spec

BASE = "5m"
"""The window over which bad and all events are recorded, each for itself."""
BASE_MS = 5 * 60_000
_LONGEST_COUNTED_RAW_MS = 3_600_000


@value_object
class Recorded:
    """One recording rule of an objective, without its labels."""

    record: str
    expr: str
    description: str
    engine: Engine = Engine.PROMETHEUS


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
        if long_ms <= _LONGEST_COUNTED_RAW_MS and not self.of_logs:
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


def recorded_series(spec: Spec, name: str) -> Iterator[Recorded]:
    """The recording rules of an objective with `burn`, in the order in which they need each other."""
    slo = spec.slos[name]
    series = slo_series(spec, name)
    found = indicator_queries(slo)
    assert found is not None, "what cannot be asked is reported before"
    if not is_recorded(spec, slo):
        return
    window_ms = parse_duration(slo.window)
    pairs = [pair for tier in burn_tiers(spec, name) for pair in tier.pairs]
    asked = {ms for pair in pairs for ms in (pair.long_ms, pair.short_ms)}
    base = set() if isinstance(found, TimeSlices) else {BASE_MS}
    windows = sorted({window_ms, *asked, *base})
    counted = at_least(spec, slo) > 1
    if isinstance(found, Events):
        longs = {pair.long_ms for pair in pairs if counted and pair.long_ms <= _LONGEST_COUNTED_RAW_MS}
        yield from _events(series, found, windows, longs)
    elif isinstance(found, ReadyShare):
        yield from _shares(series, found, windows, window_ms)
    else:
        yield from _slices(series, found, windows)
    yield Recorded("slo:objective:ratio", objective_series(slo, series), "The share that has to be good.")
    yield Recorded(
        "slo:budget_left:ratio",
        f"1 - {series.bad_ratio(window_text(window_ms))} / {budget_series(slo, series)}",
        f"How much of the error budget of {slo.window} is left.",
    )


def _events(series: SloSeries, events: Events, windows: list[int], counted: set[int]) -> Iterator[Recorded]:
    engine = events.engine
    yield Recorded(f"slo:total:rate{BASE}", events.total(BASE), "All events per second.", engine)
    yield Recorded(f"slo:bad:rate{BASE}", _bad(events, BASE), "Bad events per second.", engine)
    for ms in windows:
        window = window_text(ms)
        about = f"The share of bad events over {window}."
        if ms == BASE_MS:
            yield Recorded(f"slo:bad_ratio:rate{window}", f"{series.bad()} / ({series.total()} > 0)", about)
        elif ms > LONGEST_RAW_MS or engine is Engine.LOKI:
            yield Recorded(f"slo:bad_ratio:rate{window}", _of_sums(series, window), about)
        elif ms in counted:
            name = f"slo:bad:rate{window}"
            yield Recorded(name, _bad(events, window), f"Bad events per second over {window}.")
            total = f"({events.total(window)} > 0)"
            expr = f"{name}{series.selector()}\n/ ignoring ({', '.join(series.static)})\n{total}"
            yield Recorded(f"slo:bad_ratio:rate{window}", expr, about)
        else:
            yield Recorded(f"slo:bad_ratio:rate{window}", _ratio(events, window), about)


def _bad(events: Events, window: str) -> str:
    """Bad events over a window; zero where only such are known that were good."""
    part, total, engine = events.part(window), events.total(window), events.engine
    known = _or_zero(part, total)
    return known if events.is_bad else f"{total}\n  -\n{parenthesised(known, engine)}"


def _ratio(events: Events, window: str) -> str:
    part, total, engine = events.part(window), events.total(window), events.engine
    share = f"{parenthesised(_or_zero(part, total), engine)}\n/\n({total} > 0)"
    return share if events.is_bad else f"1 -\n{share}"


def _or_zero(part: str, total: str) -> str:
    return f"{part}\n  or\n0 * {total}"


def _of_sums(series: SloSeries, window: str) -> str:
    return f"sum_over_time({series.bad()}[{window}])\n/\n(sum_over_time({series.total()}[{window}]) > 0)"


def _shares(series: SloSeries, share: ReadyShare, windows: list[int], window_ms: int) -> Iterator[Recorded]:
    for ms in windows:
        window = window_text(ms)
        about = f"The share of bad events over {window}."
        if ms == window_ms and ms > LONGEST_RAW_MS:
            mean = f"avg_over_time({series.bad_ratio(BASE)}[{window}])"
            yield Recorded(f"slo:bad_ratio:rate{window}", mean, f"The mean of the share over {window}.")
        else:
            # A share of nothing is not a number, and so not a share.
            yield Recorded(f"slo:bad_ratio:rate{window}", f"{share.share(window)} >= 0", about)


def _slices(series: SloSeries, slices: TimeSlices, windows: list[int]) -> Iterator[Recorded]:
    yield Recorded("slo:total:slice", slices.total, "1 where the slice of time is measured.")
    yield Recorded("slo:bad:slice", slices.bad, "1 where the slice of time is bad.")
    for ms in windows:
        window = window_text(ms)
        yield Recorded(
            f"slo:bad_ratio:rate{window}", _of_sums(series, window), f"The share of bad slices over {window}."
        )


def _number(ms: int) -> str:
    return f"{(Decimal(ms) / 1000).normalize():f}"
