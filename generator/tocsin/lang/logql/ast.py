"""The syntax tree of LogQL: every node knows which code points of the text it was read from."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Literal

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.alertmanager.matchers import Operator

Span = tuple[int, int]
"""Start and end in code points of the expression's text."""

_PLACES = ("span", "spans")
LineOperator = Literal["|=", "!=", "|~", "!~", "|>", "!>"]
Comparison = Literal["==", "!=", ">", ">=", "<", "<="]


@value_object
class Text:
    """A string, without its quotes and escapes; the span includes the quotes."""

    value: str
    span: Span


@value_object
class Duration:
    """A length of time; negative only behind `offset` and in a filter of labels."""

    seconds: float
    span: Span


@value_object
class LabelMatcher:
    """One condition on a label's text: inside braces, in a filter of labels, behind `drop` or `keep`."""

    name: str
    op: Operator
    value: str
    span: Span
    value_span: Span
    """The string with its quotes."""


@value_object
class Selector:
    """A stream selector."""

    matchers: tuple[LabelMatcher, ...]
    span: Span


@value_object
class LineMatch:
    """One of the texts of a filter of lines; with `ip`, an address, a range of them, or a network."""

    value: str
    ip: bool
    span: Span


@value_object
class LineFilter:
    """A filter of lines: one of the texts has to match, or with `!=`, `!~` and `!>` none of them."""

    op: LineOperator
    texts: tuple[LineMatch, ...]
    span: Span


@value_object
class Extraction:
    """A label and the expression that says where in the line its value stands."""

    label: str
    expression: str
    span: Span


@value_object
class Json:
    """The parser `json`; without extractions it takes every property of the line."""

    extractions: tuple[Extraction, ...]
    span: Span


@value_object
class Logfmt:
    """The parser `logfmt`; without extractions it takes every key of the line."""

    strict: bool
    keep_empty: bool
    extractions: tuple[Extraction, ...]
    span: Span


@value_object
class Regexp:
    """The parser `regexp`, whose named captures become labels."""

    pattern: Text
    span: Span


@value_object
class Pattern:
    """The parser `pattern`, whose captures `<name>` become labels."""

    pattern: Text
    span: Span


@value_object
class Unpack:
    """The parser `unpack`."""

    span: Span


@value_object
class NumberCondition:
    """A label's value, read as a number, compared with one."""

    name: str
    op: Comparison
    value: float
    span: Span


@value_object
class DurationCondition:
    """A label's value, read as a duration, compared with one."""

    name: str
    op: Comparison
    value: Duration
    span: Span


@value_object
class SizeCondition:
    """A label's value, read as a number of bytes, compared with one."""

    name: str
    op: Comparison
    value: int
    span: Span


@value_object
class AddressCondition:
    """A label's value, read as an IP address, compared with an address, a range of them, or a network."""

    name: str
    op: Literal["=", "!="]
    pattern: Text
    span: Span


@value_object
class Both:
    """Two conditions that both have to hold: `and`, a comma, or nothing between them."""

    left: Condition
    right: Condition
    span: Span


@value_object
class Either:
    """Two conditions of which one has to hold."""

    left: Condition
    right: Condition
    span: Span


SingleCondition = LabelMatcher | NumberCondition | DurationCondition | SizeCondition | AddressCondition
Condition = SingleCondition | Both | Either


@value_object
class LabelFilter:
    """A filter of lines by their labels."""

    condition: Condition
    span: Span


@value_object
class LineFormat:
    """The stage `line_format`."""

    template: Text
    span: Span


@value_object
class Assignment:
    """One label that `label_format` writes: renamed from another one, or from a template."""

    label: str
    source: str | Text
    """The name of the label that is renamed, or the template."""
    span: Span


@value_object
class LabelFormat:
    """The stage `label_format`."""

    assignments: tuple[Assignment, ...]
    span: Span


@value_object
class Decolorize:
    """The stage `decolorize`."""

    span: Span


@value_object
class Name:
    """A label by its name alone."""

    name: str
    span: Span


@value_object
class Drop:
    """The stage `drop`: the labels go, those with a condition only where it holds."""

    labels: tuple[Name | LabelMatcher, ...]
    span: Span


