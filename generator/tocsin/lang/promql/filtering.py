"""Queries restricted to series with certain labels, where that does not change what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
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
)
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.tokens import SET_OPERATORS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tocsin.lang.promql.ast import Node, VectorMatching

_DEEPEST = 60
_OTHER_SERIES = ("absent", "absent_over_time", "info", "vector")
_SETTING = ("label_replace", "label_join")
_BUCKETS = ("histogram_quantile",)


def filtered(text: str, labels: Iterable[str], matcher: Callable[[str], str]) -> tuple[str, tuple[str, ...]]:
    """The query with a matcher for each label by which it can be filtered, and those labels.

    It can where each series of the result with a value of the label is computed from just the series of
    the selectors that have this value: the matchers then leave out series, and change none. A query that
    cannot be read stays as it is.
    """
    try:
        tree = parse_promql(text)
    except LangError:
        return text, ()
    found: dict[str, list[Selector]] = {}
    for label in labels:
        selectors = _restricted(tree, label, _DEEPEST)
        if selectors:
            found[label] = selectors
    inserted: dict[int, tuple[Selector, list[str]]] = {}
    for label, selectors in found.items():
        for selector in selectors:
            inserted.setdefault(selector.span[0], (selector, []))[1].append(matcher(label))
    for start in sorted(inserted, reverse=True):
        selector, matchers = inserted[start]
        written = text[slice(*selector.span)]
        text = text[:start] + _with(selector, written, matchers) + text[selector.span[1] :]
    return text, tuple(found)


def _with(selector: Selector, written: str, matchers: list[str]) -> str:
    """The selector as it is written, with more matchers: in front of a comment at its end."""
    added = ", ".join(dict.fromkeys(matchers))
    if selector.matchers:
        end = selector.matchers[-1].span[1] - selector.span[0]
        return f"{written[:end]}, {added}{written[end:]}"
    if not written.endswith("}"):
        return f"{written}{{{added}}}"
    name, _, rest = written.partition("{")
    named_inside = selector.name is not None and not name.strip()
    return f"{name}{{{added}{', ' if named_inside else ''}{rest}"


def _restricted(node: Node, label: str, deepest: int) -> list[Selector] | None:
    """The selectors to restrict; none for a number, and None where the result cannot be filtered so."""
    if deepest == 0:
        return None
    deepest -= 1
    match node:
        case Selector():
            return [node]
        case Range():
            return [node.selector]
        case Number() | String():
            return []
        case Paren() | Unary() | Subquery():
            return _restricted(node.expr, label, deepest)
        case Call():
            return _of_call(node, label, deepest)
        case Aggregation():
            return _restricted(node.expr, label, deepest) if _keeps(node, label) else None
        case Binary(op=op) if op in SET_OPERATORS:
            return _of_set_operation(node, label, deepest)
        case Binary():
            return _of_operation(node, label, deepest)


def _of_call(node: Call, label: str, deepest: int) -> list[Selector] | None:
    if node.function == "scalar" or not node.arguments:
        return []
    if node.function in _OTHER_SERIES or (node.function in _BUCKETS and label == "le"):
        return None
    if node.function in _SETTING:
        target = node.arguments[1]
        if not isinstance(target, String) or target.value == label:
            return None
    found: list[Selector] = []
    for argument in node.arguments:
        inner = _restricted(argument, label, deepest)
        if inner is None:
            return None
        found += inner
    return found


def _keeps(node: Aggregation, label: str) -> bool:
    """Whether the aggregation treats series with different values of the label apart from each other."""
    if node.op == "count_values" and not (isinstance(node.param, String) and node.param.value != label):
        return False
    if node.grouping is None:
        return False
    return (label in node.grouping.labels) == (node.grouping.how == "by")


def _of_set_operation(node: Binary, label: str, deepest: int) -> list[Selector] | None:
    left = _restricted(node.left, label, deepest)
    right = _restricted(node.right, label, deepest)
    if not left:
        return None
    if node.op == "or":
        return [*left, *right] if right and _pairs_by(node.matching, label) else None
    return [*left, *(right or ())] if _pairs_by(node.matching, label) else left


def _of_operation(node: Binary, label: str, deepest: int) -> list[Selector] | None:
    matching = node.matching
    left = _restricted(node.left, label, deepest)
    right = _restricted(node.right, label, deepest)
    if matching.fill_left is not None or matching.fill_right is not None:
        return None
    if left == []:
        return right
    if right == []:
        return left
    if label in matching.include:
        return right if matching.many == "left" else left
    if _pairs_by(matching, label):
        return [*(left or ()), *(right or ())] or None
    return {"left": left, "right": right, None: None}[matching.many]


def _pairs_by(matching: VectorMatching, label: str) -> bool:
    """Whether series are paired only where they have the same value of the label."""
    return (label in matching.labels) == (matching.how == "on")
