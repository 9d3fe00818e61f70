"""What an indicator asks: the queries of bad and of all events over any window."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tocsin.compile.burn.operands import operand
from tocsin.compile.thresholds import limit_of_latency, limit_of_slice
from tocsin.lang.durations import parse_duration
from tocsin.lang.logql import windows as log_windows
from tocsin.lang.promql import windows as metric_windows
from tocsin.lang.promql.bucket_counts import bound_matcher, counted_by_buckets
from tocsin.plan.model import Engine
from tocsin.spec.slos import Up
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tocsin.spec import slos


@value_object
class Events:
    """Good or bad events out of all, each per second over a window that is filled in."""

    engine: Engine
    part: Callable[[str], str]
    is_bad: bool
    """Whether `part` counts what is bad; otherwise what is good."""
    total: Callable[[str], str]
    counted: bool
    """Whether they are events that happen, so that they can be counted."""


@value_object
class ReadyShare:
    """The share of what is bad over a window that is filled in."""

    share: Callable[[str], str]


@value_object
class TimeSlices:
    """Whether the time of an evaluation is bad, as 1 or 0, and 1 where it is measured at all."""

    bad: str
    total: str


def indicator_queries(slo: slos.Slo) -> Events | ReadyShare | TimeSlices | None:
    """The queries of an objective; None where nothing of the kind follows from what is written."""
    if slo.ratio is not None:
        return _ratio(slo, slo.ratio)
    if slo.latency is not None:
        return _latency(slo, slo.latency)
    if slo.up is not None:
        return _up(slo.up if isinstance(slo.up, Up) else Up(gauge=slo.up))
    assert slo.slices is not None, "the spec holds one indicator"
    return _slices(slo.slices)


def _ratio(slo: slos.Slo, ratio: slos.Ratio) -> Events | ReadyShare:
    window_ms = parse_duration(slo.window)
    engine = Engine(ratio.engine)
    if ratio.share is not None:
        return ReadyShare(_asked(ratio.share, window_ms, engine))
    part, total = ratio.good or ratio.bad, ratio.total
    assert part is not None, "the spec holds one of the two"
    assert total is not None, "the spec holds it"
    language = metric_windows if engine is Engine.PROMETHEUS else log_windows
    return Events(
        engine,
        _asked(part, window_ms, engine),
        ratio.bad is not None,
        _asked(total, window_ms, engine),
        all(language.counts_events(text, window_ms) for text in (part, total)),
    )


def _asked(text: str, window_ms: int, engine: Engine) -> Callable[[str], str]:
    """The query as one side of an operator, over a window that is filled in."""
    language = metric_windows if engine is Engine.PROMETHEUS else log_windows
    return partial(language.over_window, operand(text.strip("\n"), engine), window_ms)


def _latency(slo: slos.Slo, latency: slos.Latency) -> Events | None:
    limit = limit_of_latency(latency).number
    if latency.histogram is None:
        assert latency.buckets is not None, "the spec holds one of the two"
        found = counted_by_buckets(latency.buckets, limit)
        if found is None:
            return None
        good, total = found
        window_ms = parse_duration(slo.window)
        return Events(
            Engine.PROMETHEUS,
            _asked(good, window_ms, Engine.PROMETHEUS),
            False,
            _asked(total, window_ms, Engine.PROMETHEUS),
            metric_windows.counts_events(total, window_ms),
        )
    name, matchers, summed = latency.histogram, latency.matchers, sum_by(latency.by)
    if latency.kind == "native":

        def observed(window: str) -> str:
            return f"{summed}(rate({series(name, matchers)}[{window}]))"

        return Events(
            Engine.PROMETHEUS,
            lambda window: _slow_of_native(observed(window), limit),
            True,
            lambda window: f"histogram_count({observed(window)})",
            True,
        )
    bounded = series(f"{name}_bucket", [*matchers, bound_matcher(limit)])
    counted = series(f"{name}_count", matchers)
    return Events(
        Engine.PROMETHEUS,
        lambda window: f"{summed}(rate({bounded}[{window}]))",
        False,
        lambda window: f"{summed}(rate({counted}[{window}]))",
        True,
    )


def _slow_of_native(observed: str, limit: str) -> str:
    # Without observations the fraction is NaN, which would stay in every sum for as long as its window.
    return f"((histogram_count({observed}) > 0) * (1 - histogram_fraction(0, {limit}, {observed})))"


def _up(up: Up) -> Events:
    summed = sum_by(up.by)

    def per_second(function: str, window: str) -> str:
        seconds = parse_duration(window) // 1000
        return f"({summed}({function}({up.gauge.strip()}[{window}])) / {seconds})"

    return Events(
        Engine.PROMETHEUS,
        partial(per_second, "sum_over_time"),
        False,
        partial(per_second, "count_over_time"),
        True,
    )


def _slices(slices: slos.Slices) -> TimeSlices:
    limit = limit_of_slice(slices)
    measured = operand(slices.promql.strip("\n"), Engine.PROMETHEUS)
    # What is not a number is neither good nor bad: every comparison with it is false.
    return TimeSlices(
        f"{measured} {_NOT[limit.operator]} bool {limit.number}", f"({measured} >= bool -Inf) > 0"
    )


def sum_by(labels: Iterable[str]) -> str:
    """`sum by (…) `, or just `sum`."""
    listed = ", ".join(labels)
    return f"sum by ({listed}) " if listed else "sum"


def series(name: str, matchers: Iterable[str]) -> str:
    """A selector by name and matchers."""
    listed = ", ".join(matchers)
    return f"{name}{{{listed}}}" if listed else name


_NOT = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
