"""Which series of a test cannot exist: what metrics promise by their names, and what every scrape gives."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from tocsin.lang.promql.flow.conventions import convention, wholes
from tocsin.prove.witness.evaluate.native import PART

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tocsin.lang.promql.flow.conventions import Convention
    from tocsin.prove.witness.evaluate import Series
    from tocsin.prove.witness.labels.series_set import SeriesParameters, SeriesSet, SeriesTemplate

_ROUNDING = 1e-9
_FEW_FALLS = 20
"""A counter that starts anew more than once in so many samples is none."""


class Reality:
    """What the samples of the series of one universe have to be like.

    A fault of samples is found once for each list of them, which nobody may change afterwards.
    """

    def __init__(self, universe: SeriesSet) -> None:
        templates = universe.templates
        names = [template.labels.get("__name__", "") for template in templates]
        self._each = [
            (name, convention(name), universe.movers[template.mover], template.labels.get(PART))
            for name, template in zip(names, templates, strict=True)
        ]
        self._parts = list(_parts_of_wholes(templates))
        self._seconds = list(_shared_seconds([template.labels for template in templates]))
        self._known: dict[tuple[int, ...], tuple[object, str | None]] = {}

    def fault(self, series: Sequence[Series]) -> str | None:
        """Why such samples cannot exist; None where they can."""
        return next(self.faults(series), None)

    def faults(self, series: Sequence[Series]) -> Iterator[str]:
        """All reasons why such samples cannot exist, each once."""
        for index in range(len(series)):
            reason = self._once((index,), series, self._fault_of_one)
            if reason is not None:
                yield reason
        for part, whole in self._parts:
            reason = self._once((part, whole), series, self._fault_of_part)
            if reason is not None:
                yield reason
        for shared in self._seconds:
            reason = self._once(shared, series, self._fault_of_second)
            if reason is not None:
                yield reason

    def _once(
        self,
        indexes: tuple[int, ...],
        series: Sequence[Series],
        find: Callable[[tuple[int, ...], Sequence[Series]], str | None],
    ) -> str | None:
        values = tuple(series[index].values for index in indexes)
        key = (*indexes, *map(id, values))
        if key not in self._known:
            if len(self._known) > 8_000:
                self._known.clear()
            # With the samples themselves, so that their identity stays their own.
            self._known[key] = (values, find(indexes, series))
        return self._known[key][1]

    def _fault_of_one(self, indexes: tuple[int, ...], series: Sequence[Series]) -> str | None:
        name, promised, mover, part = self._each[indexes[0]]
        one = series[indexes[0]]
        values = [value for value in one.values if value is not None]
        if not values:
            return None
        if mover.counter and min(values) < 0:
            return f"the counter `{name}` would be less than zero"
        if part is not None:
            return None
        return (
            _against_promise(name, promised, one)
            or _falling(name, mover, values)
            or _starting(name, promised, mover, one)
        )

    def _fault_of_part(self, indexes: tuple[int, ...], series: Sequence[Series]) -> str | None:
        part, whole = indexes
        of_whole = dict(zip(series[whole].times, series[whole].values, strict=True))
        pairs = [
            (value, of_whole[at])
            for at, value in zip(series[part].times, series[part].values, strict=True)
            if at in of_whole
        ]
        is_counter = self._each[part][2].counter and self._each[whole][2].counter
        grown = zip(_steps([a for a, _ in pairs]), _steps([b for _, b in pairs]), strict=True)
        if any(_exceeds(a, b) for a, b in pairs) or (is_counter and any(_exceeds(a, b) for a, b in grown)):
            return (
                f"`{self._each[part][0]}` would be more than `{self._each[whole][0]}`, of which it is a part"
            )
        return None

    def _fault_of_second(self, indexes: tuple[int, ...], series: Sequence[Series]) -> str | None:
        name, promised, _, _ = self._each[indexes[0]]
        added: dict[tuple[int, int], float] = {}
        for index in indexes:
            one = series[index]
            for before, at, grown in zip(one.times, one.times[1:], _steps(one.values), strict=False):
                added[before, at] = added.get((before, at), 0.0) + max(0.0, grown)
        most = promised.growth or 0.0
        if any(_exceeds(grown, most * (at - before) / 1000) for (before, at), grown in added.items()):
            return f"the values of `{promised.parts}` of `{name}` would add up to more than a second a second"
        return None


def _against_promise(name: str, promised: Convention, one: Series) -> str | None:
    """What the metric's name says of its values, and these do not keep."""
    values = promised.values
    outside = [value for value in one.values if value is not None and not values.contains(value)]
    # Of a count only the sign is a promise: tests may count in parts.
    outside = [value for value in outside if values.high == 1 or value < values.low]
    if outside:
        said = values.described()
        return f"`{name}` is {said} by its name, and would be {outside[0]:g}"
    if promised.is_past and any(
        value * 1000 > at for at, value in zip(one.times, one.values, strict=True) if value is not None
    ):
        return f"`{name}` is a time in the past by its name, and would lie in the future"
    most = promised.growth
    if most is not None:
        steps = zip(one.times, one.times[1:], _steps(one.values), strict=False)
        if any(_exceeds(grown, most * (at - before) / 1000) for before, at, grown in steps):
            return f"`{name}` would grow by more than {most:g} a second"
    return None


