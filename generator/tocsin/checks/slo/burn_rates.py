"""When a rule fires, in terms of an objective: the share of bad events, or a latency."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from tocsin.checks.framework.query_trees import promql_tree
from tocsin.checks.framework.rules import alerting_rules
from tocsin.lang.durations import parse_duration
from tocsin.lang.promql.same_measure import exact_decimal, measure_of
from tocsin.lang.promql.threshold_levels import Quantile, Quotient, ThresholdLevel, threshold_levels
from tocsin.plan.model import Engine
from tocsin.plan.slo import Ratio, Share
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.promql.same_measure import Signal
    from tocsin.plan.model import Plan, Rule
    from tocsin.plan.slo import Slo


@value_object
class BurnCondition:
    """One alternative on which a rule fires."""

    rule: Rule
    number: tuple[int, int]
    """Where the compared number stands in the rule's expression."""
    worse: bool
    """Whether it fires above `at`; otherwise it fires below, where things are better."""
    at: Fraction
    """The share of bad events, or the time."""
    allowed: Fraction
    """What the objective allows of it."""
    is_time: bool
    reach: float | None
    """How many seconds it looks back."""
    alone: bool
    """Whether this condition alone is enough to fire."""
    quantile: Fraction | None = None
    """The quantile that it compares, where that differs from the objective's."""

    @property
    def times(self) -> Fraction:
        """The threshold as a multiple of what the objective allows; for a share, that is the burn rate."""
        return self.at / self.allowed


@value_object
class Watch:
    """An objective, and all rules that measure the same as it does."""

    slo: Slo
    window: float
    """In seconds."""
    conditions: tuple[BurnCondition, ...]
    understood: bool
    """Whether they include every rule of the alerts that the objective lists."""

    @property
    def named(self) -> tuple[BurnCondition, ...]:
        """The conditions of the alerts that the objective lists."""
        return tuple(one for one in self.conditions if one.rule.alert_key in self.slo.alerts)


def slo_coverages(plan: Plan) -> Iterator[Watch]:
    """The objectives whose indicator can be compared with alerts."""
    if not plan.slos:
        return
    by_whole: dict[Signal, list[tuple[Rule, tuple[ThresholdLevel, ...]]]] = {}
    by_alert: dict[str, list[Rule]] = {}
    for _, rule in alerting_rules(plan):
        by_alert.setdefault(rule.alert, []).append(rule)
        found = threshold_levels(rule.expr) if rule.engine is Engine.PROMETHEUS else ()
        if found:
            by_whole.setdefault(_whole(found[0]), []).append((rule, found))
    for slo in plan.slos:
        measure = _measure(slo)
        if measure is None:
            continue
        conditions: list[BurnCondition] = []
        known: set[int] = set()
        for whole in measure.wholes():
            for rule, found in by_whole.get(whole, ()):
                told = [measure.condition(rule, one) for one in found]
                sure = [one for one in told if one is not None]
                if len(sure) == len(told):
                    known.add(id(rule))
                    conditions += sure
        named = [rule for name in slo.alerts for rule in by_alert.get(name, ())]
        understood = all(id(rule) in known for rule in named)
        yield Watch(slo, parse_duration(slo.window) / 1000, tuple(conditions), understood)


def _whole(level: ThresholdLevel) -> Signal:
    return level.measured.total if isinstance(level.measured, Quotient) else level.measured.buckets


@value_object
class _Counted:
    """An objective on a share of events."""

    part: Signal
    part_is_bad: bool
    total: Signal
    budget: Fraction

    def wholes(self) -> tuple[Signal, ...]:
        return (self.total,)

    def condition(self, rule: Rule, level: ThresholdLevel) -> BurnCondition | None:
        measured = level.measured
        if not isinstance(measured, Quotient) or measured.total != self.total:
            return None
        if measured.part == self.part:
            return _of_share(rule, level, self.budget, is_bad=self.part_is_bad)
        if measured.part.is_rest_of(self.part, self.total):
            return _of_share(rule, level, self.budget, is_bad=not self.part_is_bad)
        return None


