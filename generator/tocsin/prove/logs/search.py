"""The search for log lines that make an alert fire, and for others that keep it quiet."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.logql.ast import (
    Aggregation,
    Binary,
    Number,
    RangeAggregation,
    Vector,
    is_log,
    walk,
    without_places,
)
from tocsin.lang.logql.flow import logql_flow
from tocsin.lang.logql.parser import parse_logql
from tocsin.prove.logs.constraints import Wish, healthy_constraints, line_constraints
from tocsin.prove.logs.evaluate import Cache, FailedQueryError, LogEvaluator, line_sample
from tocsin.prove.logs.line_writer import write_lines
from tocsin.prove.logs.model import BeyondReachError, LogLine, LogStream, LogWitness, NoLogWitness
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tocsin.lang.logql.ast import Node

_MOST_PARTS = 6
_MOST_LINES = 60_000
_MOST_TRIALS = 600
_HOUR = 3_600.0
_LONG = 2 * _HOUR
_MOST_STEPS = 40
_PADDINGS = (0, 1_000, 30_000)
_BYTES = ("bytes_rate", "bytes_over_time")


@value_object
class _Amount:
    """How many lines a part writes within its range, with which value and padding."""

    lines: int
    value: float = 1.0
    padding: int = 0
    surge: float = 1.0
    """How many times as many lines there are from a moment on, for what compares with the past."""


@value_object
class _Part:
    """One range aggregation, and how lines are written that it counts."""

    node: RangeAggregation
    wish: Wish
    number: int
    """Which of the ways to write the wish it is."""

    def texts(self, amount: _Amount) -> tuple[str, ...]:
        """The lines that it writes in turn; none where it cannot."""
        varies = self.node.op in ("stddev_over_time", "stdvar_over_time")
        values = (amount.value, 0.0) if varies else (amount.value,)
        found = tuple(self.text(value, amount.padding) for value in values)
        return tuple(text for text in found if text is not None)

    def text(self, value: float, padding: int = 0) -> str | None:
        """The line, with a value where the aggregation unwraps one."""
        wish = self.wish
        unwrap = self.node.range.unwrap
        if unwrap is not None and unwrap.label not in wish.stream:
            wish = replace(wish, fields={**wish.fields, unwrap.label: _unwrapped(unwrap.conversion, value)})
        lines = write_lines(self.node.range.query, wish, padding)
        return next(itertools.islice(lines, self.number, None), None)


def log_witness(expr: str | Node, hold: float, interval: float) -> LogWitness | NoLogWitness:
    """Lines with which a log alert fires after `hold` seconds, and lines with which it stays quiet.

    `interval` is that of the evaluations, in seconds; LangError for a text that is no LogQL.
    """
    tree = parse_logql(expr) if isinstance(expr, str) else expr
    if is_log(tree):
        return NoLogWitness("the expression gives lines, not numbers")
    empty = logql_flow(tree).empty
    if empty is not None:
        return NoLogWitness(empty.sentence, impossible=True)
    try:
        return _Search(tree, hold, interval).run()
    except BeyondReachError as error:
        return NoLogWitness(str(error))


class _Search:
    def __init__(self, tree: Node, hold: float, interval: float) -> None:
        self.tree = tree
        self.interval = interval
        self.parts = [_part(node) for node in _distinct(tree)]
        ranges = [part.node.range for part in self.parts]
        reach = [one.range.seconds + (one.offset.seconds if one.offset is not None else 0) for one in ranges]
        self.limited = False
        self.compares = any(one.offset is not None for one in ranges)
        self.start = max([*reach, interval])
        self.turn = self.start - max((one.range.seconds for one in ranges if one.offset is None), default=0.0)
        self.end = self.start + hold + interval
        step = max(interval, (self.end - self.start) / _MOST_STEPS)
        self.steps = [self.start + step * number for number in range(int((self.end - self.start) / step) + 1)]
        self.shared = _shared_labels(tree, self.parts)
        self.cache: Cache = {}

    def run(self) -> LogWitness | NoLogWitness:
        """Try amounts until the expression holds at every step, then look for what is quiet."""
        for number, amounts in enumerate(self._amounts()):
            if number >= _MOST_TRIALS:
                break
            streams = self._streams(amounts)
            if streams is not None and self._holds(streams, wanted=True):
                return self._with_silence(streams, amounts)
        limit = f" with up to {_MOST_LINES} lines" if self.limited else ""
        return NoLogWitness(f"no amount of lines was found with which it fires{limit}")

    def _with_silence(self, fires: tuple[LogStream, ...], amounts: Sequence[_Amount]) -> LogWitness:
        found = LogWitness(self.start, self.end, self.interval, fires, None)
        for quiet in self._healthy(amounts):
            if quiet is not None and self._holds(quiet, wanted=False):
                return replace(found, silent=quiet)
        for lines in (1, 0):
            fewer = self._streams([_Amount(lines)] * len(self.parts))
            if fewer is not None and self._holds(fewer, wanted=False):
                return replace(found, silent=fewer, removed=not lines)
        return found

    def _healthy(self, amounts: Sequence[_Amount]) -> Iterator[tuple[LogStream, ...] | None]:
        """The same streams with other lines, or with fewer, or with other values."""
        ways = [list(healthy_constraints(part.wish, part.node.range.query.stages)) for part in self.parts]
        for number in range(max(map(len, ways), default=0)):
            parts = [
                replace(part, wish=way[min(number, len(way) - 1)], number=0)
                for part, way in zip(self.parts, ways, strict=True)
            ]
            yield self._streams(amounts, parts)
        for share in (0.5, 0.1, 0.01):
            yield self._streams([replace(a, lines=max(1, int(a.lines * share))) for a in amounts])
        for factor in (0.5, 0.1, 0.01, 0, 2, 10):
            yield self._streams([replace(a, value=a.value * factor) for a in amounts])
        yield self._streams([_Amount(1, 0.0)] * len(amounts))

    def _amounts(self) -> Iterator[tuple[_Amount, ...]]:
        """Amounts of lines for all parts: none, few, and what the numbers in the expression suggest."""
        numbers = sorted({abs(node.value) for node in walk(self.tree) if isinstance(node, Number | Vector)})
        self.limited = any(number > _MOST_LINES for number in numbers)
        each = [list(_offers(part.node, numbers)) for part in self.parts]
        longest = max(map(len, each), default=0)
        alike = [tuple(offers[min(number, len(offers) - 1)] for offers in each) for number in range(longest)]
        yield from alike
        if self.compares:
            for surge in (10.0, 0.1):
                yield from (tuple(replace(one, surge=surge) for one in amounts) for amounts in alike)
        yield from itertools.product(*each)

    def _streams(
        self, amounts: Sequence[_Amount], parts: Sequence[_Part] | None = None
    ) -> tuple[LogStream, ...] | None:
        """The streams with their lines; None where these are too many or cannot be written."""
        lines: dict[tuple[tuple[str, str], ...], list[LogLine]] = {}
        seen: set[tuple[object, tuple[str, ...]]] = set()
        total = 0
        for part, amount in zip(parts or self.parts, amounts, strict=True):
            labels = {**self.shared, **part.wish.stream}
            unwrap = part.node.range.unwrap
            if unwrap is not None and unwrap.label in labels:
                labels[unwrap.label] = _unwrapped(unwrap.conversion, amount.value)
            key = tuple(sorted(labels.items()))
            texts = part.texts(amount)
            if not texts:
                return None
            mine = lines.setdefault(key, [])
            if not amount.lines or (key, texts) in seen:
                continue
            seen.add((key, texts))
            times = self._times(part.node, amount)
            total += len(times)
            if total > _MOST_LINES:
                self.limited = True
                return None
            mine += [LogLine(at, texts[number % len(texts)]) for number, at in enumerate(times)]
        return tuple(
            LogStream(labels, tuple(sorted(mine, key=lambda line: line.at))) for labels, mine in lines.items()
        )

    def _times(self, node: RangeAggregation, amount: _Amount) -> list[float]:
        """When lines are written: evenly, and from the turn on so many times as often.

        Of a long range, only the last hour is filled.
        """
        surge = amount.surge
        length = node.range.range.seconds
        is_long = length > _LONG and node.range.offset is None
        period = (_HOUR if is_long else length) / amount.lines
        if not period or self.end / period * max(1, surge) > _MOST_LINES * (length / _HOUR if is_long else 1):
            return [0.0] * (_MOST_LINES + 1)
        if is_long:
            first = self.start - _HOUR
            return [first + (number + 0.5) * period for number in range(int((self.end - first) / period))]
        before = [(number + 0.5) * period for number in range(int(self.turn / period))]
        later = range(int((self.end - self.turn) / period * surge) + 1)
        after = (self.turn + (number + 0.5) * period / surge for number in later)
        return [*before, *(at for at in after if at <= self.end)]

    def _holds(self, streams: tuple[LogStream, ...], *, wanted: bool) -> bool:
        """Whether the expression returns something at every step, or never."""
        evaluator = LogEvaluator(self.tree, streams, self.cache)
        try:
            return all(bool(evaluator.at(step)) == wanted for step in self.steps)
        except FailedQueryError:
            return False


def _distinct(tree: Node) -> list[RangeAggregation]:
    found = list(
        {without_places(node): node for node in walk(tree) if isinstance(node, RangeAggregation)}.values()
    )
    if not found:
        raise BeyondReachError("the expression reads no logs")
    if len(found) > _MOST_PARTS:
        raise BeyondReachError(f"the expression reads logs in more than {_MOST_PARTS} places")
    return found


def _part(node: RangeAggregation) -> _Part:
    """A way to write lines that the aggregation counts, each checked by reading it."""
    for wish in line_constraints(node):
        for number in range(8):
            part = _Part(node, wish, number)
            text = part.text(1.0)
            if text is None:
                break
            unwrap = node.range.unwrap
            stream = dict(wish.stream)
            if unwrap is not None and unwrap.label in stream:
                stream[unwrap.label] = _unwrapped(unwrap.conversion, 1.0)
            for value in (1.0, 1e3, 1e6, 0.0):
                text = part.text(value)
                found = None if text is None else line_sample(node, stream, text)
                if found is not None and "__error__" not in dict(found[0]):
                    return part
    raise BeyondReachError("no line was found that passes the stages of the log query")


def _shared_labels(tree: Node, parts: Iterable[_Part]) -> Mapping[str, str]:
    """A value for each label that a grouping or a pairing names and that no part wishes for."""
    names: dict[str, None] = {}
    for node in walk(tree):
        if isinstance(node, Binary) and node.matching.how == "on":
            names.update(dict.fromkeys((*node.matching.labels, *node.matching.include)))
        elif isinstance(node, Aggregation | RangeAggregation) and node.grouping is not None:
            names.update(dict.fromkeys(node.grouping.labels if node.grouping.how == "by" else ()))
    taken = {name for part in parts for name in (*part.wish.stream, *part.wish.fields)}
    limited = {m.name for part in parts for m in part.node.range.query.selector.matchers}
    unwrapped = {part.node.range.unwrap.label for part in parts if part.node.range.unwrap is not None}
    return {
        name: "a" for name in names if name not in taken | limited | unwrapped and not name.startswith("__")
    }


def _offers(node: RangeAggregation, numbers: Sequence[float]) -> Iterator[_Amount]:
    """How many lines, and with which values, are worth trying for one aggregation."""
    if node.op == "absent_over_time":
        yield _Amount(0)
        yield _Amount(1)
        return
    length = node.range.range.seconds
    counts = {1, 3}
    for number in numbers:
        for wanted in (number, number * length, number / 100):
            if wanted * 1.3 + 2 <= _MOST_LINES:
                counts.add(math.ceil(wanted * 1.3) + 2)
    if node.op in _BYTES:
        sizes = {number * factor for number in numbers for factor in (1, length)}
        for padding in _PADDINGS:
            enough = {math.ceil(size * 1.3 / (padding + 20)) + 2 for size in sizes}
            yield from (_Amount(count, 1.0, padding) for count in sorted({1, 3} | enough) if count < 2_000)
    if node.range.unwrap is None:
        yield from (_Amount(count) for count in sorted(counts))
        yield _Amount(0)
        return
    values = {1.0, 0.0, 100.0}
    for number in numbers:
        values |= {number * 1.5, number * 0.5, number * 2 + 1, number * 1000}
    for value in sorted(values):
        yield _Amount(3, value)
    for count in sorted(counts):
        yield _Amount(count, 1.0)
    yield _Amount(0)


def _unwrapped(conversion: str | None, value: float) -> str:
    if conversion == "bytes":
        return f"{max(0, round(value))}B"
    text = f"{value:.6f}".rstrip("0").rstrip(".") or "0"
    return f"{text}s" if conversion is not None else text
