"""Queries as parts of larger ones, in either language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.logql import ast as logql
from tocsin.lang.logql.parser import parse_logql
from tocsin.lang.logql.tokens import tokenize as logql_tokens
from tocsin.lang.promql import ast as promql
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.tokens import tokenize as promql_tokens
from tocsin.lang.threshold_comparison import dedent_query, indent_query
from tocsin.plan.model import Engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.lang.tokens import Token


def operand(text: str, engine: Engine) -> str:
    """The sound query as one side of an operator, in parentheses where it needs some."""
    tokens = _tokens(engine)
    text = dedent_query(text, tokens)
    if engine is Engine.PROMETHEUS:
        loose = isinstance(parse_promql(text), promql.Binary | promql.Unary | promql.Number)
    else:
        loose = isinstance(parse_logql(text), logql.Binary | logql.Number)
    return parenthesised(text, engine) if loose or "#" in text else text


def parenthesised(text: str, engine: Engine) -> str:
    """The query in parentheses, on lines of its own."""
    return f"(\n{indented(text, engine)}\n)"


def indented(text: str, engine: Engine) -> str:
    """The query moved right."""
    return indent_query(text, _tokens(engine)(text))


def _tokens(engine: Engine) -> Callable[[str], tuple[Token, ...]]:
    return promql_tokens if engine is Engine.PROMETHEUS else logql_tokens
