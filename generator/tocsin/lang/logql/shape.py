"""The shape of a LogQL expression: its threshold, the log queries in it, the labels of its result."""

from __future__ import annotations

from functools import lru_cache

from tocsin.lang import expression
from tocsin.lang.labels import ResultLabels
from tocsin.lang.logql.parser import parse
from tocsin.lang.logql.tokens import tokenize

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
    queries = (
        " ".join(expression.dedent(text[start:end], tokenize) for start, end in query.pieces)
        for query in parse(text).queries
    )
    return tuple(dict.fromkeys(queries))


@lru_cache(maxsize=65536)
def result_labels(text: str) -> ResultLabels:
    """The labels that the expression's result can have; the expression has to be sound."""
    return parse(text).result.labels
