"""Binary operators between series and numbers, as Loki computes them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tocsin.lang.logql.ast import is_number

if TYPE_CHECKING:
    from tocsin.lang.logql.ast import Binary, VectorMatching
    from tocsin.prove.logs.model import Labels, Series


def apply_operator(node: Binary, left: Series, right: Series) -> Series:
    """An operator with a number on one of its sides, or on both."""
    if is_number(node):
        value = _computed(node.op, left[()], right[()])
        return {(): float(value) if value is not None else 0.0}
    found: Series = {}
    keeps_right = is_number(node.left)
    for labels, value in (right if keeps_right else left).items():
        pair = (left[()], value) if keeps_right else (value, right[()])
        result = _result(node, *pair, value)
        if result is not None:
            found[labels] = result
    return found


def join_operands(node: Binary, left: Series, right: Series) -> Series:
    """An operator that pairs the series of both sides by their labels."""
    matching = node.matching
    swapped = matching.many == "right"
    many, one = (right, left) if swapped else (left, right)
    partners = {_key(labels, matching): (labels, value) for labels, value in one.items()}
    found: Series = {}
    for labels, value in many.items():
        partner = partners.get(_key(labels, matching))
        if partner is None:
            continue
        pair = (partner[1], value) if swapped else (value, partner[1])
        result = _result(node, *pair, pair[0])
        if result is not None:
            found[_labels(labels, partner[0], matching)] = result
    return found


def set_operator(node: Binary, left: Series, right: Series) -> Series:
    """`and`, `or`, `unless`."""
    keys = {_key(labels, node.matching) for labels in right}
    if node.op == "or":
        mine = {_key(labels, node.matching) for labels in left}
        added = {labels: v for labels, v in right.items() if _key(labels, node.matching) not in mine}
        return {**added, **left}
    wanted = node.op == "and"
    return {labels: v for labels, v in left.items() if (_key(labels, node.matching) in keys) == wanted}


def _key(labels: Labels, matching: VectorMatching) -> Labels:
    if matching.how == "on":
        return tuple(item for item in labels if item[0] in matching.labels)
    return tuple(item for item in labels if item[0] not in matching.labels)


def _labels(many: Labels, one: Labels, matching: VectorMatching) -> Labels:
    kept = _key(many, matching) if matching.many is None else many
    given = {name: text for name, text in one if name in matching.include}
    return tuple(sorted({**{n: t for n, t in kept if n not in matching.include}, **given}.items()))


def _result(node: Binary, left: float, right: float, kept: float) -> float | None:
    """The value of an operator; of a comparison, the kept side's where it holds, else None."""
    value = _computed(node.op, left, right)
    if not isinstance(value, bool):
        return value
    if node.returns_bool:
        return float(value)
    return kept if value else None


def _computed(op: str, left: float, right: float) -> float | bool | None:
    match op:
        case "==":
            return left == right
        case "!=":
            return left != right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right if right else math.nan
        case "%":
            return math.fmod(left, right) if right else math.nan
        case _:
            try:
                return math.pow(left, right)
            except (OverflowError, ValueError):
                return math.nan
