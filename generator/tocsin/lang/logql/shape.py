"""The shape of a LogQL expression: its threshold, the log queries in it, the labels of its result."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from tocsin.lang import expression
from tocsin.lang.labels import ANY_LABELS, NO_LABELS, Matching, ResultLabels, of_operator
from tocsin.lang.logql.ast import (
    Aggregation,
    Binary,
    Drop,
    Grouping,
    Keep,
    LabelFormat,
    LabelReplace,
    LogQuery,
    Node,
    Paren,
    RangeAggregation,
    is_number,
    walk,
)
from tocsin.lang.logql.functions import KEEPING
from tocsin.lang.logql.parser import parse_logql
from tocsin.lang.logql.tokens import Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "ResultLabels",
    "log_selectors",
    "needs_parentheses",
    "result_labels",
    "split_comparison",
    "with_comparison",
]


def needs_parentheses(text: str) -> bool:
    """Whether `text > 2` would be read otherwise than `(text) > 2`."""
    return expression.needs_parentheses(text, tokenize)


def with_comparison(text: str, op: str, number_text: str) -> str:
    """The rule's expression: the query compared with the number, the author's lines and comments kept."""
    return expression.with_comparison(text, op, number_text, tokenize)


def split_comparison(text: str) -> tuple[str, str, str] | None:
    """The query, operator and number of `query op number`; None for an expression of another form."""
    return expression.split_comparison(text, tokenize)


def log_selectors(text: str) -> tuple[str, ...]:
    """The log queries of an expression without their ranges and `unwrap`, each once; it has to be sound."""
    queries = (node for node in walk(parse_logql(text)) if isinstance(node, LogQuery))
    return tuple(dict.fromkeys(" ".join(_pieces(text, query)) for query in queries))


@lru_cache(maxsize=65536)
def result_labels(text: str) -> ResultLabels:
    """The labels that the expression's result can have; the expression has to be sound."""
    return _labels(parse_logql(text))


def _pieces(text: str, query: LogQuery) -> Iterator[str]:
    """The text of a log query, in pieces where its range stands in the middle of it."""
    spans = [query.selector.span, *(stage.span for stage in query.stages)]
    start = spans[0][0]
    for (_, end), (following, _) in pairwise([*spans, (len(text), len(text))]):
        between = tokenize(text[end:following])
        if following == len(text) or any(token.kind is Kind.RANGE for token in between):
            yield expression.dedent(text[start:end], tokenize)
            start = following


def _labels(node: Node) -> ResultLabels:
    match node:
        case Paren():
            return _labels(node.expr)
        case LogQuery():
            relabelled = any(isinstance(stage, Drop | Keep | LabelFormat) for stage in node.stages)
            return ANY_LABELS if relabelled else ResultLabels(_sure(node), open=True)
        case RangeAggregation(op="absent_over_time"):
            return ResultLabels(_sure(node.range.query))
        case RangeAggregation():
            labels = _labels(node.range.query)
            return _grouped(labels, node.grouping) if node.grouping else labels
        case Aggregation() if node.op in KEEPING:
            return _labels(node.expr)
        case Aggregation():
            return _grouped(_labels(node.expr), node.grouping) if node.grouping else NO_LABELS
        case LabelReplace():
            return _labels(node.expr).possibly([node.target.value])
        case Binary():
            return _joined(node)
        case _:
            return NO_LABELS


def _sure(query: LogQuery) -> frozenset[str]:
    """The labels that the matchers of a selector demand."""
    equal = (matcher for matcher in query.selector.matchers if matcher.op == "=" and matcher.value)
    return frozenset(matcher.name for matcher in equal)


def _grouped(labels: ResultLabels, grouping: Grouping) -> ResultLabels:
    return labels.keep(grouping.labels) if grouping.how == "by" else labels.drop(grouping.labels)


def _joined(node: Binary) -> ResultLabels:
    left, right = _labels(node.left), _labels(node.right)
    if is_number(node.left):
        return right
    if is_number(node.right):
        return left
    written = node.matching
    matching = Matching(written.how, frozenset(written.labels), written.many, frozenset(written.include))
    return of_operator(node.op, left, right, matching)
