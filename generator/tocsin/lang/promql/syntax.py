"""The verdict on a PromQL expression that a rule is to have."""

from __future__ import annotations

import re
from functools import lru_cache

from tocsin.lang.errors import LangError
from tocsin.lang.promql.ast import Paren, Range, String, Subquery
from tocsin.lang.promql.parser import parse_promql

# A label that has to be equal to a text, or another one.
_ASKED = re.compile(r'(\w\s*!?=\s*)"[^"\\\n]+"')
# With these, a quotation mark may be part of a string or of a comment.
_MAY_HIDE_QUOTES = re.compile(r"[\\'`#]")


_MOST_FORMS = 4096
_sound: set[str] = set()
"""Forms of expressions in which nothing is wrong. Of the thousands of queries of a large spec, most differ in
nothing but the values that they ask for."""


@lru_cache(maxsize=65536)
def check_promql(text: str) -> None:
    """Raise a LangError unless the text is a PromQL expression that a rule can have."""
    form = _form(text)
    if form in _sound:
        return
    _check(text)
    if form is not None and len(_sound) < _MOST_FORMS:
        _sound.add(form)


def _form(text: str) -> str | None:
    """What a text shares with those that only ask for other values of labels; None where that is unclear.

    The value of an equality decides nothing about an expression, so long as it is not empty.
    """
    if _MAY_HIDE_QUOTES.search(text) is not None:
        return None
    form, count = _ASKED.subn(r'\1"x"', text)
    # One mark more opens a string that is no such value.
    return form if form.count('"') == 2 * count else None


def _check(text: str) -> None:
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
