"""From a part of a rule's expression back to the part of the author's text that it was made of."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.lang.cursor import without_comments
from tocsin.lang.errors import LangError
from tocsin.lang.logql.tokens import tokenize as logql_tokens
from tocsin.lang.promql.tokens import tokenize as promql_tokens
from tocsin.plan.model import Engine
from tocsin.source.place import Place

if TYPE_CHECKING:
    from tocsin.lang.tokens import Token
    from tocsin.plan.model import Recording, Rule


def expr_piece(rule: Rule | Recording, span: tuple[int, int]) -> Place:
    """The place of `rule.expr[span]` in the file of its author.

    A query of a spec loses its indentation, may be put in parentheses, and is compared with a threshold:
    its tokens stay the same, so they lead back. A part of an added comparison leads to the threshold.
    """
    written = rule.written
    if rule.expr == written.text:
        return Place(written.expr.path, span)
    made = query_tokens(rule.expr, rule.engine)
    wrote = query_tokens(written.text, rule.engine)
    first = _first(made, wrote)
    if first is None:
        return written.expr
    covered = [
        number - first for number, token in enumerate(made) if token.start < span[1] and token.end > span[0]
    ]
    own = [number for number in covered if 0 <= number < len(wrote)]
    if not own:
        behind = bool(covered) and covered[0] >= len(wrote)
        return written.threshold if behind and written.threshold is not None else written.expr
    start, end = wrote[own[0]], wrote[own[-1]]
    # Inside a token, such as a matcher's string, both texts are the same.
    before = max(span[0] - made[own[0] + first].start, 0)
    after = max(made[own[-1] + first].end - span[1], 0)
    return Place(written.expr.path, (start.start + before, end.end - after))


def text_piece(place: Place, span: tuple[int, int]) -> Place:
    """The place of a part of a label's or an annotation's value; all of it where Tocsin made the value."""
    return place if place.key else replace(place, piece=span)


@lru_cache(maxsize=65536)
def query_tokens(text: str, engine: Engine) -> tuple[Token, ...]:
    """The tokens without comments; none for a text that cannot be read."""
    tokenize = promql_tokens if engine is Engine.PROMETHEUS else logql_tokens
    try:
        return without_comments(tokenize(text))
    except LangError:
        return ()


def _first(made: tuple[Token, ...], wrote: tuple[Token, ...]) -> int | None:
    """How many tokens Tocsin put before the author's; None when the two texts do not agree."""
    texts = [token.text for token in wrote]
    for first in (0, 1):
        if texts and [token.text for token in made[first : first + len(wrote)]] == texts:
            return first
    return None
