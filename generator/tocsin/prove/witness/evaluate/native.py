"""Native histograms, each held as plain series of its parts: the observations, their sum, every bucket.

Rates, sums and differences of histograms are those of their parts, so only what turns a histogram into a
number has to know that parts belong together (promql/quantile.go and functions.go of Prometheus 3.5).
Buckets hold observations above zero and double in width, as those of schema 0 do.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.promql.ast import Grouping
from tocsin.prove.witness.evaluate.arithmetic import NAN, divide
from tocsin.prove.witness.evaluate.elements import Element, key_of
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tocsin.lang.promql.ast import Binary
    from tocsin.prove.witness.evaluate.elements import Labels, Vector

PART = "__part__"
"""The label that says which part of a histogram a series holds."""
COUNT, SUM = "count", "sum"
SUMMARIES = frozenset(
    {
        "histogram_count",
        "histogram_sum",
        "histogram_avg",
        "histogram_fraction",
        "histogram_stddev",
        "histogram_stdvar",
    }
)
"""The functions that make numbers of native histograms alone."""
_LINEAR = frozenset(
    {"rate", "increase", "delta", "irate", "idelta", "sum_over_time", "avg_over_time"}
    | {"last_over_time", "first_over_time"}
)
_COUNTING = frozenset({"count_over_time", "present_over_time"})


@value_object
class Histogram:
    """The numbers of one native histogram; buckets are lower bound, upper bound, observations."""

    count: float
    sum: float
    buckets: tuple[tuple[float, float, float], ...]

    @property
    def average(self) -> float:
        """The average of the observations."""
        return divide(self.sum, self.count)

    def quantile(self, q: float) -> float:
        """The q-quantile, found on a logarithmic scale inside of a bucket."""
        if q < 0:
            return -math.inf
        if q > 1:
            return math.inf
        if self.count == 0 or q != q or self.count != self.count:
            return NAN
        rank = q * self.count
        below = 0.0
        for lower, upper, inside in self.buckets:
            if inside > 0 and below + inside >= rank:
                return lower * float((upper / lower) ** ((rank - below) / inside))
            below += inside
        return max((upper for _, upper, inside in self.buckets if inside > 0), default=NAN)

    def fraction(self, lower: float, upper: float) -> float:
        """The part of the observations between two values."""
        if self.count == 0 or lower != lower or upper != upper:
            return NAN
        if lower >= upper:
            return 0.0
        return divide(self._below(upper) - self._below(lower), self.count)

    def variance(self) -> float:
        """The variance, as if all observations of a bucket lay at its geometric middle."""
        spread = sum(
            inside * (math.sqrt(lower * upper) - self.average) ** 2 for lower, upper, inside in self.buckets
        )
        return divide(spread, self.count)

    def _below(self, value: float) -> float:
        found = 0.0
        for lower, upper, inside in self.buckets:
            if value >= upper:
                found += inside
            elif value > lower:
                found += inside * math.log(value / lower) / math.log(upper / lower)
        return found


def bucket_name(lower: float, upper: float) -> str:
    """How `__part__` names a bucket."""
    return f"{lower!r} {upper!r}"


def is_native(labels: Iterable[Labels]) -> bool:
    """Whether parts of native histograms are among these series."""
    return any(PART in one for one in labels)


def floats(vector: Vector) -> Vector:
    """The elements that are numbers of their own."""
    return [element for element in vector if PART not in element.labels]


def histograms(vector: Vector) -> list[tuple[Element, Histogram]]:
    """The histograms of a vector, each with an element that holds its labels and distances."""
    parts: dict[object, dict[str, Element]] = {}
    for element in vector:
        if PART in element.labels:
            labels = {n: v for n, v in element.labels.items() if n not in (PART, "__name__")}
            parts.setdefault(key_of(labels), {})[element.labels[PART]] = element._replace(labels=labels)
    return [(found[COUNT], _histogram(found)) for found in parts.values() if COUNT in found]


def _histogram(parts: dict[str, Element]) -> Histogram:
    buckets = []
    for name, element in parts.items():
        if name not in (COUNT, SUM):
            lower, upper = map(float, name.split())
            buckets.append((lower, upper, element.value))
    return Histogram(parts[COUNT].value, parts[SUM].value, tuple(sorted(buckets)))


def summary(function: str, numbers: Sequence[float], vector: Vector) -> Vector:
    """A number for each histogram."""
    found = []
    for element, histogram in histograms(vector):
        match function:
            case "histogram_count":
                value = histogram.count
            case "histogram_sum":
                value = histogram.sum
            case "histogram_avg":
                value = histogram.average
            case "histogram_fraction":
                value = histogram.fraction(numbers[0], numbers[1])
            case "histogram_quantile":
                value = histogram.quantile(numbers[0])
            case "histogram_stdvar":
                value = histogram.variance()
            case _:
                variance = histogram.variance()
                value = math.sqrt(variance) if variance >= 0 else NAN
        found.append(element._replace(value=value))
    return found


def grouped(op: str, vector: Vector, grouping: Grouping | None) -> tuple[Vector, Grouping | None]:
    """What an aggregation takes of a vector with histograms, and by which labels."""
    if op in ("count", "group"):
        return _counted(vector), grouping
    if op not in ("sum", "avg"):
        return floats(vector), grouping
    if grouping is None:
        return vector, Grouping("by", (PART,), (), (0, 0))
    if grouping.how == "by":
        return vector, replace(grouping, labels=(*grouping.labels, PART))
    return vector, grouping


def over_time(function: str, vector: Vector) -> Vector:
    """What is left of the windows of a function that was applied to each part."""
    if function in _LINEAR:
        return vector
    return _counted(vector) if function in _COUNTING else floats(vector)


def matched(node: Binary, *, sets: bool) -> Binary:
    """An operator that pairs like parts, or for a set operator the histograms that they belong to."""
    matching = node.matching
    if (matching.how == "on") == sets:
        return node
    how = matching.how or "ignoring"
    return replace(node, matching=replace(matching, how=how, labels=(*matching.labels, PART)))


def takes_number(op: str, *, left: bool) -> bool:
    """Whether an operator between a histogram and a number has a result; `left` is where the number is."""
    return op == "*" or (op == "/" and not left)


def _counted(vector: Vector) -> Vector:
    """One element for each histogram instead of one for each of its parts."""
    found = []
    for element in vector:
        part = element.labels.get(PART)
        if part is None:
            found.append(element)
        elif part == COUNT:
            found.append(element._replace(labels={n: v for n, v in element.labels.items() if n != PART}))
    return found
