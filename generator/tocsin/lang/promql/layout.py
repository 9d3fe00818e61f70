"""Long queries over several lines, as Prometheus' own formatter lays them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.promql.ast import without_places
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.tokens import tokenize
from tocsin.lang.tokens import TokenKind

if TYPE_CHECKING:
    from tocsin.lang.promql.ast import Node

WIDEST = 80
"""Columns up to which a query is left on its line."""
_LONGEST = 20_000
_SPELT = frozenset({TokenKind.NUMBER, TokenKind.DURATION})


def lay_out_promql(query: str) -> str:
    """A query that is one long line, over several lines; any other one as it is.

    The formatter drops comments and does not know the newest syntax. Its text is taken only where our
    parser reads the same expression from it.
    """
    one_line = query.strip()
    if not WIDEST < len(one_line) <= _LONGEST or "\n" in one_line or "#" in one_line:
        return query
    tree = _tree(one_line)
    if tree is None:
        return query
    # Most commands lay out no query, and the import takes as long as reading a hundred.
    import promql_parser

    try:
        laid_out = _with_spelling_of(one_line, promql_parser.parse(one_line).prettify())
    except (ValueError, LangError):
        return query
    other = _tree(laid_out)
    is_same = other is not None and without_places(other) == without_places(tree)
    return laid_out if is_same and "\n" in laid_out else query


def _with_spelling_of(query: str, laid_out: str) -> str:
    """The text with the numbers and durations as the query spells them: `7d`, not `1w`."""
    found = [one for one in tokenize(laid_out) if one.kind in _SPELT]
    written = [one.text for one in tokenize(query) if one.kind in _SPELT]
    if len(found) != len(written):
        return laid_out
    for token, text in zip(reversed(found), reversed(written), strict=True):
        laid_out = laid_out[: token.start] + text + laid_out[token.span[1] :]
    return laid_out


def _tree(query: str) -> Node | None:
    try:
        return parse_promql(query)
    except LangError:
        return None
