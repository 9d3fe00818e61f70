"""The numbers that an expression compares and calculates with."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tocsin.lang.promql.ast import Aggregation, Binary, Call, Paren, Selector, walk
from tocsin.lang.promql.types import is_scalar
from tocsin.lang.tokens import COMPARISONS, SET_OPERATORS
from tocsin.prove.witness.evaluate import EvaluationError, Evaluator
from tocsin.prove.witness.evaluate.calls import CLOCKS

if TYPE_CHECKING:
    from tocsin.lang.promql.ast import Node

_MOST = 12
_MOST_SERIES = 20_000
_COUNTS = frozenset({"count", "count_values", "sum"})


def written_constants(root: Node) -> tuple[float, ...]:
    """The values of the parts that are numbers, each once and without its sign, as they are written."""
    values = [evaluate_constant(node) for node in walk(root)]
    found = dict.fromkeys(abs(value) for value in values if value is not None and math.isfinite(value))
    return tuple(found)[:_MOST]


def evaluate_constant(node: Node) -> float | None:
    """The number that a part is, whatever the data and the time; None where it is none."""
    if not is_scalar(node) or any(isinstance(inner, Call) for inner in walk(node)):
        return None
    try:
        return Evaluator([]).scalar(node, 0)
    except EvaluationError:
        return None


def series_counts(root: Node) -> tuple[int, ...]:
    """How many series of one kind to try, the likeliest first: what comparisons of counts and sums take.

    A count needs just as many as it is compared with; a sum may have large ones.
    """
    counted, summed = set[int](), set[int]()
    for node in walk(root):
        if not isinstance(node, Binary) or node.op not in COMPARISONS:
            continue
        for side, other, more in (
            (node.left, node.right, (">", "<=", "!=")),
            (node.right, node.left, ("<", ">=", "!=")),
        ):
            operators = {inner.op for inner in walk(side) if isinstance(inner, Aggregation)} & _COUNTS
            numbers = [n for n in written_constants(other) if operators and 1 <= n < _MOST_SERIES]
            found = {int(n) + 1 for n in numbers}
            found |= set() if node.op in more else {math.ceil(n) for n in numbers}
            (summed if operators == {"sum"} else counted).update(found)
    likely = (*sorted(counted)[:3], 2, *sorted(summed)[:3], 8, *sorted(counted | summed)[-1:])
    return tuple(count for count in dict.fromkeys(likely) if count > 1)


def counted_sides(root: Node) -> tuple[Node, ...]:
    """The counts and sums that may be too low; without any series there is neither."""
    return tuple(
        side
        for node in walk(root)
        if isinstance(node, Binary) and node.op in COMPARISONS and not node.returns_bool
        for side, other, upwards in (
            (node.left, node.right, (">", ">=")),
            (node.right, node.left, ("<", "<=")),
        )
        if is_scalar(other)
        and not _is_filtered(side)
        and node.op not in upwards
        and any(isinstance(inner, Aggregation) and inner.op in _COUNTS for inner in walk(side))
    )


def compares_counts(root: Node) -> bool:
    """Whether counts of series meet each other, as in `count(x offset 1d) > count(x)`."""

    def counts(side: Node) -> bool:
        return any(isinstance(inner, Aggregation) and inner.op == "count" for inner in walk(side))

    return any(
        isinstance(node, Binary) and node.op not in SET_OPERATORS and counts(node.left) and counts(node.right)
        for node in walk(root)
    )


def _is_filtered(node: Node) -> bool:
    """Whether it filters values, so that no result need not mean too few."""
    while isinstance(node, Paren):
        node = node.expr
    return isinstance(node, Binary) and node.op in COMPARISONS and not node.returns_bool


def reads_clock(root: Node) -> bool:
    """Whether the result depends on the time of day, the date, or the time since 1970."""
    return any(_is_clock(node) for node in walk(root))


def counts_down(root: Node) -> bool:
    """Whether it uses the time only to measure how far away a recorded time is: `x - time()`."""
    clocks = [node for node in walk(root) if _is_clock(node)]
    ends = [
        node.right
        for node in walk(root)
        if isinstance(node, Binary) and node.op == "-" and _is_clock(node.right) and has_selector(node.left)
    ]
    return 0 < len(clocks) == len(ends)


def _is_clock(node: Node) -> bool:
    return isinstance(node, Call) and node.function in ("time", "timestamp", *CLOCKS)


def reads_calendar(root: Node) -> bool:
    """Whether it depends on the hour, the day or the month."""
    return any(isinstance(node, Call) and node.function in CLOCKS for node in walk(root))


def has_selector(root: Node) -> bool:
    """Whether any series is read."""
    return any(isinstance(node, Selector) for node in walk(root))
