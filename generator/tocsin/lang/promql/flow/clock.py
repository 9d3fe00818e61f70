"""The moment of the evaluation: `time()`, and what `timestamp` gives for a computed value.

Prometheus knows when a sample was taken for a bare selector only. For all else, `timestamp` gives the moment
of the evaluation (Prometheus' promql/engine.go), so that its distance from `time()` is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.promql.ast import Binary, Call, Paren, Selector, Subquery, walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.lang.promql.ast import Node

_LEAST = 0.001
"""Seconds: a smaller distance can be lost in rounding."""


def clock_distance(left: Node, right: Node, number: Callable[[Node], float | None]) -> float | None:
    """By how many seconds the left side is later than the right one; None where one is no such moment.

    `number` tells the value of a part that is always the same number, and None of others.
    """
    mine = _offset(left, number)
    its = None if mine is None else _offset(right, number)
    if mine is None or its is None:
        return None
    return mine - its if mine == its or abs(mine - its) >= _LEAST else None


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
