"""Small mistakes in an alerting rule, one at a time: what a good test suite has to notice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.durations import format_duration, parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.go_numbers import go_float
from tocsin.lang.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Number,
    Paren,
    Range,
    Selector,
    Subquery,
    Unary,
    walk,
)
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.tokens import COMPARISONS
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.promql.ast import LabelMatcher, Node, Span
    from tocsin.plan.model import Rule

_COMPARED_WRONG = {
    ">": (">=", "<"),
    ">=": (">", "<="),
    "<": ("<=", ">"),
    "<=": ("<", ">="),
    "==": ("!=",),
    "!=": ("==",),
}
_JOINED_WRONG = {"and": ("or", "unless"), "or": ("and",), "unless": ("and",)}
_CALLED_WRONG = {
    "rate": ("increase", "irate"),
    "increase": ("rate",),
    "irate": ("rate",),
    "delta": ("increase",),
    "avg_over_time": ("max_over_time",),
    "max_over_time": ("min_over_time",),
    "min_over_time": ("max_over_time",),
    "sum_over_time": ("avg_over_time",),
    "count_over_time": ("sum_over_time",),
    "sum": ("avg", "max"),
    "avg": ("sum", "max"),
    "max": ("min",),
    "min": ("max",),
    "count": ("sum",),
}
_NEGATED = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}
_SCALING = frozenset({"rate → increase", "increase → rate", "sum → avg", "avg → sum"})
_LINEAR = frozenset({"sum", "avg", "max", "min"})
_WHOLE_NUMBERS = frozenset({"count", "changes", "resets", "count_over_time", "hour", "day_of_week", "month"})


@value_object
class Mutant:
    """A rule with one mistake, and what it is."""

    what: str
    kind: str
    """What kind of mistake it is, such as `operator` or `matcher dropped`."""
    rule: Rule
    broken: tuple[Selector, LabelMatcher] | None = None
    """The matcher that was dropped, where it is that."""
    scaled: bool = False
    """Whether only all buckets of a histogram grow by one factor."""


def mutants(rule: Rule) -> list[Mutant]:
    """The mistakes that can be made in a rule, each once, as far as the expression can still be read."""
    try:
        tree = parse_promql(rule.expr)
    except LangError:
        return []
    found: dict[str, Mutant] = {}
    for kind, what, expr, broken in _expressions(rule.expr, tree):
        if expr not in found and expr != rule.expr and _is_sound(expr):
            scaled = what in _SCALING and _is_scaled(tree, rule.expr, expr)
            found[expr] = Mutant(what, kind, replace(rule, expr=expr), broken, scaled)
    return [*found.values(), *_around(rule)]


def _is_scaled(tree: Node, before: str, after: str) -> bool:
    """Whether the change lies in a quantile's buckets, with nothing but sums and the like in between."""
    at = next(index for index, (a, b) in enumerate(zip(before, after, strict=False)) if a != b)
    for node in walk(tree):
        if isinstance(node, Call) and node.function == "histogram_quantile":
            inner = node.arguments[1]
            while isinstance(inner, Paren) or (isinstance(inner, Aggregation) and inner.op in _LINEAR):
                if isinstance(inner, Aggregation) and inner.op_span[0] <= at < inner.op_span[1]:
                    return True
                inner = inner.expr
            if isinstance(inner, Call) and inner.name_span[0] <= at < inner.name_span[1]:
                return True
    return False


def _is_sound(expr: str) -> bool:
    try:
        parse_promql(expr)
    except LangError:
        return False
    return True


