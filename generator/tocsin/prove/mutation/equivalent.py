"""Mistakes in a rule that change nothing, by an argument that holds for all data.

Counters, and so their rates, are taken to be never negative.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from tocsin.lang.comparisons import MIRRORED
from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.alert_data import queries_named
from tocsin.lang.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Number,
    Paren,
    Range,
    Selector,
    Unary,
    children,
    walk,
    without_parentheses,
    without_places,
)
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.tokens import COMPARISONS, SET_OPERATORS
from tocsin.prove.witness.labels.constraints import label_constraints
from tocsin.prove.witness.labels.solve import Conflict, solve_labels

if TYPE_CHECKING:
    from tocsin.lang.promql.ast import LabelMatcher, Node
    from tocsin.plan.model import Rule
    from tocsin.prove.mutation.mutants import Mutant

_COUNTERS = ("_total", "_count", "_bucket")
_NEVER_NEGATIVE = frozenset(
    {
        *("rate", "irate", "increase", "changes", "resets", "count_over_time", "present_over_time"),
        *("abs", "sqrt", "exp", "stddev_over_time", "stdvar_over_time", "absent", "absent_over_time"),
    }
)
_KEEPS_SIGNS = frozenset(
    {"max_over_time", "min_over_time", "avg_over_time", "sum_over_time", "last_over_time"}
)
_LINEAR = frozenset({"sum", "avg", "max", "min"})
_ONE_A_GROUP = _LINEAR | {"count", "group", "stddev", "stdvar"}
_POSITIVE_TOGETHER = frozenset({"sum", "avg", "max"})
_CHOOSING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
_GROWTH = frozenset({"rate", "increase"})


def changes_nothing(rule: Rule, mutant: Mutant) -> bool:
    """Whether a mistake surely changes neither when the rule fires, nor what its alerts say."""
    if mutant.scaled:
        return True
    if mutant.broken is not None and _asked_elsewhere(rule.expr, mutant.broken[1]):
        return True
    if mutant.rule.expr == rule.expr:
        return False
    try:
        path = _path(rule.expr, mutant.rule.expr)
    except LangError:
        return False
    if (_is_value_alone(path) or _has_same_sign(path)) and not (_is_seen(path) and _shows_value(rule)):
        return True
    return _guards_nothing(path)


def _asked_elsewhere(expr: str, matcher: LabelMatcher) -> bool:
    """Whether other parts of the expression ask for the same as a matcher.

    A series that it keeps out would have to meet its negation, and when the labels that joins make equal
    leave no value for that, none has a part in a result: of the whole, or of one side of an `or`.
    """
    negated = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}[matcher.op]
    start, end = matcher.span
    if any(
        isinstance(node, Aggregation) and node.op in _CHOOSING and node.span[0] <= start < node.span[1]
        for node in walk(parse_promql(expr))
    ):
        # Which series are chosen depends on those that take no part in the result.
        return False
    piece = expr[start:end].replace(matcher.op, negated, 1)
    text = expr[:start] + piece + expr[end:]
    try:
        node: Node | None = parse_promql(text)
    except LangError:
        return False
    while node is not None:
        if _has_no_result(node):
            return True
        node = next(
            (
                side
                for inner in walk(node)
                if isinstance(inner, Binary) and inner.op == "or"
                for side in (inner.left, inner.right)
                if side.span[0] <= start < side.span[1]
            ),
            None,
        )
    return False


def _has_no_result(tree: Node) -> bool:
    ways = [label_constraints(tree)]
    ways += [label_constraints(tree, way) for way in range(1, ways[0].ways)]
    solved = [solve_labels(way) for way in ways]
    return all(isinstance(solution, Conflict) and solution.proven for solution in solved)


Path = list[tuple["Node", "Node"]]
"""Nodes of the rule with those of the mistaken one, from the whole expressions inwards to the mistake."""


def _path(expr: str, mistaken: str) -> Path:
    pair = parse_promql(expr), parse_promql(mistaken)
    path = [pair]
    while True:
        inner, others = children(pair[0]), children(pair[1])
        if type(pair[0]) is not type(pair[1]) or len(inner) != len(others):
            return path
        differing = [
            (one, other)
            for one, other in zip(inner, others, strict=True)
            if _text(expr, one) != _text(mistaken, other)
        ]
        if len(differing) != 1:
            return path
        pair = differing[0]
        path.append(pair)


def _text(expr: str, node: Node) -> str:
    return "".join(expr[slice(*node.span)].split())


def _shows_value(rule: Rule) -> bool:
    texts = (*rule.annotations.values(), *rule.labels.values())
    return any("$value" in text or ".Value" in text or queries_named(text) for text in texts)


def _is_seen(path: Path) -> bool:
    """Whether the values at the mistake become those of the result: not behind `and` or `unless`."""
    return not any(
        isinstance(node, Binary) and node.op in ("and", "unless") and inner is node.right
        for (node, _), (inner, _) in pairwise(path)
    )


def _is_value_alone(path: Path) -> bool:
    """Whether the mistake makes other values of the same groups, which nothing compares."""
    node, other = path[-1]
    return (
        isinstance(node, Aggregation)
        and isinstance(other, Aggregation)
        and {node.op, other.op} <= _ONE_A_GROUP
        and _is_of_the_same(node, other)
        and all(
            _passes_on(around) or (isinstance(around, Aggregation) and around.op in _ONE_A_GROUP)
            for around, _ in path[:-1]
        )
    )


def _has_same_sign(path: Path) -> bool:
    """Whether the mistake changes a value, but not its sign, and nothing but the sign matters."""
    at = next((i for i, (node, _) in enumerate(path) if _is_about_sign(node)), None)
    if at is None or not all(_passes_on(node) for node, _ in path[:at]):
        return False
    inside, (node, other) = path[at + 1 : -1], path[-1]
    above = path[-2][0] if len(path) > at + 1 else None
    return (
        at < len(path) - 1
        and all(_follows_signs(around) for around, _ in inside)
        and _signs_agree(node, other, above)
    )


def _is_about_sign(node: Node) -> bool:
    if not isinstance(node, Binary) or node.op not in COMPARISONS:
        return False
    sides = without_parentheses(node.left), without_parentheses(node.right)
    return any(isinstance(side, Number) and side.value == 0 for side in sides)


def _passes_on(node: Node) -> bool:
    """Whether only what is there matters round a comparison, not its value."""
    return isinstance(node, Paren) or (isinstance(node, Binary) and node.op in SET_OPERATORS)


def _follows_signs(node: Node) -> bool:
    """Whether the signs of a result follow from the signs of what it is made of."""
    match node:
        case Paren() | Unary():
            return True
        case Binary():
            return node.op in ("*", "/")
        case Aggregation():
            return node.op in ("max", "min") or (
                node.op in _POSITIVE_TOGETHER and is_never_negative(node.expr)
            )
        case _:
            return False


def _signs_agree(node: Node, other: Node, above: Node | None) -> bool:
    match node, other:
        case Number(), Number():
            scales = isinstance(above, Binary) and above.op in ("*", "/")
            return scales and (node.value > 0) == (other.value > 0) and 0 not in (node.value, other.value)
        case Call(), Call():
            return {node.function, other.function} <= _GROWTH and _is_of_the_same(node, other)
        case Aggregation(), Aggregation():
            if not _is_of_the_same(node, other):
                return False
            ops = {node.op, other.op}
            return ops == {"sum", "avg"} or (ops <= _POSITIVE_TOGETHER and is_never_negative(node.expr))
        case _:
            return False


def _is_of_the_same(node: Aggregation | Call, other: Aggregation | Call) -> bool:
    """Whether two results have the same groups of the same series: only what is made of these differs."""
    if isinstance(node, Aggregation) and isinstance(other, Aggregation) and _grouped(node) != _grouped(other):
        return False
    return [without_places(one) for one in children(node)] == [without_places(one) for one in children(other)]


def is_never_negative(node: Node) -> bool:
    """Whether no value of an expression is negative, when no counter is."""
    match node:
        case Number():
            return node.value >= 0
        case Paren():
            return is_never_negative(node.expr)
        case Selector():
            return (node.name or "").endswith(_COUNTERS)
        case Range():
            return is_never_negative(node.selector)
        case Aggregation():
            return node.op in ("count", "group", "stddev", "stdvar") or (
                node.op in (*_LINEAR, "quantile", "topk", "bottomk") and is_never_negative(node.expr)
            )
        case Call():
            if node.function in _KEEPS_SIGNS:
                return is_never_negative(node.arguments[0])
            return node.function in _NEVER_NEGATIVE
        case Binary():
            sides = is_never_negative(node.left), is_never_negative(node.right)
            if node.op in ("+", "*", "/", "^", "or"):
                return all(sides)
            return sides[0] if node.op in ("and", "unless", *COMPARISONS) and not node.returns_bool else False
        case _:
            return False


def _guards_nothing(path: Path) -> bool:
    """Whether the mistake lies in a condition that holds anyway: `a / b > 1 and b > 0`.

    Where a part of b, divided by b, is more than a number, b is more than 0: 0 / 0 is no number.
    """
    for (node, other), (inner, _) in pairwise(path):
        if not isinstance(node, Binary) or node.op != "and" or not isinstance(other, Binary):
            continue
        if inner is node.right and node.matching.how is None:
            divided = _divided(node.left)
            if divided is not None and _holds_with(divided, node.right) and _holds_with(divided, other.right):
                return True
    return False


def _divided(condition: Node) -> Node | None:
    """What something that is a part of it is divided by, in a condition that asks for more than 0 of that."""
    condition = without_parentheses(condition)
    if not isinstance(condition, Binary) or condition.op not in COMPARISONS or condition.returns_bool:
        return None
    op, left, right = condition.op, without_parentheses(condition.left), without_parentheses(condition.right)
    if isinstance(left, Number):
        op, left, right = MIRRORED[op], right, left
    if op not in (">", ">=") or not isinstance(right, Number):
        return None
    if right.value < 0 or (op == ">=" and right.value == 0):
        return None
    ratio = _without_factors(left)
    if not isinstance(ratio, Binary) or ratio.op != "/" or ratio.matching.how is not None:
        return None
    part, whole = without_parentheses(ratio.left), without_parentheses(ratio.right)
    part = _without_factors(part)
    return whole if _positive_with(whole, part) else None


def _without_factors(node: Node) -> Node:
    """An expression without the positive numbers that it is multiplied by."""
    node = without_parentheses(node)
    while isinstance(node, Binary) and node.op in ("*", "/"):
        left, right = without_parentheses(node.left), without_parentheses(node.right)
        if isinstance(right, Number) and right.value > 0:
            node = left
        elif node.op == "*" and isinstance(left, Number) and left.value > 0:
            node = right
        else:
            break
    return node


def _holds_with(whole: Node, guard: Node) -> bool:
    """Whether a condition that something is more than 0 holds wherever another thing is positive."""
    guard = without_parentheses(guard)
    if not isinstance(guard, Binary) or guard.op not in (">", ">=", "!=") or guard.returns_bool:
        return False
    zero = without_parentheses(guard.right)
    return (
        isinstance(zero, Number)
        and zero.value == 0
        and _positive_with(without_parentheses(guard.left), whole)
    )


def _positive_with(one: Node, other: Node) -> bool:
    """Whether the one is positive, with the same labels, wherever the other is; neither is negative."""
    one, other = without_parentheses(one), without_parentheses(other)
    match one, other:
        case Aggregation(), Aggregation():
            return (
                {one.op, other.op} <= _POSITIVE_TOGETHER
                and _grouped(one) == _grouped(other)
                and _positive_with(one.expr, other.expr)
            )
        case Call(), Call():
            if {one.function, other.function} <= _GROWTH:
                return _positive_with(one.arguments[0], other.arguments[0])
            return False
        case Range(), Range():
            longer = (one.range.seconds or 0) >= (other.range.seconds or 0)
            return longer and _selects_all(one.selector, other.selector)
        case Selector(), Selector():
            return is_never_negative(other) and _selects_all(one, other)
        case _:
            return False


def _grouped(node: Aggregation) -> tuple[str, frozenset[str]]:
    if node.grouping is None:
        return ("by", frozenset())
    return (node.grouping.how, frozenset(node.grouping.labels))


def _selects_all(one: Selector, other: Selector) -> bool:
    """Whether the one selects every series of the other at the same time."""
    if one.name is None or one.name != other.name or _shifted(one) or _shifted(other):
        return False
    return {_said(m) for m in one.matchers} <= {_said(m) for m in other.matchers}


def _shifted(selector: Selector) -> bool:
    return selector.offset is not None or selector.at is not None or selector.interpolation is not None


def _said(matcher: LabelMatcher) -> tuple[str, str, str]:
    return matcher.name, matcher.op, matcher.value
