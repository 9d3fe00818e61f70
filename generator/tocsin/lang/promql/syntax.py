"""The verdict on a PromQL expression that a rule is to have."""

from __future__ import annotations

from functools import lru_cache

from tocsin.lang.errors import LangError
from tocsin.lang.promql.ast import Paren, Range, String, Subquery
from tocsin.lang.promql.parser import parse_promql


@lru_cache(maxsize=65536)
def check_promql(text: str) -> None:
    """Raise a LangError unless the text is a PromQL expression that a rule can have."""
    tree = parse_promql(text)
    while isinstance(tree, Paren):
        tree = tree.expr
    if isinstance(tree, Range | Subquery):
        help = "put it into a function of ranges, such as `rate(…)`, `increase(…)` or `max_over_time(…)`"
        raise LangError(
            "the expression returns a range vector, but a rule needs an instant vector", tree.span, help
        )
    if isinstance(tree, String):
        raise LangError("the expression is a string, and a rule needs numbers", tree.span)