def _falling(name: str, mover: SeriesParameters, values: Sequence[float]) -> str | None:
    """A counter falls when its process starts anew, and not all the time."""
    if not mover.counter or mover.restarts:
        return None
    falls = sum(step < 0 for step in _steps(values))
    return (
        f"the counter `{name}` would fall again and again" if falls > 1 + len(values) // _FEW_FALLS else None
    )


def _starting(name: str, promised: Convention, mover: SeriesParameters, one: Series) -> str | None:
    """What has started stays so for a while, and is older by a second each second."""
    if mover.restarts:
        return None
    if promised.is_start:
        known = [value for value in one.values if value is not None]
        if sum(step != 0 for step in _steps(known)) > 1 + len(known) // _FEW_FALLS:
            return f"what `{name}` tells the start of would start again and again"
    if promised.is_age:
        steps = zip(one.times, one.times[1:], _steps(one.values), strict=False)
        other = [1 for before, at, grown in steps if abs(grown - (at - before) / 1000) > 0.001]
        if len(other) > 1 + len(one.values) // _FEW_FALLS:
            return f"`{name}`, which counts the seconds since a start, would not grow by one a second"
    return None


def _steps(values: Sequence[float | None]) -> list[float]:
    return [(after or 0.0) - (before or 0.0) for before, after in pairwise(values)]


def _exceeds(value: float | None, limit: float | None) -> bool:
    return value is not None and limit is not None and value > limit + _ROUNDING * max(1.0, abs(limit))


def _parts_of_wholes(templates: Sequence[SeriesTemplate]) -> Iterator[tuple[int, int]]:
    """Pairs of series of which the first is never more than the second: a part, and a bucket of a count."""
    by_labels: dict[object, int] = {}
    buckets: dict[object, list[tuple[float, int]]] = {}
    for index, template in enumerate(templates):
        name = template.labels.get("__name__", "")
        by_labels[name, _others(template)] = index
        if name.endswith("_bucket") and (bound := _bound(template.labels)) is not None:
            buckets.setdefault((name, _others(template, "le")), []).append((bound, index))
    for index, template in enumerate(templates):
        name = template.labels.get("__name__", "")
        rest = _others(template, "le") if name.endswith("_bucket") else _others(template)
        for whole in wholes(name):
            if (found := by_labels.get((whole, rest))) is not None:
                yield index, found
    for histogram in buckets.values():
        for (_, lower), (_, upper) in pairwise(sorted(histogram)):
            # What moves together was counted together.
            if templates[lower].mover != templates[upper].mover:
                yield lower, upper


def _others(template: SeriesTemplate, apart: str = "__name__") -> tuple[tuple[str, str], ...]:
    return tuple(sorted((n, v) for n, v in template.labels.items() if n not in ("__name__", apart)))


def _bound(labels: Mapping[str, str]) -> float | None:
    try:
        return float(labels.get("le", ""))
    except ValueError:
        return None


def _shared_seconds(labels: Sequence[Mapping[str, str]]) -> Iterator[tuple[int, ...]]:
    """The series that divide a second among them, as the modes of one CPU."""
    found: dict[object, list[int]] = {}
    for index, one in enumerate(labels):
        parts = convention(one.get("__name__", "")).parts
        if parts is not None:
            rest = tuple(sorted((label, value) for label, value in one.items() if label != parts))
            found.setdefault(rest, []).append(index)
    yield from (tuple(indexes) for indexes in found.values() if len(indexes) > 1)
