"""What a LogQL expression returns for some streams at a moment, as Loki computes it."""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tocsin.lang.logql import numbers
from tocsin.lang.logql.ast import (
    Aggregation,
    Binary,
    LabelReplace,
    LogQuery,
    Number,
    Paren,
    RangeAggregation,
    Vector,
    is_number,
    walk,
)
from tocsin.lang.regexes import expand_template, matches_whole
from tocsin.prove.logs.model import BeyondReachError, Labels, Sample, Series
from tocsin.prove.logs.operators import apply_operator, join_operands, set_operator
from tocsin.prove.logs.pipeline import run_pipeline, run_stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tocsin.lang.logql.ast import Grouping, Node
    from tocsin.prove.logs.model import LogStream

Cache = dict[tuple[int, Labels, str], Sample | None]
"""What a line contributes to a range aggregation, by the aggregation's identity, the stream and the line."""
_ERROR = "__error__"


class FailedQueryError(ValueError):
    """Loki refuses to answer: a line carries an error."""


@dataclass(slots=True)
class _Samples:
    """The samples of one series of a range aggregation, in the order of their times."""

    times: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)


class LogEvaluator:
    """Answers an expression for fixed streams at any moment; the lines are read once."""

    def __init__(self, tree: Node, streams: Sequence[LogStream], cache: Cache | None = None) -> None:
        self._tree = tree
        cache = {} if cache is None else cache
        self._samples = {
            id(node): _samples(node, streams, cache)
            for node in walk(tree)
            if isinstance(node, RangeAggregation)
        }

    def at(self, time: float) -> Series:
        """What the expression returns; FailedQueryError where Loki would answer with an error."""
        return self._of(self._tree, time)

    def _of(self, node: Node, time: float) -> Series:
        match node:
            case Paren():
                return self._of(node.expr, time)
            case RangeAggregation():
                return _over_range(node, self._samples[id(node)], time)
            case Aggregation():
                return _aggregated(node, self._of(node.expr, time))
            case Binary():
                return self._binary(node, time)
            case LabelReplace():
                return _replaced(node, self._of(node.expr, time))
            case Vector() | Number():
                return {(): node.value}
            case LogQuery():
                raise BeyondReachError("the expression gives lines, not numbers")

    def _binary(self, node: Binary, time: float) -> Series:
        left, right = self._of(node.left, time), self._of(node.right, time)
        if is_number(node.left) or is_number(node.right):
            return apply_operator(node, left, right)
        return (
            set_operator(node, left, right)
            if node.op in ("and", "or", "unless")
            else join_operands(node, left, right)
        )


def _samples(node: RangeAggregation, streams: Sequence[LogStream], cache: Cache) -> dict[Labels, _Samples]:
    found: dict[Labels, list[tuple[float, float]]] = {}
    for stream in streams:
        for line in stream.lines:
            key = (id(node), stream.labels, line.text)
            if key not in cache:
                cache[key] = line_sample(node, dict(stream.labels), line.text)
            counted = cache[key]
            if counted is not None:
                found.setdefault(counted[0], []).append((line.at, counted[1]))
    for series in found.values():
        series.sort()
    return {
        labels: _Samples([at for at, _ in series], [value for _, value in series])
        for labels, series in found.items()
    }


def line_sample(node: RangeAggregation, stream: Mapping[str, str], text: str) -> Sample | None:
    """The labels and the value that a line contributes; None where it is filtered out."""
    line = run_pipeline(node.range.query, stream, text)
    if line is None:
        return None
    unwrap = node.range.unwrap
    value = float(len(line.text.encode())) if node.op.startswith("bytes") else 1.0
    gone: frozenset[str] = frozenset()
    if unwrap is not None:
        written = line.get(unwrap.label)
        if not written:
            return None
        number = _converted(unwrap.conversion, written)
        line.error = line.error or ("SampleExtractionErr" if number is None else "")
        value = number or 0.0
        gone = frozenset({unwrap.label})
        if not all(run_stage(stage, line) for stage in unwrap.filters):
            return None
    labels = line.labels
    if node.grouping is not None and node.grouping.how == "by":
        gone = frozenset()
    kept = _grouped({name: text for name, text in labels.items() if name not in gone}, node.grouping)
    return (*kept, (_ERROR, line.error)) if line.error and _ERROR not in dict(kept) else kept, value


