"""The syntax tree of PromQL: every node knows which code points of the text it was read from."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, Literal

from tocsin.lang.calculation import calculate
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tocsin.lang.alertmanager.matchers import Operator

Span = tuple[int, int]
"""Start and end in code points of the expression's text."""


@value_object
class Duration:
    """A length of time; `seconds` is None where only the engine knows it, as in `step() * 2`."""

    seconds: float | None
    span: Span


@value_object
class At:
    """The modifier `@`: a Unix time in seconds, or the start or end of the query's range."""

    time: float | Literal["start", "end"]
    span: Span


@value_object
class Number:
    """A number; `inf` and `nan` are numbers as well."""

    value: float
    span: Span


@value_object
class String:
    """A string, without its quotes and escapes."""

    value: str
    span: Span


@value_object
class LabelMatcher:
    """One condition inside braces; a selector's name in front of them is no matcher."""

    name: str
    op: Operator
    value: str
    span: Span
    value_span: Span
    """The string with its quotes."""


@value_object
class Selector:
    """An instant vector selector; with a range around it, the series of that range.

    `name` is the metric's name, written in front of the braces or in quotes inside them; None where a
    matcher on `__name__` or nothing says it.
    """

    name: str | None
    matchers: tuple[LabelMatcher, ...]
    offset: Duration | None
    at: At | None
    interpolation: Literal["anchored", "smoothed"] | None
    span: Span
    """Without modifiers and range."""


@value_object
class Range:
    """A range vector selector; `offset` and `@` stand at its selector."""

    selector: Selector
    range: Duration
    span: Span


@value_object
class Subquery:
    """An expression evaluated at steps over a range; without a step, at the engine's default interval."""

    expr: Node
    range: Duration
    step: Duration | None
    offset: Duration | None
    at: At | None
    span: Span


@value_object
class Call:
    """A function with its arguments."""

    function: str
    arguments: tuple[Node, ...]
    name_span: Span
    span: Span


@value_object
class Grouping:
    """The labels behind `by` or `without`."""

    how: Literal["by", "without"]
    labels: tuple[str, ...]
    label_spans: tuple[Span, ...]
    span: Span
    """From the keyword to the closing parenthesis."""


@value_object
class Aggregation:
    """An aggregation; `param` is the first argument of those that take two, such as `topk`."""

    op: str
    expr: Node
    param: Node | None
    grouping: Grouping | None
    op_span: Span
    span: Span


@value_object
class Unary:
    """A sign in front of an expression."""

    sign: Literal["+", "-"]
    expr: Node
    span: Span


@value_object
class VectorMatching:
    """How a binary operator pairs the series of its sides; `how` is None where nothing is written."""

    how: Literal["on", "ignoring"] | None
    labels: tuple[str, ...]
    label_spans: tuple[Span, ...]
    many: Literal["left", "right"] | None
    """The side behind which `group_left` or `group_right` allows many series."""
    include: tuple[str, ...]
    include_spans: tuple[Span, ...]
    fill_left: float | None
    fill_right: float | None
    span: Span | None
    """None where nothing is written."""


@value_object
class Binary:
    """Two expressions and the operator between them: arithmetic, comparison, or a set operator."""

    op: str
    left: Node
    right: Node
    returns_bool: bool
    matching: VectorMatching
    op_span: Span
    span: Span


@value_object
class Paren:
    """An expression in parentheses."""

    expr: Node
    span: Span


Node = Number | String | Selector | Range | Subquery | Call | Aggregation | Unary | Binary | Paren


def children(node: Node) -> tuple[Node, ...]:
    """The expressions directly inside of an expression, in the order they are written."""
    inner = _INNER.get(type(node))
    return () if inner is None else inner(node)


# By the type itself: asking for one class after the other takes three times as long, and every check walks.
_INNER: dict[type, Callable[[Any], tuple[Node, ...]]] = {
    Range: lambda node: (node.selector,),
    Subquery: lambda node: (node.expr,),
    Unary: lambda node: (node.expr,),
    Paren: lambda node: (node.expr,),
    Call: lambda node: node.arguments,
    Aggregation: lambda node: (node.expr,) if node.param is None else (node.param, node.expr),
    Binary: lambda node: (node.left, node.right),
}


def walk(root: Node) -> Iterator[Node]:
    """The expression and all inside of it, outer before inner, left before right."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        inner = _INNER.get(type(node))
        if inner is not None:
            waiting.extend(inner(node)[::-1])


def without_parentheses(node: Node) -> Node:
    """The expression inside of any parentheses around it."""
    while isinstance(node, Paren):
        node = node.expr
    return node


def written_number(node: Node) -> float | None:
    """The number that is written, with its sign; None for any other expression."""
    node = without_parentheses(node)
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Unary) and isinstance(node.expr, Number):
        return -node.expr.value if node.sign == "-" else node.expr.value
    return None


def calculated_number(node: Node) -> float | None:
    """The number that is written, also as a product or sum of numbers, such as `86400 * 7`."""
    node = without_parentheses(node)
    if not isinstance(node, Binary):
        return written_number(node)
    return calculate(node.op, calculated_number(node.left), calculated_number(node.right))


def without_places(value: object) -> object:
    """What a part of a tree says, without places and parentheses, to compare it with others.

    Matchers have no order, the name of a metric counts as one, and the labels of a grouping and of a
    matching have no order either. What is the same as nothing counts as nothing: `by ()`, `ignoring ()`,
    `offset 0s`, a plus in front. A length that only the engine knows is equal to no other.
    """
    match value:
        case Paren() | Unary(sign="+"):
            return without_places(value.expr)
        case Grouping(how="by", labels=()):
            return None
        case Duration() if value.seconds is None:
            return object()
        case Selector():
            named = () if value.name is None else (("__name__", "=", value.name),)
            matchers = frozenset((*named, *((one.name, one.op, one.value) for one in value.matchers)))
            rest = map(without_places, (_offset(value), value.at, value.interpolation))
            return ("Selector", matchers, *rest)
        case Subquery():
            said = map(without_places, (value.expr, value.range, value.step, _offset(value), value.at))
            return ("Subquery", *said)
        case Grouping():
            return ("Grouping", value.how, frozenset(value.labels))
        case VectorMatching():
            how = None if value.how == "ignoring" and not value.labels else value.how
            pairs = (how, frozenset(value.labels), value.many, value.include)
            return ("VectorMatching", *pairs, value.fill_left, value.fill_right)
        case tuple():
            return tuple(map(without_places, value))
    if not is_dataclass(value):
        return value
    inner = (without_places(getattr(value, one.name)) for one in fields(value) if "span" not in one.name)
    return (type(value).__name__, *inner)


def _offset(node: Selector | Subquery) -> Duration | None:
    """How far back a selector or subquery looks, where that is not nothing."""
    return None if node.offset is not None and node.offset.seconds == 0 else node.offset
