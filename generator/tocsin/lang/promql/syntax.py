"""The verdict on a PromQL expression: promql-parser's, with the place and the words that it leaves out."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import promql_parser

from tocsin.lang.cursor import pairs, without_comments
from tocsin.lang.errors import LangError
from tocsin.lang.promql.explain import explain
from tocsin.lang.promql.prepare import parse
from tocsin.lang.promql.structure import find_structural_error
from tocsin.lang.promql.tokens import Kind, Token, tokenize
from tocsin.lang.regexes import check_regex
from tocsin.lang.tokens import GROUPINGS

if TYPE_CHECKING:
    from collections.abc import Sequence


def check_promql(text: str) -> None:
    """Raise a LangError unless the text is a PromQL expression that a rule can have."""
    tokens = without_comments(tokenize(text))
    if not tokens:
        raise LangError("the expression is empty", (0, len(text)))
    closing = pairs(tokens)
    _check_regexes(tokens)
    try:
        tree = parse(text)
    except LangError:
        raise
    except ValueError as error:
        find_structural_error(tokens)
        raise _narrowed(text, tokens, closing, str(error)) from None
    _check_type(tree, (tokens[0].start, tokens[-1].end))


def _check_regexes(tokens: Sequence[Token]) -> None:
    for before, token in pairwise(tokens):
        if token.kind is Kind.STRING and before.is_sign("=~", "!~"):
            check_regex(token.value, token.span)


def _check_type(tree: Any, span: tuple[int, int]) -> None:
    while isinstance(tree, promql_parser.ParenExpr):
        tree = tree.expr
    if isinstance(tree, promql_parser.MatrixSelector | promql_parser.SubqueryExpr):
        help = "put it into a function of ranges, such as `rate(…)`, `increase(…)` or `max_over_time(…)`"
        raise LangError(
            "the expression is a range of samples, and a rule needs one value a series", span, help
        )
    if isinstance(tree, promql_parser.StringLiteral):
        raise LangError("the expression is a string, and a rule needs numbers", span)


def _narrowed(text: str, tokens: Sequence[Token], closing: dict[int, int], message: str) -> LangError:
    """The error of the smallest part of the expression that is wrong when it stands alone."""
    for first, last in _parts(tokens, closing):
        start, end = tokens[first].start, tokens[last].end
        try:
            parse(text[start:end])
        except ValueError as error:
            return explain(str(error), text, tokens[first : last + 1])
    return explain(message, text, tokens)


def _parts(tokens: Sequence[Token], closing: dict[int, int]) -> list[tuple[int, int]]:
    """First and last token of each call, selector and parenthesis, the smallest first."""
    found: list[tuple[int, int]] = []
    for opener, closer in closing.items():
        first = opener
        before = tokens[opener - 1] if opener else None
        if tokens[opener].text == "[" or (before is not None and before.is_keyword(*GROUPINGS)):
            continue
        if before is not None and before.kind is Kind.IDENTIFIER:
            first = opener - 1
        elif before is not None and before.is_sign(")"):
            # `sum by (a) (…)`: the call begins three brackets earlier.
            labels = next(left for left, right in closing.items() if right == opener - 1)
            if labels >= 2 and tokens[labels - 1].is_keyword("by", "without"):
                first = labels - 2
        found.append((first, closer))
    return sorted(found, key=lambda part: part[1] - part[0])
