"""The numbers that an expression compares and calculates with."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tocsin.lang.promql.ast import Call, Selector, walk
from tocsin.lang.promql.evaluate import EvaluationError, Evaluator
from tocsin.lang.promql.evaluate.calls import CLOCKS
from tocsin.lang.promql.evaluate.evaluator import is_scalar

if TYPE_CHECKING:
    from tocsin.lang.promql.ast import Node

_MOST = 12


def constants(root: Node) -> tuple[float, ...]:
    """The values of the parts that are numbers, each once and without its sign, as they are written."""
    evaluator = Evaluator([])
    found: dict[float, None] = {}
    for node in walk(root):
        if not is_scalar(node) or any(isinstance(inner, Call) for inner in walk(node)):
            continue
        try:
            value = abs(evaluator.scalar(node, 0))
        except EvaluationError:
            continue
        if math.isfinite(value):
            found[value] = None
    return tuple(found)[:_MOST]


def reads_clock(root: Node) -> bool:
    """Whether the result depends on the time of day, the date, or the time since 1970."""
    names = {"time", "timestamp", *CLOCKS}
    return any(isinstance(node, Call) and node.function in names for node in walk(root))


def reads_calendar(root: Node) -> bool:
    """Whether it depends on the hour, the day or the month."""
    return any(isinstance(node, Call) and node.function in CLOCKS for node in walk(root))


def has_selector(root: Node) -> bool:
    """Whether any series is read."""
    return any(isinstance(node, Selector) for node in walk(root))
