"""PromQL rewritten so that promql-parser, which differs from Prometheus in known points, can judge it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import promql_parser

from tocsin.lang.cursor import pairs, without_comments
from tocsin.lang.errors import LangError
from tocsin.lang.promql.tokens import Kind, Token, tokenize
from tocsin.lang.regexes import matches_whole
from tocsin.lang.strings import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

# A left-deep tree of some thousand operators makes promql-parser run out of stack.
_MOST_OPERATORS = 1000
_LATER_OPERATORS = {"</": "<", ">/": ">"}
_SIGNS = ("-", "+")


def parse(text: str) -> Any:
    """promql-parser's tree of a text that may hold what it does not know; ValueError when it is wrong."""
    tokens = without_comments(tokenize(text))
    closing = pairs(tokens)
    operators = sum(
        token.kind is Kind.OPERATOR or token.is_keyword("and", "or", "unless") for token in tokens
    )
    if operators - sum(token.is_sign("=", "=~", "!~") for token in tokens) > _MOST_OPERATORS:
        raise LangError("the expression has too many operators", (tokens[0].start, tokens[-1].end))
    try:
        return promql_parser.parse(prepared(tokens, closing))
    except Exception:
        raise
    except BaseException as panic:
        # A panic of the Rust side is no Exception; anything else, such as Ctrl-C, goes on.
        if type(panic).__name__ != "PanicException":
            raise
        raise ValueError("the parser of PromQL gave up on it") from None


def prepared(tokens: Sequence[Token], closing: dict[int, int]) -> str:
    """The same expression, with the same types and labels, in words that promql-parser knows.

    Raw strings get double quotes; regular expressions (Rust's there, RE2 in Prometheus) become neutral ones
    that accept the empty text or do not, as before; newer syntax (arithmetic on durations, `anchored`,
    `smoothed`, histogram operators) becomes older one.
    """
    out: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        before = tokens[at - 1] if at else None
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.kind is Kind.STRING and before is not None and before.is_sign("=~", "!~"):
            out.append('".*"' if matches_whole(token.value, "") else '".+"')
        elif token.kind is Kind.STRING:
            out.append(quote(token.value))
        elif token.kind is Kind.NUMBER:
            out.append(token.text if token.text[:2].lower() == "0x" else token.text.replace("_", ""))
        elif token.is_sign(*_LATER_OPERATORS):
            out.append(_LATER_OPERATORS[token.text])
        elif token.word == "holt_winters" and after is not None and after.is_sign("("):
            out.append("double_exponential_smoothing")
        elif is_modifier_of_selector(token, before):
            pass
        elif token.is_sign("[") and _is_arithmetic(tokens[at + 1 : closing[at]]):
            colons = [t for t in tokens[at + 1 : closing[at]] if t.is_sign(":")]
            out.append("[5m:1m]" if colons else "[5m]")
            at = closing[at]
        elif token.is_keyword("offset") and (end := _end_of_offset(tokens, closing, at)) is not None:
            out.append("offset 5m")
            at = end
        else:
            out.append(token.text)
        at += 1
    return " ".join(out)


def is_modifier_of_selector(token: Token, before: Token | None) -> bool:
    """Whether this is `anchored` or `smoothed` behind a selector, rather than a metric of that name."""
    if token.kind is not Kind.IDENTIFIER or token.word not in ("anchored", "smoothed") or before is None:
        return False
    return before.is_sign("]", "}") or before.kind in (Kind.IDENTIFIER, Kind.DURATION)


def _is_arithmetic(tokens: Sequence[Token]) -> bool:
    # A range that is plainly negative is wrong in every version.
    if len(tokens) == 2 and tokens[0].is_sign("-"):
        return False
    return any(
        token.is_sign("+", "-", "*", "/", "%", "^", "(")
        or (token.kind is Kind.IDENTIFIER and token.word in ("step", "range", "min", "max"))
        for token in tokens
    )


def _end_of_offset(tokens: Sequence[Token], closing: dict[int, int], at: int) -> int | None:
    """The last token of an offset that is computed, such as `offset -(5m * 2)` or `offset step()`."""
    at += 1
    if at < len(tokens) and tokens[at].is_sign(*_SIGNS):
        at += 1
    if (
        at + 1 < len(tokens)
        and tokens[at].word in ("step", "range", "min", "max")
        and tokens[at + 1].is_sign("(")
    ):
        at += 1
    elif at >= len(tokens) or not tokens[at].is_sign("("):
        return None
    return closing.get(at)