def _converted(conversion: str | None, text: str) -> float | None:
    if conversion == "bytes":
        size = numbers.size(text)
        return None if size is None else float(size)
    if conversion is not None:
        return numbers.duration(text)
    try:
        return float(text)
    except ValueError:
        return None


def _grouped(labels: Mapping[str, str], grouping: Grouping | None) -> Labels:
    if grouping is None:
        return tuple(sorted(labels.items()))
    keeps = grouping.how == "by"
    return tuple(sorted(item for item in labels.items() if (item[0] in grouping.labels) == keeps))


def _over_range(node: RangeAggregation, samples: Mapping[Labels, _Samples], time: float) -> Series:
    end = time - (node.range.offset.seconds if node.range.offset is not None else 0)
    length = node.range.range.seconds
    found: Series = {}
    for labels, series in samples.items():
        first = bisect.bisect_right(series.times, end - length)
        last = bisect.bisect_right(series.times, end)
        if first < last:
            if _ERROR in dict(labels):
                raise FailedQueryError(f"lines carry the error {dict(labels)[_ERROR]}")
            found[labels] = _value(node, series.values[first:last], length)
    if node.op == "absent_over_time":
        return {} if found else {_absent(node): 1.0}
    return found


def _absent(node: RangeAggregation) -> Labels:
    matchers = node.range.query.selector.matchers
    once = [m for m in matchers if sum(other.name == m.name for other in matchers) == 1]
    return tuple(sorted((m.name, m.value) for m in once if m.op == "=" and m.value))


def _value(node: RangeAggregation, values: list[float], length: float) -> float:
    match node.op:
        case "count_over_time" | "absent_over_time":
            return float(len(values))
        case "rate" | "bytes_rate":
            return sum(values) / length if length else math.inf
        case "bytes_over_time" | "sum_over_time":
            return sum(values)
        case "first_over_time":
            return values[0]
        case "last_over_time":
            return values[-1]
        case "quantile_over_time":
            return _quantile(node.param or 0.0, values)
        case "rate_counter":
            raise BeyondReachError("`rate_counter` is not followed")
        case _:
            return _aggregate(node.op.removesuffix("_over_time"), values)


def _aggregate(op: str, values: list[float]) -> float:
    mean = sum(values) / len(values)
    match op:
        case "sum":
            return sum(values)
        case "avg":
            return mean
        case "min":
            return min(values)
        case "max":
            return max(values)
        case "count":
            return float(len(values))
        case "stddev" | "stdvar":
            variance = sum((value - mean) ** 2 for value in values) / len(values)
            return math.sqrt(variance) if op == "stddev" else variance
        case _:
            raise BeyondReachError(f"`{op}` is not followed")


def _quantile(share: float, values: Iterable[float]) -> float:
    ordered = sorted(values)
    rank = min(max(share, 0.0), 1.0) * (len(ordered) - 1)
    low = math.floor(rank)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (rank - low)


def _aggregated(node: Aggregation, inner: Series) -> Series:
    if node.op in ("sort", "sort_desc"):
        return inner
    if node.op in ("topk", "bottomk", "approx_topk"):
        return _chosen(node, inner)
    groups: dict[Labels, list[float]] = {}
    for labels, value in inner.items():
        key = _grouped(dict(labels), node.grouping) if node.grouping is not None else ()
        groups.setdefault(key, []).append(value)
    return {labels: _aggregate(node.op, values) for labels, values in groups.items()}


def _chosen(node: Aggregation, inner: Series) -> Series:
    groups: dict[Labels, list[tuple[float, Labels]]] = {}
    for labels, value in inner.items():
        key = _grouped(dict(labels), node.grouping) if node.grouping is not None else ()
        groups.setdefault(key, []).append((value, labels))
    found: Series = {}
    for members in groups.values():
        members.sort(reverse=node.op != "bottomk")
        found.update((labels, value) for value, labels in members[: node.param])
    return found


def _replaced(node: LabelReplace, inner: Series) -> Series:
    found: Series = {}
    for labels, value in inner.items():
        now = dict(labels)
        source = now.get(node.source.value, "")
        if matches_whole(node.regex.value, source):
            now[node.target.value] = expand_template(node.regex.value, source, node.replacement.value)
        found[tuple(sorted((name, text) for name, text in now.items() if text))] = value
    return found