@value_object
class Keep:
    """The stage `keep`: all other labels go, and those with a condition unless it holds."""

    labels: tuple[Name | LabelMatcher, ...]
    span: Span


LineParser = Json | Logfmt | Regexp | Pattern | Unpack
Stage = LineFilter | LineParser | LabelFilter | LineFormat | LabelFormat | Decolorize | Drop | Keep


@value_object
class LogQuery:
    """A selector and what is done with its lines; inside a range, the span may include the range."""

    selector: Selector
    stages: tuple[Stage, ...]
    span: Span


@value_object
class Unwrap:
    """The label whose value becomes the sample, and the filters of labels behind it."""

    label: str
    conversion: Literal["bytes", "duration", "duration_seconds"] | None
    filters: tuple[LabelFilter, ...]
    label_span: Span
    span: Span


@value_object
class LogRange:
    """The lines of a log query over a range."""

    query: LogQuery
    unwrap: Unwrap | None
    range: Duration
    offset: Duration | None
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
class RangeAggregation:
    """An aggregation of log lines over a range; `param` is the quantile of `quantile_over_time`."""

    op: str
    range: LogRange
    param: float | None
    grouping: Grouping | None
    op_span: Span
    span: Span


@value_object
class Aggregation:
    """An aggregation of series; `param` is the number of series that `topk` and its like keep."""

    op: str
    expr: Node
    param: int | None
    grouping: Grouping | None
    op_span: Span
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
class LabelReplace:
    """The function `label_replace`; its regular expression has to match the whole value."""

    expr: Node
    target: Text
    replacement: Text
    source: Text
    regex: Text
    op_span: Span
    span: Span


@value_object
class Vector:
    """The function `vector`: one series without labels."""

    value: float
    span: Span


@value_object
class Number:
    """A number, with its sign."""

    value: float
    span: Span


@value_object
class Paren:
    """An expression in parentheses."""

    expr: Node
    span: Span


Node = LogQuery | RangeAggregation | Aggregation | Binary | LabelReplace | Vector | Number | Paren


def children(node: Node) -> tuple[Node, ...]:
    """The expressions directly inside of an expression, in the order they are written."""
    match node:
        case RangeAggregation():
            return (node.range.query,)
        case Aggregation() | LabelReplace() | Paren():
            return (node.expr,)
        case Binary():
            return (node.left, node.right)
        case _:
            return ()


def walk(root: Node) -> Iterator[Node]:
    """The expression and all inside of it, outer before inner, left before right."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def conditions(condition: Condition) -> Iterator[SingleCondition]:
    """The single conditions of which a condition is made, from left to right."""
    waiting: list[Condition] = [condition]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Both | Either):
            waiting += (one.right, one.left)
        else:
            yield one


def is_log(node: Node) -> bool:
    """Whether the expression gives log lines instead of numbers."""
    while isinstance(node, Paren):
        node = node.expr
    return isinstance(node, LogQuery)


def is_number(node: Node) -> bool:
    """Whether Loki folds the expression into one number."""
    while isinstance(node, Paren):
        node = node.expr
    if isinstance(node, Binary):
        return is_number(node.left) and is_number(node.right)
    return isinstance(node, Number)


def without_parentheses(node: Node) -> Node:
    """The expression inside of any parentheses around it."""
    while isinstance(node, Paren):
        node = node.expr
    return node


def without_places(value: object) -> object:
    """What a part of a tree says, without places and parentheses, to compare it with others.

    The matchers of a selector and the labels of a grouping and of a matching have no order; the stages of a
    pipeline have one.
    """
    match value:
        case tuple():
            return tuple(map(without_places, value))
        case Paren():
            return without_places(value.expr)
        case Selector():
            return ("Selector", frozenset((one.name, one.op, one.value) for one in value.matchers))
        case Grouping():
            return ("Grouping", value.how, frozenset(value.labels))
        case VectorMatching():
            return ("VectorMatching", value.how, frozenset(value.labels), value.many, value.include)
    if not is_dataclass(value):
        return value
    said = (
        without_places(getattr(value, one.name)) for one in fields(value) if not one.name.endswith(_PLACES)
    )
    return (type(value).__name__, *said)
