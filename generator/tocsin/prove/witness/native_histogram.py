"""The parts of a native histogram whose observations lie in one bucket, or in two that are neighbours."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tocsin.prove.promtool.series_write import Run, number_text, sample_runs
from tocsin.prove.witness.evaluate.native import COUNT, SUM, bucket_name
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_BUCKETS = 40
_USUAL = (0.1, 1.0, 10.0)


@value_object
class HistogramPart:
    """What a series of a native histogram holds: the count (`bucket` None), the sum, or one bucket."""

    bounds: tuple[int, ...]
    """The buckets as the powers of two that are their upper bounds, without gaps."""
    name: str
    bucket: int | None = None

    def weight(self, spot: float) -> float:
        """What one observation adds to the part when observations lie at a spot."""
        if self.name == COUNT:
            return 1.0
        if self.name == SUM:
            return sum(_inside(spot, i) * 0.75 * 2.0**power for i, power in enumerate(self.bounds))
        return 0.0 if self.bucket is None else _inside(spot, self.bucket)

    def siblings(self) -> list[HistogramPart]:
        """All parts of the histogram, this one among them."""
        return _parts(self.bounds)


def observations_below(spot: float, bucket: int) -> float:
    """The part of a histogram's observations at or below a bucket."""
    whole = int(spot)
    if bucket < whole:
        return 0.0
    return 1.0 - (spot - whole) if bucket == whole else 1.0


def _inside(spot: float, bucket: int) -> float:
    return observations_below(spot, bucket) - (observations_below(spot, bucket - 1) if bucket else 0.0)


def histogram_parts(constants: Sequence[float]) -> list[HistogramPart]:
    """The parts of a histogram with buckets round these values."""
    powers = [math.ceil(math.log2(value)) for value in constants if 0 < value < 1e12] or [
        math.ceil(math.log2(value)) for value in _USUAL
    ]
    first = max(min(powers) - 2, max(powers) + 3 - _MOST_BUCKETS)
    return _parts(tuple(range(first, max(powers) + 3)))


def _parts(bounds: tuple[int, ...]) -> list[HistogramPart]:
    inside = [
        HistogramPart(bounds, bucket_name(2.0 ** (power - 1), 2.0**power), number)
        for number, power in enumerate(bounds)
    ]
    return [HistogramPart(bounds, COUNT), HistogramPart(bounds, SUM), *inside]


def histogram_text(found: Sequence[HistogramPart], values: Sequence[Sequence[float | None]]) -> str:
    """A native histogram's samples in promtool's notation, from those of its parts."""
    rows = [None if None in row else tuple(v or 0.0 for v in row) for row in zip(*values, strict=True)]
    texts = []
    for run in sample_runs(rows):
        if run.first is None:
            texts.append("_" if run.count == 1 else f"_x{run.count}")
            continue
        text = _one(found, run.first)
        if run.count > 1:
            text += _growth(found, run)
        texts.append(text)
    return " ".join(texts)


def _growth(found: Sequence[HistogramPart], run: Run) -> str:
    if not any(run.step):
        return f"x{run.count - 1}"
    sign = "-" if run.step[0] < 0 else "+"
    return f"{sign}{_one(found, tuple(abs(step) for step in run.step))}x{run.count - 1}"


def _one(found: Sequence[HistogramPart], values: Sequence[float]) -> str:
    named = {part.name: value for part, value in zip(found, values, strict=True)}
    inside = [value for part, value in zip(found, values, strict=True) if part.bucket is not None]
    there = [index for index, value in enumerate(inside) if value]
    fields = [f"schema:0 sum:{number_text(named[SUM])} count:{number_text(named[COUNT])}"]
    if there:
        offset = found[0].bounds[there[0]]
        shown = " ".join(number_text(value) for value in inside[there[0] : there[-1] + 1])
        fields.append(f"offset:{offset} buckets:[{shown}]")
    return "{{" + " ".join(fields) + "}}"