def _around(rule: Rule) -> Iterator[Mutant]:
    hold = parse_duration(rule.for_ or "0s")
    for other in (hold * 2, hold // 2) if hold else (300_000,):
        yield Mutant(
            f"for {format_duration(hold)} → {format_duration(other)}",
            "for",
            replace(rule, for_=format_duration(other)),
        )
    if "severity" in rule.labels:
        labels = {**rule.labels, "severity": f"not-{rule.labels['severity']}"}
        yield Mutant("another severity", "severity", replace(rule, labels=labels))


Edit = tuple[str, str, str, "tuple[Selector, LabelMatcher] | None"]


def _expressions(text: str, tree: Node) -> Iterator[Edit]:
    durations: set[Span] = set()
    for node in walk(tree):
        match node:
            case Binary():
                yield from _operators(text, node)
            case Selector():
                yield from _matchers(text, node)
                if node.offset is not None:
                    yield from _duration(text, node.offset.span, durations)
            case Range():
                yield from _duration(text, node.range.span, durations)
            case Subquery():
                yield from _duration(text, node.range.span, durations)
            case Aggregation():
                yield from _named(text, node.op, node.op_span)
                yield from _grouping(text, node)
            case Call():
                yield from _named(text, node.function, node.name_span)
            case _:
                pass


def _operators(text: str, node: Binary) -> Iterator[Edit]:
    for other in (*_COMPARED_WRONG.get(node.op, ()), *_JOINED_WRONG.get(node.op, ())):
        yield "operator", f"{node.op} → {other}", _put(text, node.op_span, other), None
    for side, opposite in ((node.left, node.right), (node.right, node.left)):
        number = side
        while isinstance(number, Paren | Unary):
            number = number.expr
        if isinstance(number, Number) and number.value == number.value:
            for other_value in _numbers(number.value, node, opposite):
                written = go_float(other_value)
                yield (
                    "threshold" if node.op in COMPARISONS else "number",
                    f"{text[slice(*number.span)]} → {written}",
                    _put(text, number.span, written),
                    None,
                )


def _numbers(value: float, node: Binary, opposite: Node) -> tuple[float, ...]:
    if node.op in COMPARISONS and (_is_whole(opposite) or value == 0):
        return (value + 1,) if value == 0 else (value + 1, value - 1)
    if value == 0 or value in (float("inf"), float("-inf")):
        return ()
    return tuple(float(f"{value * factor:.12g}") for factor in (0.9, 1.1, 10))


def _is_whole(node: Node) -> bool:
    """Whether the values are whole numbers, so that a tenth more or less changes nothing."""
    while isinstance(node, Paren):
        node = node.expr
    if isinstance(node, Aggregation):
        return node.op in _WHOLE_NUMBERS or (node.op in ("max", "min") and _is_whole(node.expr))
    return isinstance(node, Call) and node.function in _WHOLE_NUMBERS


def without_matcher(text: str, matcher: LabelMatcher) -> str:
    """The expression without a matcher."""
    start, end = _with_comma(text, matcher.span)
    return text[:start] + text[end:]


def _matchers(text: str, node: Selector) -> Iterator[Edit]:
    for matcher in node.matchers:
        if matcher.name == "__name__":
            continue
        written = f'{matcher.name}{matcher.op}"{matcher.value}"'
        yield "matcher dropped", f"without {written}", without_matcher(text, matcher), (node, matcher)
        span = matcher.span
        piece = text[slice(*span)].replace(matcher.op, _NEGATED[matcher.op], 1)
        yield "matcher negated", f"{written} negated", _put(text, span, piece), None


def _with_comma(text: str, span: Span) -> Span:
    """The matcher with the comma behind it, or in front of it."""
    start, end = span
    after = len(text[end:]) - len(text[end:].lstrip())
    if text[end + after : end + after + 1] == ",":
        return start, end + after + 1
    before = text[:start].rstrip()
    return (len(before) - 1, end) if before.endswith(",") else span


def _duration(text: str, span: Span, done: set[Span]) -> Iterator[Edit]:
    if span in done:
        return
    done.add(span)
    written = text[slice(*span)]
    try:
        milliseconds = parse_duration(written)
    except LangError:
        return
    if milliseconds:
        other = format_duration(milliseconds * 2)
        yield "window", f"{written} → {other}", _put(text, span, other), None


def _named(text: str, name: str, span: Span) -> Iterator[Edit]:
    for other in _CALLED_WRONG.get(name, ()):
        yield "function", f"{name} → {other}", _put(text, span, other), None


def _grouping(text: str, node: Aggregation) -> Iterator[Edit]:
    grouping = node.grouping
    if grouping is None:
        return
    for label in grouping.labels:
        rest = ", ".join(other for other in grouping.labels if other != label)
        yield (
            "labels",
            f"{grouping.how} without {label}",
            _put(text, grouping.span, f"{grouping.how} ({rest})"),
            None,
        )


def _put(text: str, span: Span, other: str) -> str:
    return text[: span[0]] + other + text[span[1] :]
