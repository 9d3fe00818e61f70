"""The evaluation of a PromQL tree at one moment."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tocsin.lang.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Number,
    Paren,
    Range,
    Selector,
    String,
    Subquery,
    Unary,
    walk,
)
from tocsin.lang.promql.selecting import selects_series
from tocsin.lang.promql.types import is_scalar
from tocsin.lang.tokens import COMPARISONS, SET_OPERATORS
from tocsin.prove.witness.evaluate import native
from tocsin.prove.witness.evaluate.aggregation import aggregate
from tocsin.prove.witness.evaluate.arithmetic import MATH, NAN, calculate, round_to
from tocsin.prove.witness.evaluate.calls import (
    CLOCKS,
    absent,
    clamped,
    histogram_quantile,
    label_join,
    label_replace,
    mapped,
)
from tocsin.prove.witness.evaluate.elements import (
    Element,
    EvaluationError,
    Labels,
    LimitError,
    Vector,
    compare,
    key_of,
    without_name,
)
from tocsin.prove.witness.evaluate.joining import join_elements, set_operation
from tocsin.prove.witness.evaluate.series import LOOKBACK, Series
from tocsin.prove.witness.evaluate.windows import KEEP_NAME, OVER_TIME, Window, predict, quantile, smooth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tocsin.lang.promql.ast import At, Duration, Node

    WindowFunction = Callable[[Window], float | None]

_SORTS = frozenset({"sort", "sort_desc", "sort_by_label", "sort_by_label_desc"})
_MOST_REMEMBERED = 50_000
_WINDOWED = frozenset(OVER_TIME) | {
    "predict_linear",
    "quantile_over_time",
    "holt_winters",
    "double_exponential_smoothing",
}


class Evaluator:
    """Evaluates expressions over a set of series.

    `step` is the step of subqueries that name none, in milliseconds. `budget` bounds the work: a LimitError
    ends what would take more. With `past_only`, what comes after the moment of the query has not happened
    yet, wherever `offset` and `@` lead: so a rule sees it. Expressions have to be sound: no function without
    its arguments.
    """

    def __init__(
        self,
        series: Sequence[Series],
        *,
        step: int = 60_000,
        budget: int = 2_000_000,
        past_only: bool = False,
    ) -> None:
        self._series = series
        self._step = step
        self.budget = budget
        self._selected: dict[int, list[int]] = {}
        # Keeps the nodes alive whose identity `_selected` and `_elsewhere` go by.
        self._kept: list[Node] = []
        self._elsewhere: dict[int, bool] = {}
        self._earliest: int | None = None
        self._remembered: dict[tuple[int, int], Vector] = {}
        self._past_only = past_only
        self._latest: float = math.inf
        self._native = native.is_native(one.labels for one in series)

    def over(self, series: Sequence[Series], *, budget: int = 2_000_000) -> Evaluator:
        """An evaluator for series with the same labels in the same order: they are not selected again."""
        other = Evaluator((), step=self._step, budget=budget, past_only=self._past_only)
        other._series, other._native = series, self._native
        other._selected, other._elsewhere, other._kept = self._selected, self._elsewhere, self._kept
        return other

    def vector(self, node: Node, now: int) -> Vector:
        """The elements of an expression that is a vector, or the number as an element without labels."""
        if self._past_only:
            self._latest = now
        return self._either(node, now)

    def _either(self, node: Node, now: int) -> Vector:
        if is_scalar(node):
            return [Element({}, self.scalar(node, now), 0.0, math.inf)]
        return self._vector(node, now)

    def scalar(self, node: Node, now: int) -> float:
        """The value of an expression that is a number."""
        match node:
            case Number():
                return node.value
            case Paren():
                return self.scalar(node.expr, now)
            case Unary():
                value = self.scalar(node.expr, now)
                return -value if node.sign == "-" else value
            case Binary():
                left, right = self.scalar(node.left, now), self.scalar(node.right, now)
                if node.op in COMPARISONS:
                    return float(compare(node.op, left, right)[0])
                return calculate(node.op, left, right)
            case Call(function="time"):
                return now / 1000
            case Call(function="pi"):
                return math.pi
            case Call(function="scalar"):
                there = [e for e in self._vector(node.arguments[0], now) if e.appear == 0]
                return there[0].value if len(there) == 1 else NAN
            case _:
                raise EvaluationError("this is not a number")

    def _vector(self, node: Node, now: int) -> Vector:
        found = self._elements(node, now)
        self._spend(1 + 2 * len(found))
        return found

    def _elements(self, node: Node, now: int) -> Vector:
        match node:
            case Selector():
                return self._instant(node, now)
            case Paren():
                return self._vector(node.expr, now)
            case Unary():
                inner = self._vector(node.expr, now)
                return mapped(inner, lambda value: -value) if node.sign == "-" else inner
            case Aggregation():
                return self._aggregation(node, now)
            case Binary():
                return self._binary(node, now)
            case Call():
                return _distinct(self._call(node, now))
            case _:
                raise EvaluationError("this is not a vector")

    def _spend(self, work: int) -> None:
        self.budget -= work
        if self.budget < 0:
            raise LimitError

    def _matching(self, selector: Selector) -> list[Series]:
        found = self._selected.get(id(selector))
        if found is None:
            found = [i for i, series in enumerate(self._series) if selects_series(selector, series.labels)]
            self._selected[id(selector)] = found
            self._kept.append(selector)
        return [self._series[index] for index in found]

    def _instant(self, selector: Selector, now: int) -> Vector:
        return [
            Element(series.labels, value, 0.0, math.inf) for series, _, value in self._samples(selector, now)
        ]

    def _samples(self, selector: Selector, now: int) -> Iterator[tuple[Series, int, float]]:
        """The series that an instant selector sees, each with the time and the value of its sample."""
        at = _moment(selector.at, selector.offset, now)
        for series in self._matching(selector):
            sample = series.last(min(at, self._latest))
            if sample is not None and sample[0] > at - LOOKBACK:
                yield series, *sample

    def _aggregation(self, node: Aggregation, now: int) -> Vector:
        param: float | str | None = None
        if node.param is not None:
            param = _text(node.param) if node.op == "count_values" else self.scalar(node.param, now)
        vector, grouping = self._vector_of(node.expr, now), node.grouping
        if self._native:
            vector, grouping = native.grouped(node.op, vector, grouping)
        return aggregate(node.op, vector, grouping, param)

    def _vector_of(self, node: Node, now: int) -> Vector:
        if is_scalar(node):
            raise EvaluationError("a number stands where a vector belongs")
        return self._vector(node, now)

    def _floats(self, node: Node, now: int) -> Vector:
        vector = self._vector_of(node, now)
        return native.floats(vector) if self._native else vector

    def _binary(self, node: Binary, now: int) -> Vector:
        if self._native:
            node = native.matched(node, sets=node.op in SET_OPERATORS)
        if node.op in SET_OPERATORS:
            return set_operation(
                node.op, self._vector(node.left, now), self._vector(node.right, now), node.matching
            )
        if is_scalar(node.left):
            return self._with_number(
                node, self._vector(node.right, now), self.scalar(node.left, now), left=True
            )
        if is_scalar(node.right):
            return self._with_number(
                node, self._vector(node.left, now), self.scalar(node.right, now), left=False
            )
        sides = self._vector(node.left, now), self._vector(node.right, now)
        if self._native and node.op not in ("+", "-"):
            sides = native.floats(sides[0]), native.floats(sides[1])
        return join_elements(node, *sides)

    def _with_number(self, node: Binary, vector: Vector, number: float, *, left: bool) -> Vector:
        result: Vector = []
        if self._native and not native.takes_number(node.op, left=left):
            vector = native.floats(vector)
        for element in vector:
            a, b = (number, element.value) if left else (element.value, number)
            if node.op not in COMPARISONS:
                value = calculate(node.op, a, b)
                result.append(Element(without_name(element.labels), value, element.appear, element.vanish))
                continue
            holds, away = compare(node.op, a, b)
            if node.returns_bool:
                labels = without_name(element.labels)
                result.append(Element(labels, float(holds), element.appear, element.vanish))
            elif holds:
                result.append(element._replace(vanish=0.0 if element.appear else min(element.vanish, away)))
            else:
                result.append(element._replace(appear=element.appear + away, vanish=0.0))
        return result

    def _call(self, node: Call, now: int) -> Vector:
        name, arguments = node.function, node.arguments
        if name in _WINDOWED:
            found = self._windowed(node, now)
            return native.over_time(name, found) if self._native else found
        if name in MATH:
            return mapped(self._floats(arguments[0], now), MATH[name])
        if name in CLOCKS:
            if not arguments:
                return [Element({}, CLOCKS[name](now / 1000), 0.0, math.inf)]
            return mapped(self._floats(arguments[0], now), CLOCKS[name])
        if name in _SORTS:
            return self._floats(arguments[0], now)
        if name in native.SUMMARIES:
            numbers = [self.scalar(argument, now) for argument in arguments[:-1]]
            return native.summary(name, numbers, self._vector_of(arguments[-1], now))
        match name:
            case "vector":
                return [Element({}, self.scalar(arguments[0], now), 0.0, math.inf)]
            case "absent":
                return absent(arguments[0], self._vector_of(arguments[0], now))
            case "absent_over_time":
                return absent(arguments[0], self._windows(arguments[0], now, lambda _: 1.0))
            case "timestamp":
                return self._timestamps(arguments[0], now)
            case "label_replace":
                texts = [_text(argument) for argument in arguments[1:]]
                return label_replace(
                    self._vector_of(arguments[0], now), texts[0], texts[1], texts[2], texts[3]
                )
            case "label_join":
                texts = [_text(argument) for argument in arguments[1:]]
                return label_join(self._vector_of(arguments[0], now), texts[0], texts[1], texts[2:])
            case "histogram_quantile":
                q, vector = self.scalar(arguments[0], now), self._vector_of(arguments[1], now)
                found = native.summary(name, (q,), vector) if self._native else []
                return histogram_quantile(q, vector) + found
            case "round":
                nearest = self.scalar(arguments[1], now) if len(arguments) > 1 else 1.0
                return mapped(self._floats(arguments[0], now), lambda value: round_to(value, nearest))
            case "clamp" | "clamp_min" | "clamp_max":
                return self._clamped(node, now)
            case _:
                raise EvaluationError(f"`{name}` cannot be evaluated here")

    def _clamped(self, node: Call, now: int) -> Vector:
        bounds = [self.scalar(argument, now) for argument in node.arguments[1:]]
        least = -math.inf if node.function == "clamp_max" else bounds[0]
        greatest = math.inf if node.function == "clamp_min" else bounds[-1]
        if least > greatest:
            return []
        return mapped(self._floats(node.arguments[0], now), lambda value: clamped(value, least, greatest))

    def _timestamps(self, argument: Node, now: int) -> Vector:
        inner = argument
        while isinstance(inner, Paren):
            inner = inner.expr
        if not isinstance(inner, Selector):
            return mapped(self._vector_of(inner, now), lambda _: now / 1000)
        return [Element(series.bare, at / 1000, 0.0, math.inf) for series, at, _ in self._samples(inner, now)]

    def _windowed(self, node: Call, now: int) -> Vector:
        name, arguments = node.function, node.arguments
        if name in OVER_TIME:
            return self._windows(arguments[0], now, OVER_TIME[name], keep_name=name in KEEP_NAME)
        if name == "quantile_over_time":
            q = self.scalar(arguments[0], now)
            return self._windows(arguments[1], now, lambda window: quantile(q, window.values))
        numbers = [self.scalar(argument, now) for argument in arguments[1:]]
        if name == "predict_linear":
            return self._windows(arguments[0], now, lambda window: predict(window, numbers[0]))
        if not all(0 <= number <= 1 for number in numbers):
            raise EvaluationError("a smoothing factor lies outside of 0 and 1")
        return self._windows(arguments[0], now, lambda window: smooth(window, numbers[0], numbers[1]))

    def _windows(self, node: Node, now: int, function: WindowFunction, *, keep_name: bool = False) -> Vector:
        while isinstance(node, Paren):
            node = node.expr
        if isinstance(node, Subquery):
            return self._over_subquery(node, now, function, keep_name=keep_name)
        if not isinstance(node, Range):
            raise EvaluationError("a function of ranges has none")
        end = _moment(node.selector.at, node.selector.offset, now)
        start = end - _milliseconds(node.range)
        result: Vector = []
        whole: Sequence[float] | None = None
        for series in self._matching(node.selector):
            times, values = series.window(start, min(end, self._latest))
            self._spend(len(times) // 4 + 1)
            if not times:
                continue
            if self._native and (part := series.labels.get(native.PART)) is not None:
                # The parts of a histogram follow its count.
                whole = values if part == native.COUNT else whole
                value = function(Window(times, values, start, end, now, whole))
            else:
                value = function(Window(times, values, start, end, now))
            if value is not None:
                labels = series.labels if keep_name else series.bare
                result.append(Element(labels, value, 0.0, math.inf))
        return result

    def _inside(self, node: Subquery, moment: int) -> Vector:
        """A subquery's expression at one of its steps, which evaluations of other moments share."""
        key = (id(node), moment)
        found = self._remembered.get(key)
        if found is None:
            found = self._either(node.expr, moment)
            if len(self._remembered) < _MOST_REMEMBERED:
                self._remembered[key] = found
        self._spend(1 + len(found))
        return found

    def _begun(self, node: Subquery, first: int, step: int) -> int:
        """The step from which on a subquery has to be evaluated: before all samples nothing moves."""
        if self._earliest is None:
            self._earliest = min((series.times[0] for series in self._series if series.times), default=first)
        if first >= self._earliest or self._looks_elsewhere(node) or self._inside(node, first):
            return first
        return first + -((first - self._earliest) // step) * step

    def _looks_elsewhere(self, node: Subquery) -> bool:
        """Whether its expression depends on the clock, or on samples that come later."""
        key = id(node)
        if key not in self._elsewhere:
            self._elsewhere[key] = any(map(_reads_another_moment, walk(node.expr)))
            self._kept.append(node)
        return self._elsewhere[key]

    def _over_subquery(
        self, node: Subquery, now: int, function: WindowFunction, *, keep_name: bool
    ) -> Vector:
        end = _moment(node.at, node.offset, now)
        length = _milliseconds(node.range)
        start = end - length
        step = self._step if node.step is None else _milliseconds(node.step)
        if step <= 0:
            raise EvaluationError("a subquery has no step")
        if length // step > self.budget:
            raise LimitError
        lines: dict[object, _Line] = {}
        first = (start // step + 1) * step
        for moment in range(self._begun(node, first, step), end + 1, step):
            for element in self._inside(node, moment):
                lines.setdefault(key_of(element.labels), _Line(element.labels)).add(moment, element)
        result: Vector = []
        for line in lines.values():
            times, values, appear, vanish = line.samples()
            value = function(Window(times, values, start, end, now))
            if value is not None:
                labels = line.labels if keep_name else without_name(line.labels)
                result.append(Element(labels, value, appear, vanish))
        return result


class _Line:
    """The elements of a subquery that share their labels."""

    def __init__(self, labels: Labels) -> None:
        self.labels = labels
        self._there: list[tuple[int, float]] = []
        self._away: list[tuple[int, float]] = []
        self._appear = math.inf
        self._vanish = 0.0

    def add(self, moment: int, element: Element) -> None:
        if element.appear == 0:
            self._there.append((moment, element.value))
            self._vanish += element.vanish
        else:
            self._away.append((moment, element.value))
            self._appear = min(self._appear, element.appear)

    def samples(self) -> tuple[list[int], list[float], float, float]:
        """Times, values, and how far the whole line is from appearing and vanishing."""
        pairs = self._there or self._away
        appear, vanish = (0.0, self._vanish) if self._there else (self._appear, 0.0)
        return [at for at, _ in pairs], [value for _, value in pairs], appear, vanish


def _reads_another_moment(node: Node) -> bool:
    match node:
        case Call():
            return node.function == "time" or node.function in CLOCKS
        case Selector() | Subquery():
            shift = None if node.offset is None else node.offset.seconds
            return node.at is not None or (node.offset is not None and (shift is None or shift < 0))
        case _:
            return False


def _moment(at: At | None, offset: Duration | None, now: int) -> int:
    """The moment that `@` and `offset` lead to; a rule is an instant query, so start and end are now."""
    moment = now if at is None or isinstance(at.time, str) else round(at.time * 1000)
    return moment - (0 if offset is None else _milliseconds(offset))


def _milliseconds(duration: Duration) -> int:
    if duration.seconds is None:
        raise EvaluationError("only the engine knows this duration")
    return round(duration.seconds * 1000)


def _text(node: Node) -> str:
    while isinstance(node, Paren):
        node = node.expr
    if not isinstance(node, String):
        raise EvaluationError("a text is missing")
    return node.value


def _distinct(vector: Vector) -> Vector:
    """The vector, unless two elements have the same labels: the engine refuses that."""
    if len(vector) > 1:
        there = [key_of(element.labels) for element in vector if element.appear == 0]
        if len(set(there)) < len(there):
            raise EvaluationError("two elements have the same labels")
    return vector
