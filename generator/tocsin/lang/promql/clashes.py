"""Sides of an `and` that ask opposite things of the same values, so that both never hold at once.

The values are the same only where both sides read the same at the same time: another `offset` or `@` is
another time, at which anything may have been.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tocsin.lang.comparisons import MIRRORED
from tocsin.lang.go_numbers import go_float
from tocsin.lang.promql.ast import Aggregation, Binary, Call, Paren, Selector, walk, without_places
from tocsin.lang.promql.types import is_scalar
from tocsin.lang.tokens import COMPARISONS
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tocsin.lang.promql.ast import Node

_ONE_SERIES = frozenset({"sum", "min", "max", "avg", "count", "group", "stddev", "stdvar", "quantile"})
_RENAMING = ("label_replace", "label_join")
_SLACK = 1e-9
"""A part of a value by which two evaluations of the same may differ: sums have no fixed order."""


@value_object
class _Demand:
    """What one comparison asks of a value."""

    op: str
    limit: float

    def __str__(self) -> str:
        return f"{self.op} {go_float(self.limit)}"


def why_contradictory(node: Binary, number: Callable[[Node], float | None]) -> str | None:
    """Why the sides of an `and` never hold at once; None where they may.

    Under `on` and `ignoring`, different series may meet, unless there is one alone on each side.

    `number` gives the value of a constant part of the expression, None where it has none.
    """
    if node.op != "and":
        return None
    here = list(_demands(node.left, number))
    for value, one in _demands(node.right, number) if here else ():
        for same, other in here:
            if (
                same.shape == value.shape
                and not _meet(one, other)
                and (node.matching.how is None or value.is_alone)
            ):
                return f"the same value would have to be {other} and {one} at once"
    return None


@value_object
class _Value:
    """What is compared, wherever it stands."""

    shape: object
    is_alone: bool
    """Whether it can be one series only."""


def _demands(node: Node, number: Callable[[Node], float | None]) -> Iterator[tuple[_Value, _Demand]]:
    """What each result says of an element with its labels: which value it is, and what it meets."""
    match node:
        case Paren():
            yield from _demands(node.expr, number)
        case Binary(op="and") if node.matching.how is None:
            yield from _demands(node.left, number)
            yield from _demands(node.right, number)
        case Binary(op="and" | "unless"):
            yield from _demands(node.left, number)
        case Binary() if node.op in COMPARISONS and node.op != "!=" and not node.returns_bool:
            for vector, other, op in (
                (node.left, node.right, node.op),
                (node.right, node.left, MIRRORED[node.op]),
            ):
                limit = number(other) if is_scalar(other) and not is_scalar(vector) else None
                if limit is not None:
                    yield from _demands(vector, number)
                    if _is_one_value(vector):
                        value = _filtered(vector)
                        yield _Value(without_places(value), _is_alone(value)), _Demand(op, limit)
        case _:
            pass


def _filtered(node: Node) -> Node:
    """The expression whose values comparisons with numbers let through."""
    while True:
        if isinstance(node, Paren):
            node = node.expr
        elif isinstance(node, Binary) and node.op in COMPARISONS and not node.returns_bool:
            if is_scalar(node.right) == is_scalar(node.left):
                return node
            node = node.left if is_scalar(node.right) else node.right
        else:
            return node


def _is_one_value(node: Node) -> bool:
    """Whether the labels without the metric's name tell its results apart."""
    return all(
        part.name is not None
        if isinstance(part, Selector)
        else not (isinstance(part, Call) and part.function in _RENAMING)
        and not (isinstance(part, Binary) and part.op == "or")
        for part in walk(node)
    )


def _is_alone(node: Node) -> bool:
    """Whether it is at most one series, without labels: an hour, or a sum of everything."""
    match node:
        case Call(arguments=()):
            return True
        case Aggregation(grouping=None):
            return node.op in _ONE_SERIES
        case _:
            return False


def _meet(one: _Demand, other: _Demand) -> bool:
    """Whether a value can meet both, or rounding may have a part in it."""
    least = max((d.limit for d in (one, other) if d.op in (">", ">=", "==")), default=-math.inf)
    greatest = min((d.limit for d in (one, other) if d.op in ("<", "<=", "==")), default=math.inf)
    return least <= greatest + _SLACK * max(1.0, abs(least), abs(greatest))