@value_object
class _Timed:
    """An objective on how long things take."""

    buckets: Signal
    totals: tuple[Signal, ...]
    """All that the histogram counts, in either way to write it."""
    quantile: Fraction
    limit: Fraction

    def wholes(self) -> tuple[Signal, ...]:
        return (self.buckets, *self.totals)

    def condition(self, rule: Rule, level: ThresholdLevel) -> BurnCondition | None:
        measured = level.measured
        if isinstance(measured, Quotient):
            in_time = measured.total in self.totals and self._is_in_time(measured.part)
            return _of_share(rule, level, 1 - self.quantile, is_bad=False) if in_time else None
        if measured.buckets != self.buckets:
            return None
        if measured.which != self.quantile:
            return self._of_another_quantile(rule, level, measured)
        reach = measured.buckets.reach
        return BurnCondition(rule, level.number, level.above, level.at, self.limit, True, reach, level.alone)

    def _of_another_quantile(
        self, rule: Rule, level: ThresholdLevel, measured: Quantile
    ) -> BurnCondition | None:
        """A condition that is surely looser or surely stricter than the objective; None for any other.

        At the objective's own limit, a quantile says which share of the requests is too slow.
        """
        number, which, reach = level.number, measured.which, measured.buckets.reach
        if level.above and level.at == self.limit:
            return BurnCondition(rule, number, True, 1 - which, 1 - self.quantile, False, reach, level.alone)
        if level.above and (which < self.quantile) == (level.at > self.limit):
            return BurnCondition(rule, number, True, level.at, self.limit, True, reach, level.alone, which)
        return None

    def _is_in_time(self, part: Signal) -> bool:
        """Whether it counts the same requests as the bucket at the limit."""
        every = self.buckets.selectors[0]
        if part.shape != self.buckets.shape or len(part.selectors) != 1 or not self.totals:
            return False
        bounds = part.selectors[0] - every
        if len(bounds) != 1 or part.selectors[0] != every | bounds:
            return False
        ((name, op, bound),) = bounds
        try:
            return (name, op) == ("le", "=") and Fraction(bound) == self.limit
        except ValueError:
            return False


def _of_share(rule: Rule, level: ThresholdLevel, budget: Fraction, *, is_bad: bool) -> BurnCondition:
    at, worse = (level.at, level.above) if is_bad else (1 - level.at, not level.above)
    return BurnCondition(rule, level.number, worse, at, budget, False, _whole(level).reach, level.alone)


def _measure(slo: Slo) -> _Counted | _Timed | None:
    objective = Fraction(slo.objective)
    if isinstance(slo.indicator, Share):
        return None
    if isinstance(slo.indicator, Ratio):
        is_metric = slo.indicator.engine is Engine.PROMETHEUS
        return _counted(slo.indicator, 1 - objective) if is_metric else None
    buckets = _signal(slo.indicator.buckets.text)
    if buckets is None:
        return None
    return _Timed(buckets, tuple(_totals(buckets)), objective, exact_decimal(slo.indicator.limit))


def _counted(ratio: Ratio, budget: Fraction) -> _Counted | None:
    part, total = _signal(ratio.part.text), _signal(ratio.total.text)
    if part is None or total is None or part == total or not part.compares_with(total):
        return None
    return _Counted(part, ratio.bad is not None, total, budget)


def _signal(text: str) -> Signal | None:
    tree = promql_tree(text)
    return None if tree is None else measure_of(tree)


def _totals(buckets: Signal) -> Iterator[Signal]:
    """All that the histogram of the buckets counts."""
    if len(buckets.selectors) != 1:
        return
    every = buckets.selectors[0]
    named = next((one for one in every if one[:2] == ("__name__", "=")), None)
    if named is not None and named[2].endswith("_bucket"):
        count = ("__name__", "=", named[2].removesuffix("_bucket") + "_count")
        yield replace(buckets, selectors=(every - {named} | {count},))
        yield replace(buckets, selectors=(every | {("le", "=", "+Inf")},))
