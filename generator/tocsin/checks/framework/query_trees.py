"""The trees of expressions, parsed and walked over once for all checks."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.logql.ast import walk as logql_walk
from tocsin.lang.logql.parser import parse_logql
from tocsin.lang.promql.ast import walk as promql_walk
from tocsin.lang.promql.parser import parse_promql

if TYPE_CHECKING:
    from tocsin.lang.logql import ast as logql
    from tocsin.lang.promql import ast as promql


@lru_cache(maxsize=32768)
def promql_tree(expr: str) -> promql.Node | None:
    """The tree of a PromQL expression; None when it cannot be read."""
    try:
        return parse_promql(expr)
    except LangError:
        return None


# A dozen checks look at the parts of every query: they are walked over once.
@lru_cache(maxsize=32768)
def promql_parts(expr: str) -> tuple[promql.Node, ...]:
    """All parts of a PromQL expression, outer before inner; none when it cannot be read."""
    tree = promql_tree(expr)
    return () if tree is None else tuple(promql_walk(tree))


@lru_cache(maxsize=32768)
def logql_tree(expr: str) -> logql.Node | None:
    """The tree of a LogQL expression; None when it cannot be read."""
    try:
        return parse_logql(expr)
    except LangError:
        return None


@lru_cache(maxsize=32768)
def logql_parts(expr: str) -> tuple[logql.Node, ...]:
    """All parts of a LogQL expression, outer before inner; none when it cannot be read."""
    tree = logql_tree(expr)
    return () if tree is None else tuple(logql_walk(tree))
