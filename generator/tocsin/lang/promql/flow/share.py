"""Between which numbers a quotient lies that divides a part, or what a part leaves, by the whole."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.flow.arithmetic import range_of_operation
from tocsin.lang.flow.value_range import ValueRange, exact_range
from tocsin.lang.promql.ast import Aggregation, Binary, Node, Number, without_places
from tocsin.lang.promql.flow.ratio import is_known_share, is_part_of_whole, without_parentheses

if TYPE_CHECKING:
    from tocsin.lang.promql.flow.evaluation import Evaluation

_SHARE = ValueRange(0, 1)
_REST = ValueRange(-math.inf, 1)
_SCALING = frozenset({"sum", "avg", "max", "min"})


def share_of_whole(node: Binary, evaluation: Evaluation) -> tuple[ValueRange, str] | None:
    """The range of such a quotient, also of one whose sides are multiplied by numbers, and why it lies there.

    None for any other. `node` is a division of vectors.
    """
    multiplied, part = _factor(node.left)
    divided, whole = _factor(node.right)
    factor = multiplied / divided
    found = _share(replace(node, left=part, right=whole), evaluation)
    if found is None:
        multiplied, part = _product(node.left)
        found = _rest(replace(node, left=part), evaluation)
        factor = multiplied
    if found is None or factor == 1:
        return found
    return range_of_operation("*", found[0], exact_range(factor)), found[1]


def _share(node: Binary, evaluation: Evaluation) -> tuple[ValueRange, str] | None:
    if is_part_of_whole(node, evaluation):
        return _SHARE, "a part of its own whole is between 0 and 1"
    if evaluation.conventions and is_known_share(node):
        return _SHARE, "by the names of the metrics, the left side is a part of the right one"
    return None


def _rest(node: Binary, evaluation: Evaluation) -> tuple[ValueRange, str] | None:
    """The same of a difference between the whole and its parts: all but what is free, by all."""
    left, right = without_parentheses(node.left), without_parentheses(node.right)
    whole = right
    if isinstance(left, Aggregation) and isinstance(right, Aggregation):
        alike = without_places(left.grouping) == without_places(right.grouping)
        is_sum = left.op == right.op == "sum" and alike
        if is_sum and not _plain(node):
            return None
        if is_sum:
            left, whole = without_parentheses(left.expr), without_parentheses(right.expr)
    if not isinstance(left, Binary) or left.op != "-" or evaluation.of(whole).value.low < 0:
        return None
    parts: list[Node] = []
    difference: Node = left
    while isinstance(difference, Binary) and difference.op == "-":
        if not _plain(difference) and not _pairs_alike(difference, node):
            return None
        parts.append(difference.right)
        difference = without_parentheses(difference.left)
    if without_places(difference) != without_places(whole) or not (_plain(node) or _pairs_alike(left, node)):
        return None
    if any(evaluation.is_number(one) or evaluation.of(one).value.low < 0 for one in parts):
        return None
    said = "what is taken away from the whole leaves at most all of it"
    if len(parts) > 1 or whole is not right:
        return _REST, said
    taken = replace(node, left=parts[0])
    is_share = is_part_of_whole(taken, evaluation) or (evaluation.conventions and is_known_share(taken))
    return (_SHARE, "what a part leaves of its whole is between 0 and 1") if is_share else (_REST, said)


def _plain(node: Binary) -> bool:
    """Whether series are paired one to one by all their labels."""
    matching = node.matching
    is_filled = matching.fill_left is not None or matching.fill_right is not None
    return matching.how is None and matching.many is None and not is_filled


def _pairs_alike(one: Binary, other: Binary) -> bool:
    """Whether two operators pair one to one by the same labels, and keep just these."""
    return (
        one.matching.how == other.matching.how == "on"
        and one.matching.many is None
        and other.matching.many is None
        and set(one.matching.labels) == set(other.matching.labels)
    )


def _factor(node: Node) -> tuple[float, Node]:
    """A product as the numbers in it and the one part that is none; a sum of products is a product."""
    factor, inner = _product(node)
    if isinstance(inner, Aggregation) and inner.op in _SCALING and inner.param is None:
        within, part = _product(inner.expr)
        if within != 1:
            return factor * within, replace(inner, expr=part)
    return factor, inner


def _product(node: Node) -> tuple[float, Node]:
    """The same where the numbers stand outside of an aggregation."""
    factor = 1.0
    inner = without_parentheses(node)
    while isinstance(inner, Binary) and inner.op in ("*", "/"):
        left, right = without_parentheses(inner.left), without_parentheses(inner.right)
        if isinstance(right, Number) and right.value > 0:
            factor *= right.value if inner.op == "*" else 1 / right.value
            inner = left
        elif isinstance(left, Number) and left.value > 0 and inner.op == "*":
            factor *= left.value
            inner = right
        else:
            break
    return factor, inner
