"""The series of a test: labels for each, and which of them move together."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.go_numbers import go_float
from tocsin.lang.promql.flow.conventions import Convention, convention
from tocsin.lang.promql.functions import AGGREGATIONS
from tocsin.lang.promql.selecting import meets_matcher, selects_series
from tocsin.lang.regex_samples import regex_samples
from tocsin.prove.witness.evaluate.native import PART, SUMMARIES
from tocsin.prove.witness.labels.constraints import TARGET_LABELS
from tocsin.prove.witness.labels.reality import lacking_labels
from tocsin.prove.witness.labels.solve import label_candidates
from tocsin.prove.witness.labels.terms import Of
from tocsin.prove.witness.native_histogram import HistogramPart, histogram_parts
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tocsin.lang.promql.ast import Selector
    from tocsin.prove.witness.labels.constraints import LabelConstraints, Occurrence
    from tocsin.prove.witness.labels.solve import Solution
    from tocsin.prove.witness.waveform import Time

COUNTING = frozenset({"rate", "irate", "increase"})
_SLOPING = frozenset(
    {"delta", "idelta", "deriv", "predict_linear", "holt_winters", "double_exponential_smoothing"}
)
_RESTLESS = frozenset(
    {"changes", "resets", "stddev_over_time", "stdvar_over_time", "mad_over_time", "idelta", "irate"}
)
_SPARSE = frozenset({"count_over_time", "timestamp", "present_over_time"})
_MOST_SERIES = 20_000
_ALONE: list[tuple[dict[str, str], int | HistogramPart | None]] = [({}, None)]


@value_object
class SeriesTemplate:
    """One series of a test without its values."""

    labels: Mapping[str, str]
    mover: int
    """Index of the mover that says how its value moves."""
    bucket: int | HistogramPart | None = None
    """Index of the histogram bucket that it is, or the part of a native one; None for any other series."""


@value_object
class SeriesParameters:
    """What moves some series, and which of its numbers matter to the expression."""

    name: str
    counter: bool
    level: bool
    slope: bool
    before: bool
    toggle: bool
    life: bool
    buckets: int
    """How many buckets its histogram has; 0 for any other series."""
    wanted: bool
    counted: bool = False
    """Whether it matters how often its value has changed."""
    dated: bool = False
    """Whether it matters when its last sample was."""
    sparse: bool = False
    """Whether it matters how often there is a sample."""
    tells: Time | None = None
    """Which time its values are, where they are one."""
    restarts: bool = False
    """Whether it matters how often a counter starts anew."""
    least: float = -math.inf
    greatest: float = math.inf
    """Between these its values lie."""
    growth: float = math.inf
    """The most that it grows in a second."""


@value_object
class SeriesSet:
    """All series of a test."""

    templates: tuple[SeriesTemplate, ...]
    movers: tuple[SeriesParameters, ...]
    variant: str
    is_real: bool = True
    """Whether only samples that can exist are wanted."""
    faults: tuple[str, ...] = ()
    """Why series with these labels cannot exist, where that is so."""


@value_object
class _Seed:
    """The series that one occurrence asks for."""

    labels: Mapping[str, str]
    occurrence: int
    copy: int = 0
    of: tuple[Of, ...] = ()


def series_sets(
    flow: LabelConstraints,
    solution: Solution,
    constants: Sequence[float],
    counts: Sequence[int],
    *,
    timed: bool,
    real: bool = True,
    repeated: bool = False,
) -> Iterator[SeriesSet]:
    """Sets of series to try, the most natural first; `counts` are how many of one kind to try.

    With `real`, only such as can exist: none where the joins leave out a label that all series have. With
    `repeated`, what starts may start again and again.
    """
    for native in _kinds(flow):
        build = _Builder(flow, constants, timed, native, real, repeated)
        yield from (one for one in _universes(flow, solution, counts, build) if not real or not one.faults)


def _kinds(flow: LabelConstraints) -> tuple[frozenset[int], ...]:
    """Which occurrences may read native histograms, by their index; the likeliest first."""
    inside = [index for index, o in enumerate(flow.occurrences) if set(o.path) & SUMMARIES]
    quantiles = [
        index
        for index, o in enumerate(flow.occurrences)
        if "histogram_quantile" in o.path and "_bucket" not in (o.selector.name or "_bucket")
    ]
    native, classic = _namesakes(flow, [*inside, *quantiles]), _namesakes(flow, inside)
    if native == classic:
        return (native,)
    recorded = any(flow.is_recorded(flow.occurrences[index].selector.name) for index in quantiles)
    return (classic, native) if recorded or flow.names_buckets else (native, classic)


def _namesakes(flow: LabelConstraints, chosen: Sequence[int]) -> frozenset[int]:
    """These occurrences, and all others of the same metrics."""
    names = {flow.occurrences[index].selector.name for index in chosen}
    same = [index for index, o in enumerate(flow.occurrences) if o.selector.name and o.selector.name in names]
    return frozenset((*chosen, *same))


def _universes(
    flow: LabelConstraints, solution: Solution, counts: Sequence[int], build: _Builder
) -> Iterator[SeriesSet]:
    plain = [_seed(flow, solution, index) for index in range(len(flow.occurrences))]
    wider = _split(flow, plain)
    if wider:
        yield build.universe([*plain, *wider], "split")
    yield build.universe(plain, "plain")
    for count in counts:
        for label in (*flow.labels, "replica"):
            copies = _replicated(flow, plain, label, count)
            if copies:
                yield build.universe(copies, f"{count} × {label}")
    if wider:
        more = [
            replace(seed, labels={**seed.labels, "replica": f"replica-{number}"})
            for seed in wider
            for number in range(1, 5)
        ]
        yield build.universe([*plain, *more], "split")
    for label in flow.labels:
        uneven = _uneven(flow, plain, label)
        if uneven:
            yield build.universe([*plain, *uneven], f"uneven {label}")
    for target in TARGET_LABELS:
        for label in flow.labels:
            others = _others(flow, plain, target, label)
            if others:
                yield build.universe([*plain, *others], f"others with {target}")
    bare = [
        replace(seed, labels={n: v for n, v in seed.labels.items() if n not in TARGET_LABELS})
        for seed in plain
    ]
    kept = all(selects_series(flow.occurrences[seed.occurrence].selector, seed.labels) for seed in bare)
    if kept and bare != plain:
        yield build.universe(bare, "bare")


def metric_name(selector: Selector) -> str | None:
    """A name that the selector accepts; None where there is none."""
    if selector.name is not None:
        return selector.name
    matchers = [matcher for matcher in selector.matchers if matcher.name == "__name__"]
    tried: list[str] = [matcher.value for matcher in matchers if matcher.op == "="]
    for matcher in matchers:
        if matcher.op == "=~":
            tried += [
                name
                for name in regex_samples(matcher.value)
                if name.replace("_", "a").replace(":", "a").isalnum()
            ]
    tried += ["some_metric", "up"]
    return next((name for name in tried if name and all(meets_matcher(m, name) for m in matchers)), None)


def _seed(flow: LabelConstraints, solution: Solution, index: int) -> _Seed:
    labels = {"__name__": metric_name(flow.occurrences[index].selector) or "some_metric"}
    for label in flow.labels:
        if value := solution.values.get(Of(index, label), ""):
            labels[label] = value
    return _Seed(labels, index)


def _split(flow: LabelConstraints, seeds: Sequence[_Seed]) -> list[_Seed]:
    """Series that only the wider of two selectors of a metric selects, where they are aggregated."""
    found: list[_Seed] = []
    for wide in seeds:
        occurrence = flow.occurrences[wide.occurrence]
        if not _is_aggregated(occurrence):
            continue
        for narrow in seeds:
            other = flow.occurrences[narrow.occurrence].selector
            if narrow.labels["__name__"] != wide.labels["__name__"] or narrow is wide:
                continue
            changed = _changed(occurrence.selector, other, wide.labels)
            if changed is not None and all(changed != seed.labels for seed in found):
                found.append(_Seed(changed, wide.occurrence, 1))
    return found[:6]


def _changed(wide: Selector, narrow: Selector, labels: Mapping[str, str]) -> dict[str, str] | None:
    """These labels with another value of one, so that only the wide selector selects them."""
    for matcher in narrow.matchers:
        if matcher.name in ("__name__", "le"):
            continue
        own = [other for other in wide.matchers if other.name == matcher.name]
        left_out = [matcher.value] if matcher.op == "!=" else []
        if matcher.op == "!~":
            left_out = list(regex_samples(matcher.value))
        for value in (*left_out, *label_candidates(matcher.name, own)):
            if value and not meets_matcher(matcher, value):
                changed = {**labels, matcher.name: value}
                if selects_series(wide, changed):
                    return changed
    return None


def _is_aggregated(occurrence: Occurrence) -> bool:
    return any(name in AGGREGATIONS for name in occurrence.path)


def _replicated(flow: LabelConstraints, seeds: Sequence[_Seed], label: str, count: int) -> list[_Seed] | None:
    """Every series that has the label, several times with other values of it."""
    if label == "le" or not (flow.joins_on or any(map(_is_aggregated, flow.occurrences))):
        return None
    copies: list[_Seed] = []
    grown = False
    for seed in seeds:
        selector = flow.occurrences[seed.occurrence].selector
        if label != "replica" and label not in seed.labels:
            copies.append(seed)
            continue
        values = _values(selector, label, seed.labels.get(label, "replica-1"), count)
        if len(values) < count:
            copies.append(seed)
            continue
        grown = True
        copies += [
            _Seed({**seed.labels, label: value}, seed.occurrence, min(number, 1))
            for number, value in enumerate(values)
        ]
    return copies if grown and len(copies) <= _MOST_SERIES else None


def _uneven(flow: LabelConstraints, seeds: Sequence[_Seed], label: str) -> list[_Seed]:
    """Five more of each series that is aggregated, with another value of the label."""
    found: list[_Seed] = []
    for seed in seeds:
        occurrence = flow.occurrences[seed.occurrence]
        if label not in seed.labels or label == "le" or not _is_aggregated(occurrence):
            continue
        values = _values(occurrence.selector, label, seed.labels[label], 2)
        if len(values) == 2:
            labels = {**seed.labels, label: values[1]}
            found += [
                _Seed({**labels, "replica": f"replica-{number}"}, seed.occurrence, 1)
                for number in range(1, 6)
            ]
    return found


def _others(flow: LabelConstraints, seeds: Sequence[_Seed], target: str, label: str) -> list[_Seed]:
    """One more of each aggregated series that must not have a target label, with it and another label."""
    found: list[_Seed] = []
    for seed in seeds:
        occurrence = flow.occurrences[seed.occurrence]
        if (
            target in seed.labels
            or label not in seed.labels
            or label == "le"
            or not _is_aggregated(occurrence)
        ):
            continue
        values = _values(occurrence.selector, label, seed.labels[label], 2)
        labels = {**seed.labels, label: values[-1], target: f"{target}-2"}
        if len(values) == 2 and selects_series(occurrence.selector, labels):
            found.append(_Seed(labels, seed.occurrence, 1))
    return found


def _values(selector: Selector, label: str, first: str, count: int) -> list[str]:
    own = [matcher for matcher in selector.matchers if matcher.name == label]
    pool = [first, *label_candidates(label, own)]
    pool += [f"{label}-{number}" for number in range(1, count + 1)]
    found = [value for value in dict.fromkeys(pool) if value and all(meets_matcher(m, value) for m in own)]
    return found[:count]


@value_object
class _Builder:
    flow: LabelConstraints
    constants: Sequence[float]
    timed: bool
    native: frozenset[int] = frozenset()
    """The occurrences whose series are native histograms."""
    real: bool = True
    repeated: bool = False

    def universe(self, seeds: Sequence[_Seed], variant: str) -> SeriesSet:
        """The universe of these series; those with the same labels are one."""
        templates: dict[tuple[tuple[str, str], ...], SeriesTemplate] = {}
        movers: list[SeriesParameters] = []
        keys: dict[tuple[object, ...], int] = {}
        for seed in seeds:
            spread = self._spread(seed)
            own = {n: v for n, v in seed.labels.items() if not (spread and n == "le")}
            family = tuple(sorted(own.items()))
            shared: tuple[object, ...] = (
                (family, bool(spread))
                if seed.copy == 0
                else (seed.labels["__name__"], seed.occurrence, seed.copy)
            )
            if seed.copy and variant == "split":
                shared = (family, "wider")
            spread_labels = [({**own, **label}, bucket) for label, bucket in spread or _ALONE]
            added = {
                key: (labels, bucket)
                for labels, bucket in spread_labels
                if (key := tuple(sorted(labels.items()))) not in templates
            }
            if added and shared not in keys:
                keys[shared] = len(movers)
                movers.append(
                    self._mover(
                        seed, sum(not isinstance(b, HistogramPart) or b.bucket is not None for _, b in spread)
                    )
                )
            for key, (labels, bucket) in added.items():
                templates[key] = SeriesTemplate(labels, keys[shared], bucket)
        faults = dict.fromkeys(fault for seed in seeds for fault in self._faults(seed))
        return SeriesSet(tuple(templates.values()), tuple(movers), variant, self.real, tuple(faults))

    def _faults(self, seed: _Seed) -> Iterator[str]:
        """Why there is no series with the labels of a seed; what a selector asks for may be there."""
        occurrence = self.flow.occurrences[seed.occurrence]
        asked = {matcher.name for matcher in occurrence.selector.matchers}
        grouped = [one.label for one in self.flow.grouped if one.occurrence == seed.occurrence]
        scraped = () if self.flow.is_recorded(seed.labels["__name__"]) else TARGET_LABELS
        wanted = [label for label in dict.fromkeys((*scraped, *grouped)) if label not in asked]
        spread = self._spread(seed)
        labels = {**seed.labels, **spread[0][0]} if spread else seed.labels
        return lacking_labels(seed.labels["__name__"], labels, wanted if occurrence.wanted else ())

    def _spread(self, seed: _Seed) -> list[tuple[dict[str, str], int | HistogramPart | None]]:
        """The series of a histogram: what labels each has beside those of the seed; none for any other."""
        if seed.occurrence in self.native:
            return [({PART: part.name}, part) for part in histogram_parts(self.constants)]
        return [({"le": bound}, number) for number, bound in enumerate(self._buckets(seed))]

    def _buckets(self, seed: _Seed) -> list[str]:
        """The bounds of the histogram that an occurrence reads; empty where it reads none."""
        occurrence = self.flow.occurrences[seed.occurrence]
        pinned = any(m.name == "le" and m.op == "=" for m in occurrence.selector.matchers)
        if "histogram_quantile" not in occurrence.path or pinned or "le" not in seed.labels:
            return []
        bounds: set[float] = set()
        for value in self.constants:
            if 0 < value < 1e12 and value not in (0.5, 0.9, 0.95, 0.99, 0.999):
                bounds.update(value * factor for factor in (0.25, 0.5, 1, 2, 4))
        bounds = bounds or {0.1, 0.5, 1, 5, 10}
        texts = [go_float(float(f"{bound:.10g}")) for bound in sorted(bounds)[:20]]
        own = [m for m in occurrence.selector.matchers if m.name == "le"]
        # As Prometheus 3 stores whole numbers, unless the selector wants them otherwise.
        texts = [text for one in texts for text in ((f"{one}.0", one) if one.isdigit() else (one,))]
        kept = [text for text in dict.fromkeys((*texts, "+Inf")) if all(meets_matcher(m, text) for m in own)]
        return [text for text in kept if not text.isdigit() or f"{text}.0" not in kept]

    def _mover(self, seed: _Seed, buckets: int) -> SeriesParameters:
        using = [
            occurrence
            for occurrence in self.flow.occurrences
            if selects_series(occurrence.selector, {**seed.labels, "le": _le(occurrence, seed)})
        ] or [self.flow.occurrences[seed.occurrence]]
        inner = [occurrence.path[-1] if occurrence.path else "" for occurrence in using]
        ranged = [i for i, o in zip(inner, using, strict=True) if o.range is not None]
        everything = {name for occurrence in using for name in occurrence.path}
        counter = (
            any(name in COUNTING for name in ranged)
            or "resets" in ranged
            or any(
                name in COUNTING and "[:]" in occurrence.path
                for occurrence in using
                for name in occurrence.path
            )
        )
        # Only what goes on growing differs from its own past for longer than a moment.
        elsewhen = any(o.shift or o.selector.at is not None for o in using)
        sloping = bool(everything & _SLOPING) or self.timed or elsewhen
        windows = {occurrence.range for occurrence in using}
        promised = convention(seed.labels["__name__"]) if self.real else Convention()
        least = 0.0 if counter and self.real else promised.values.low
        return SeriesParameters(
            name=seed.labels["__name__"],
            counter=counter,
            level=not counter or any(name not in COUNTING for name in inner),
            slope=counter or sloping,
            before=len(windows) > 1 or elsewhen or "[:]" in everything,
            toggle=bool(everything & _RESTLESS),
            life=not all(o.wanted and o.sure for o in using)
            or bool(everything & {"absent", "absent_over_time", "scalar"}),
            buckets=buckets,
            wanted=any(o.wanted for o in using),
            counted=bool(everything & {"changes", "resets"}),
            # Only a window still sees it after the lookback.
            dated="timestamp" in everything and "[:]" in everything,
            sparse=bool(everything & _SPARSE),
            tells="past" if promised.is_past else "age" if promised.is_age else None,
            # One after the other of several that are aggregated may have started.
            restarts=self.repeated or bool(everything & {"resets", "changes", *AGGREGATIONS}),
            least=least,
            greatest=promised.values.high,
            growth=math.inf if promised.growth is None else promised.growth,
        )


def _le(occurrence: Occurrence, seed: _Seed) -> str:
    """The bucket bound under which a selector would see the seed's histogram."""
    pinned = next((m.value for m in occurrence.selector.matchers if m.name == "le" and m.op == "="), None)
    return pinned if pinned is not None and "le" in seed.labels else seed.labels.get("le", "")
