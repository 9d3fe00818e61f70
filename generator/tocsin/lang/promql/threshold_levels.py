"""The levels at which an expression fires, where it compares a quotient or a quantile with a number."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from tocsin.lang.comparisons import MIRRORED
from tocsin.lang.errors import LangError
from tocsin.lang.promql.ast import (
    Binary,
    Call,
    Node,
    without_parentheses,
)
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.same_measure import Signal, constant_value, measure_of, split_factor
from tocsin.value_object import value_object

_DEEPEST = 20
_ORDERED = frozenset({">", "<", ">=", "<="})


@value_object
class Quotient:
    """One counted thing by another, both over the same time."""

    part: Signal
    total: Signal


@value_object
class Quantile:
    """A quantile of the buckets of a histogram."""

    which: Fraction
    buckets: Signal


@value_object
class ThresholdLevel:
    """One alternative on which an expression fires: what it compares is above, or below, a level."""

    measured: Quotient | Quantile
    above: bool
    at: Fraction
    alone: bool
    """Whether nothing else has to hold as well."""
    number: tuple[int, int]
    """Where the number stands that is compared with."""


@lru_cache(maxsize=65536)
def threshold_levels(text: str) -> tuple[ThresholdLevel, ...]:
    """The alternatives of an expression, parted by `or`; none where one of them is of another form."""
    try:
        waiting = [parse_promql(text)]
    except LangError:
        return ()
    found: list[ThresholdLevel] = []
    while waiting:
        node = without_parentheses(waiting.pop())
        if isinstance(node, Binary) and node.op == "or":
            waiting += [node.left, node.right]
            continue
        one = _level(node)
        if one is None:
            return ()
        found.append(one)
    return tuple(found)


@value_object
class _Line:
    """A value that is `none + each * measured`."""

    none: Fraction
    each: Fraction
    measured: Quotient | Quantile


def _level(node: Node) -> ThresholdLevel | None:
    alone = True
    while isinstance(node, Binary) and node.op in ("and", "unless"):
        alone, node = False, without_parentheses(node.left)
    if not isinstance(node, Binary) or node.op not in _ORDERED or node.returns_bool:
        return None
    value, op, limit, at = node.left, node.op, constant_value(node.right), node.right
    if limit is None:
        value, op, limit, at = node.right, MIRRORED[node.op], constant_value(node.left), node.left
    line = None if limit is None else _line(value, _DEEPEST)
    if limit is None or line is None or line.each == 0:
        return None
    above = (op[0] == ">") == (line.each > 0)
    return ThresholdLevel(line.measured, above, (limit - line.none) / line.each, alone, at.span)


def _line(node: Node, deepest: int) -> _Line | None:
    factor, node = split_factor(node)
    if deepest == 0:
        return None
    if isinstance(node, Call) and node.function == "histogram_quantile":
        which, buckets = constant_value(node.arguments[0]), measure_of(node.arguments[1])
        if which is None or buckets is None:
            return None
        return _Line(Fraction(0), factor, Quantile(which, buckets))
    if not isinstance(node, Binary) or not _is_plain(node):
        return None
    if node.op == "/":
        return _quotient(node, factor)
    if node.op not in ("+", "-"):
        return None
    left, right = constant_value(node.left), constant_value(node.right)
    inner = _line(node.right if left is not None else node.left, deepest - 1)
    if inner is None or (left is None and right is None):
        return None
    sign = Fraction(1 if node.op == "+" else -1)
    if left is not None:
        return _Line(factor * (left + sign * inner.none), factor * sign * inner.each, inner.measured)
    assert right is not None, "one of the two is a number"
    return _Line(factor * (inner.none + sign * right), factor * inner.each, inner.measured)


def _quotient(node: Binary, factor: Fraction) -> _Line | None:
    above, part = split_factor(node.left)
    below, whole = split_factor(node.right)
    factor = factor * above / below
    total = measure_of(whole)
    if total is None:
        return None
    counted = measure_of(part)
    if counted is not None:
        measured = Quotient(counted, total)
        return _Line(Fraction(0), factor, measured) if counted.compares_with(total) else None
    if not isinstance(part, Binary) or part.op != "-" or not _is_plain(part):
        return None
    everything, rest = measure_of(part.left), measure_of(part.right)
    if everything is None or rest is None or everything != total:
        return None
    if not (everything.compares_with(total) and rest.compares_with(total)):
        return None
    return _Line(factor, -factor, Quotient(rest, total))


def _is_plain(node: Binary) -> bool:
    """Whether no side is filled in where it is missing."""
    return node.matching.fill_left is None and node.matching.fill_right is None
