"""The condition of a rule as a query and the number that it is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.existing.canonical import is_same_expression
from tocsin.importing.rules.model import Split
from tocsin.importing.sourced import plain_text
from tocsin.lang.errors import LangError
from tocsin.lang.logql import shape as logql
from tocsin.lang.logql.tokens import tokenize as logql_tokens
from tocsin.lang.promql import shape as promql
from tocsin.lang.promql.tokens import tokenize as promql_tokens
from tocsin.lang.tokens import TokenKind
from tocsin.plan.model import Engine

if TYPE_CHECKING:
    from tocsin.importing.rules.model import ImportedRule


def split_plain(rule: ImportedRule, engine: Engine) -> Split | None:
    """The condition `query op number`; None where it is another one."""
    text = plain_text(rule.expr)
    return _split(text, text, engine)


def split_calculated(rule: ImportedRule, engine: Engine) -> Split | None:
    """A condition that ends in a calculation with numbers, such as `x > 7 * 86400`."""
    text = plain_text(rule.expr)
    if engine is not Engine.PROMETHEUS or "*" not in text:
        return None
    try:
        start = promql.calculated_limit(text)
        if start is None:
            return None
        found = _split(f"{text[:start]}1", None, engine)
    except LangError:
        return None
    number = " ".join(text[start:].split())
    return None if found is None else Split(found.query, found.op, number)


def _split(text: str, whole: str | None, engine: Engine) -> Split | None:
    """The parts of a condition, where they make `whole` again."""
    shape = promql if engine is Engine.PROMETHEUS else logql
    try:
        found = shape.split_comparison(text)
        if found is None:
            return None
        query, op, number = found
        if shape.conditions(query):
            # Only one comparison of an alert can be its threshold.
            return None
        joined = f"{shape.comparable(query)}{op} {number}"
        is_same = whole is None or is_same_expression(whole, joined, engine)
        if not is_same or _comments(text, engine) != _comments(query, engine):
            return None
    except LangError:
        return None
    return Split(query, op, number)


def _comments(text: str, engine: Engine) -> list[str]:
    if "#" not in text:
        return []
    tokens = (promql_tokens if engine is Engine.PROMETHEUS else logql_tokens)(text)
    return [one.text for one in tokens if one.kind is TokenKind.COMMENT]
