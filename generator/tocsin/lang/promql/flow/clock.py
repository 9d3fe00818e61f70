"""The moment of the evaluation: `time()`, and what `timestamp` gives for a computed value.

Prometheus knows when a sample was taken for a bare selector only. For all else, `timestamp` gives the moment
of the evaluation (Prometheus' promql/engine.go), so that its distance from `time()` is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.flow.value_range import ValueRange
from tocsin.lang.promql.ast import Aggregation, Binary, Call, Paren, Range, Selector, Subquery, walk
from tocsin.lang.promql.flow.conventions import convention
from tocsin.lang.tokens import COMPARISONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.lang.flow.model import Why
    from tocsin.lang.promql.ast import Node

_CHOOSING = frozenset({"min", "max", "avg", "topk", "bottomk", "limitk", "limit_ratio", "quantile"})
_CHOOSING_OVER_TIME = frozenset(
    {"min_over_time", "max_over_time", "avg_over_time", "last_over_time", "first_over_time"}
)
_KEEPING = frozenset(
    {"sort", "sort_desc", "sort_by_label", "sort_by_label_desc", "label_replace", "label_join", "floor"}
)
PASSED = "by the name of its metric, one side is a time in the past"
LOOKS_BACK = "a query sees no sample that is older than 5m (`--query.lookback-delta`)"
_UNLESS_LONGER = "unless Prometheus looks back for longer than 5m"
BY_NAMES = "by the names of its metrics"
_LOOKBACK = 300
"""Seconds for which Prometheus sees a sample unless it is told otherwise."""
_LEAST = 0.001
"""Seconds: a smaller distance can be lost in rounding."""


def condition_of(empty: Why) -> str:
    """On what it rests, as the start of a sentence, that a query returns nothing by convention."""
    why: Why | None = empty
    while why is not None:
        if why.reason == LOOKS_BACK:
            return _UNLESS_LONGER
        why = why.because
    return BY_NAMES


def clock_distance(left: Node, right: Node, number: Callable[[Node], float | None]) -> float | None:
    """By how many seconds the left side is later than the right one; None where one is no such moment.

    `number` tells the value of a part that is always the same number, and None of others.
    """
    mine = _offset(left, number)
    its = None if mine is None else _offset(right, number)
    if mine is None or its is None:
        return None
    return mine - its if mine == its or abs(mine - its) >= _LEAST else None


def age(left: Node, right: Node, number: Callable[[Node], float | None]) -> tuple[ValueRange, str] | None:
    """What `left - right` can be, where one is the moment of the evaluation and the other a time before it.

    By the name of its metric, as `process_start_time_seconds`, or because it is the time of a sample: with
    the reason, as a sentence; None where they are not.
    """
    for now, other, sign in ((left, right, 1), (right, left, -1)):
        offset = _offset(now, number)
        if offset is None:
            continue
        if _is_past(other):
            return (ValueRange(low=offset) if sign == 1 else ValueRange(high=-offset)), PASSED
        back = _sampled(other)
        if back is not None:
            least, most = sorted((sign * (offset + back), sign * (offset + back + _LOOKBACK)))
            return ValueRange(least, most), LOOKS_BACK
    return None


def _sampled(node: Node) -> float | None:
    """By how many seconds a selector looks back, whose samples' times are asked; None for all else."""
    while True:
        match node:
            case Paren():
                node = node.expr
            case Aggregation() if node.op in _CHOOSING:
                node = node.expr
            case Call() if node.function == "timestamp":
                asked = node.arguments[0]
                while isinstance(asked, Paren):
                    asked = asked.expr
                if not isinstance(asked, Selector) or asked.at is not None:
                    return None
                return 0.0 if asked.offset is None else asked.offset.seconds
            case _:
                return None


def _is_past(node: Node) -> bool:
    """Whether every value is a time that has passed."""
    while True:
        match node:
            case Paren():
                node = node.expr
            case Selector():
                back = 0.0 if node.offset is None else node.offset.seconds
                is_now = back is not None and back >= 0 and node.at is None
                return is_now and convention(node.name or "").is_past
            case Aggregation() if node.op in _CHOOSING:
                node = node.expr
            case Call() if node.function in _CHOOSING_OVER_TIME | _KEEPING:
                inner = node.arguments[0]
                node = inner.selector if isinstance(inner, Range) else inner
            case Binary() if node.op in ("and", "unless") or (
                node.op in COMPARISONS and not node.returns_bool and _is_past(node.left)
            ):
                node = node.left
            case _:
                return False


def _offset(node: Node, number: Callable[[Node], float | None]) -> float | None:
    """The seconds that are added to the moment of the evaluation."""
    while isinstance(node, Paren):
        node = node.expr
    if isinstance(node, Call):
        if node.function == "time" or (node.function == "timestamp" and _is_computed(node.arguments[0])):
            return 0.0
        return None
    if not isinstance(node, Binary) or node.op not in ("+", "-"):
        return None
    for moment, other in ((node.left, node.right), (node.right, node.left)):
        added = number(other)
        if added is None or (node.op == "-" and moment is node.right):
            continue
        offset = _offset(moment, number)
        return None if offset is None else offset + (added if node.op == "+" else -added)
    return None


def _is_computed(node: Node) -> bool:
    """Whether a value has no sample whose time could be told, and is computed at the moment itself."""
    while isinstance(node, Paren):
        node = node.expr
    if isinstance(node, Selector):
        return False
    # What `@` pins is computed once for all steps of a subquery.
    return not any(isinstance(part, Selector | Subquery) and part.at is not None for part in walk(node))
