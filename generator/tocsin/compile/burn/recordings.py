"""The recording rules of an objective: its events over five minutes, their bad share over each window.

Windows up to six hours are read from the raw series, longer ones from the two series that are recorded:
sums of bad and of all events, whose quotient is the exact share however the traffic changes. Those of
alerts count the last recorded value more than once, so that they are no later than raw ones. What has no
bad event yet counts as zero of them, and what has no event at all has no share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.burn.forms import slo_forms
from tocsin.compile.burn.long_windows import summed_window
from tocsin.compile.burn.objectives import budget_series, objective_series
from tocsin.compile.burn.operands import indented, parenthesised
from tocsin.compile.burn.queries import Events, ReadyShare, TimeSlices, indicator_queries
from tocsin.compile.burn.series import BASE, BASE_MS, LONGEST_COUNTED_RAW_MS, slo_series
from tocsin.compile.burn.tiers import LONGEST_RAW_MS, at_least, burn_tiers, is_recorded
from tocsin.lang.burn_windows import plain, window_text
from tocsin.lang.durations import format_duration, parse_duration
from tocsin.plan.model import Engine
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.compile.burn.long_windows import SummedWindow
    from tocsin.compile.burn.series import SloSeries
    from tocsin.spec.model import Spec


@value_object
class Recorded:
    """One recording rule of an objective, without its labels."""

    record: str
    expr: str
    description: str
    engine: Engine = Engine.PROMETHEUS


def recorded_series(spec: Spec, name: str) -> Iterator[Recorded]:
    """The recording rules of an objective with `burn`, in the order in which they need each other."""
    slo = spec.slos[name]
    series = slo_series(spec, name)
    found = indicator_queries(slo)
    assert found is not None, "what cannot be asked is reported before"
    if not is_recorded(spec, slo):
        return
    window_ms = parse_duration(slo.window)
    forms = [form.spec for form in slo_forms(spec, name)]
    pairs = [pair for form in forms for tier in burn_tiers(form, name) for pair in tier.pairs]
    asked = {ms for pair in pairs for ms in (pair.long_ms, pair.short_ms)}
    base = set() if isinstance(found, TimeSlices) else {BASE_MS}
    windows = sorted({window_ms, *asked, *base})
    counted = any(at_least(form, form.slos[name]) > 1 for form in forms)
    if isinstance(found, Events):
        longs = {pair.long_ms for pair in pairs if counted and pair.long_ms <= LONGEST_COUNTED_RAW_MS}
        yield from _events(series, found, windows, longs, asked)
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


def _events(
    series: SloSeries, events: Events, windows: list[int], counted: set[int], asked: set[int]
) -> Iterator[Recorded]:
    engine = events.engine
    yield Recorded(f"slo:total:rate{BASE}", events.total(BASE), "All events per second.", engine)
    yield Recorded(f"slo:bad:rate{BASE}", _bad(events, BASE), "Bad events per second.", engine)
    for ms in windows:
        window = window_text(ms)
        about = f"The share of bad events over {window}."
        if ms == BASE_MS:
            yield Recorded(f"slo:bad_ratio:rate{window}", f"{series.bad()} / ({series.total()} > 0)", about)
        elif ms > LONGEST_RAW_MS and engine is Engine.PROMETHEUS and ms in asked:
            yield Recorded(f"slo:bad_ratio:rate{window}", _at_once(series, ms), about)
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


def _at_once(series: SloSeries, window_ms: int) -> str:
    """The share over a window of an alert, which has to see the youngest events as soon as a raw one does."""
    summed = summed_window(window_ms, series.interval_ms)
    if not summed.more:
        return _of_sums(series, window_text(window_ms))
    bad, total = (_with_last(one, summed) for one in (series.bad(), series.total()))
    return f"{bad}\n/\n(\n{indented(total, Engine.PROMETHEUS)}\n  > 0\n)"


def _with_last(recorded: str, summed: SummedWindow) -> str:
    before = f"sum_over_time({recorded}[{format_duration(summed.range_ms)}])"
    # What is measured no more has no last value, and the events that it had stay in the window.
    return f"(\n  {before} + {plain(summed.more):f} * {recorded}\n    or\n  {before}\n)"


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
