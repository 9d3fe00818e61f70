"""What is to be proven of one tier of an objective, for the groups with one objective."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tocsin.compile.burn.long_windows import summed_window
from tocsin.compile.burn.tiers import LONGEST_RAW_MS
from tocsin.lang.burn_windows import plain
from tocsin.lang.durations import parse_duration
from tocsin.plan.burn import MeasureKind
from tocsin.prove.objectives.course import Waits, Watched
from tocsin.prove.objectives.divided import group_in
from tocsin.prove.objectives.switched import SwitchedState
from tocsin.prove.objectives.timeline import Pace
from tocsin.prove.promtool.case import ProofCase
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from tocsin.lang.listed_labels import LabelSets
    from tocsin.plan.burn import BurnPair
    from tocsin.plan.model import Rule
    from tocsin.plan.slo import Slo
    from tocsin.prove.objectives.divided import Divided
    from tocsin.prove.objectives.indicator import Indicator
    from tocsin.prove.objectives.timeline import Phase
    from tocsin.prove.promtool.case import Moment, Reading

_ENDLESS = 10**9
_STEPS = 51
"""About how many evaluations the long window of a pair has."""
_SAMPLES_SEEN = 5
"""In the time that a slice looks back."""
_GONE_BY = 1.4
"""How many times that time evaluations are apart, so that each sees what is after a turn, or before it."""
_SPACINGS = (70, 65, 55, 53, 47)
"""Seconds between samples, so that five minutes hold a few, and no usual window ends at one."""


@value_object
class TierProblem:
    """One rule of an objective, its pairs, and the series by which the objective is measured."""

    slo: Slo
    rule: Rule
    pairs: tuple[BurnPair, ...]
    objective: Decimal
    indicator: Indicator
    labels: Mapping[str, str]
    """Those of the group that is looked at."""
    name: str
    """What tells its cases from those of groups with another objective; empty where there are none."""
    sets: LabelSets
    """The groups that the rule is for; all where no label is named."""

    @property
    def watched(self) -> tuple[Watched, ...]:
        """The pairs as the rule compares them."""
        return tuple(
            Watched(one.long_ms // 1000, one.short_ms // 1000, float(one.threshold(self.objective)))
            for one in self.pairs
        )

    def named(self, number: int) -> str:
        """A pair as its author would write it."""
        pair = self.pairs[number]
        return f"{plain(pair.factor):f}x in {pair.long} and {pair.short}"

    @property
    def waits(self) -> Waits:
        """How long the alert waits."""
        hold, keep = (
            parse_duration(text or "0s") / 1000 for text in (self.rule.for_, self.rule.keep_firing_for)
        )
        return Waits(hold, keep)

    @property
    def counted(self) -> bool:
        """Whether events are the growth of counters."""
        assert self.slo.burn is not None, "only objectives with `burn` have rules"
        kinds = (MeasureKind.EVENTS, MeasureKind.SHARE)
        return self.slo.burn.measure.kind in kinds and not self.indicator.series.whole

    @property
    def interval(self) -> int:
        """Seconds between evaluations outside tests."""
        assert self.slo.burn is not None, "only objectives with `burn` have rules"
        return max(1, parse_duration(self.slo.burn.interval) // 1000)

    def pace(self, step: int, spacing: int) -> Pace:
        """A pace of a test, slower than asked for where a slice would see good and bad samples at once."""
        assert self.slo.burn is not None, "only objectives with `burn` have rules"
        kind = self.slo.burn.measure.kind
        if kind is MeasureKind.SLICES:
            return self._pace_of_slices(step, spacing)
        if kind is not MeasureKind.EVENTS:
            return Pace(step, spacing, self.counted, _ENDLESS, of_base=kind is MeasureKind.LOGS)
        day = 86_400_000
        summed = summed_window(day, parse_duration(self.slo.burn.interval))
        ahead = (day - summed.range_ms) / 1000
        longest = LONGEST_RAW_MS // 1000
        return Pace(step, spacing, self.counted, longest, ahead=ahead, more=float(summed.more))

    def _pace_of_slices(self, step: int, spacing: int) -> Pace:
        series = self.indicator.series
        looks_back = series.range if isinstance(series, SwitchedState) else 0.0
        if looks_back:
            spacing = max(1, int(looks_back // _SAMPLES_SEEN))
            step = spacing * math.ceil(max(step, looks_back * _GONE_BY) / spacing)
        return Pace(step, spacing, self.counted, _ENDLESS, judged=True)

    def pace_for(self, pair: Watched) -> Pace:
        """The slowest pace at which a test of a pair still says something, no window ending at a sample."""
        windows = {window for one in self.watched for window in (one.long, one.short)} | {300}
        target = max(1, int(min(pair.long / _STEPS, pair.short / 4.2)))
        spacing = next((s for s in _SPACINGS if not any(w % s == 0 for w in windows)), 43)
        if not self.counted or target < spacing:
            while target > 1 and any(window % target == 0 for window in windows):
                target -= 1
            return self.pace(target, target)
        times = max(1, round(target / spacing))
        while any(window % (spacing * times) == 0 for window in windows):
            times += 1
        return self.pace(spacing * times, spacing)

    def case(
        self,
        name: str,
        title: str,
        phases: Sequence[Phase],
        pace: Pace,
        moments: Iterable[Moment],
        *,
        readings: Iterable[Reading] = (),
        beside: Iterable[tuple[str, str]] = (),
        evaluated_every: int | None = None,
    ) -> ProofCase:
        """A case of the rule; `beside` are further series.

        `evaluated_every` are the seconds between evaluations where those of the pace do not matter.
        """
        series = (*self.indicator.series.written(phases, pace, self.labels), *beside)
        step = evaluated_every or pace.step
        spacing = pace.spacing if pace.spacing != step else None
        of = f" of {self.name}" if self.name else ""
        return ProofCase(
            self.rule.alert,
            f"{name}{of}",
            title,
            step,
            series,
            tuple(moments),
            None,
            spacing,
            tuple(readings),
        )


@value_object
class PairCases:
    """The cases of one pair, and why there are none where that is so."""

    cases: tuple[ProofCase, ...]
    lacking: str | None = None


def percent(share: float) -> str:
    """A share as people read it."""
    return f"{share * 100:.4g} %"


def problems_of(
    divided: Divided, rule: Rule, pairs: tuple[BurnPair, ...], found: Indicator
) -> Iterator[TierProblem]:
    """The problem of each objective of a rule: that of most groups, then those of single ones."""
    slo = divided.slo
    labels = group_in(divided.general, found.labels)
    if labels is not None:
        yield TierProblem(slo, rule, pairs, slo.objective, found, labels, "", divided.sets)
    if slo.by is None or slo.by not in found.labels:
        return
    seen = {slo.objective}
    for one in slo.objectives:
        own = group_in(divided.sets, {**found.labels, slo.by: one.value})
        if one.objective not in seen and own is not None and own[slo.by] == one.value:
            seen.add(one.objective)
            yield TierProblem(slo, rule, pairs, one.objective, found, own, one.value, divided.sets)
