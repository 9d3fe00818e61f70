"""The shape of a LogQL expression: its threshold, and the log queries in it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from tocsin.lang import threshold_comparison
from tocsin.lang.condition import Language, read_condition
from tocsin.lang.logql.ast import (
    Aggregation,
    Binary,
    LogQuery,
    LogRange,
    Number,
    Paren,
    RangeAggregation,
    walk,
)
from tocsin.lang.logql.parser import parse_logql
from tocsin.lang.logql.tokens import TokenKind, tokenize
from tocsin.lang.tokens import COMPARISONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeGuard

    from tocsin.lang.condition import Condition
    from tocsin.lang.logql.ast import Node

_COUNTING = frozenset({"count_over_time", "rate", "bytes_over_time", "bytes_rate"})


def needs_parentheses(text: str) -> bool:
    """Whether `text > 2` would be read otherwise than `(text) > 2`."""
    return threshold_comparison.needs_parentheses(text, tokenize)


def with_comparison(text: str, op: str, number_text: str) -> str:
    """The rule's expression: the query compared with the number, the author's lines and comments kept."""
    return threshold_comparison.with_comparison(text, op, number_text, tokenize)


def comparable(text: str) -> str:
    """The query as it stands before the operator that compares it, up to that operator."""
    return threshold_comparison.comparable(text, tokenize)


def comparison(text: str) -> tuple[str, str] | None:
    """The operator and the number of `query op number`; None for an expression of another form.

    The expression has to be sound.
    """
    tree = parse_logql(text)
    if not _compares(tree) or tree.returns_bool or _compares(tree.left):
        return None
    number = threshold_comparison.decimal_text(text[slice(*tree.right.span)])
    return None if number is None else (tree.op, number)


def conditions(text: str) -> list[tuple[int, int]]:
    """Where the sound expression compares the value that it returns; see `threshold_comparison`."""
    return threshold_comparison.conditions(parse_logql(text), Binary, Paren)


def condition(text: str) -> Condition:
    """The condition of a sound expression, its sides one by one."""
    return read_condition(text, parse_logql(text), _LANGUAGE)


def longest_range(text: str) -> float:
    """The longest range in seconds that a sound expression reads; 0 without any."""
    return max(
        (node.range.seconds for node in walk(parse_logql(text)) if isinstance(node, LogRange)), default=0
    )


def counts_lines(text: str) -> bool:
    """Whether a sound expression is one number of lines or bytes, and so empty where it should be 0."""
    tree = parse_logql(text)
    while isinstance(tree, Paren):
        tree = tree.expr
    if not isinstance(tree, Aggregation) or tree.op != "sum" or not isinstance(tree.expr, RangeAggregation):
        return False
    keeps_labels = tree.grouping is not None and (tree.grouping.how == "without" or tree.grouping.labels)
    return not keeps_labels and tree.expr.range.unwrap is None and tree.expr.op in _COUNTING


def split_comparison(text: str) -> tuple[str, str, str] | None:
    """The query, operator and number of `query op number`; None for an expression of another form."""
    return threshold_comparison.split_comparison(text, tokenize)


def log_selectors(text: str) -> tuple[str, ...]:
    """The log queries of an expression without their ranges and `unwrap`, each once; it has to be sound."""
    queries = (node for node in walk(parse_logql(text)) if isinstance(node, LogQuery))
    return tuple(dict.fromkeys(" ".join(_pieces(text, query)) for query in queries))


def _pieces(text: str, query: LogQuery) -> Iterator[str]:
    """The text of a log query, in pieces where its range stands in the middle of it."""
    spans = [query.selector.span, *(stage.span for stage in query.stages)]
    start = spans[0][0]
    for (_, end), (following, _) in pairwise([*spans, (len(text), len(text))]):
        between = tokenize(text[end:following])
        if following == len(text) or any(token.kind is TokenKind.RANGE for token in between):
            yield threshold_comparison.dedent_query(text[start:end], tokenize)
            start = following


def _number(node: Node) -> float | None:
    return node.value if isinstance(node, Number) else None


# `absent_over_time` is an aggregation here.
_LANGUAGE = Language(Binary, Paren, (), _number)


def _compares(node: Node) -> TypeGuard[Binary]:
    return isinstance(node, Binary) and node.op in COMPARISONS
