"""PromQL rewritten so that promql-parser, which differs from Prometheus in known points, can judge it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import promql_parser

from tocsin.lang.cursor import pairs, without_comments
from tocsin.lang.promql.tokens import Kind, Token, tokenize
from tocsin.lang.regexes import matches_whole
from tocsin.lang.strings import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

_LATER_OPERATORS = {"</": "<", ">/": ">"}
_SIGNS = ("-", "+")
# Whatever may need other words: most expressions hold nothing of it.
_UNUSUAL = re.compile(
    r"""[`\\~\#]|</|>/|\d_|0x|\[[^\]]*[-+*/%^(]|offset\s*[-+]?\s*[^-+\s0-9]
        |anchored|smoothed|holt_winters""",
    re.VERBOSE | re.IGNORECASE,
)


def parse(text: str) -> Any:
    """promql-parser's tree of a text that may hold what it does not know; ValueError when it is wrong.

    Ask it only about what our own parser has taken: it runs out of stack on what that refuses as too deep.
    """
    if _UNUSUAL.search(text):
        tokens = without_comments(tokenize(text))
        text = prepared(tokens, pairs(tokens))
    try:
        return promql_parser.parse(text)
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
        text = token.text
        before = tokens[at - 1] if at else None
        match token.kind:
            case Kind.STRING if before is not None and before.is_sign("=~", "!~"):
                text = '".*"' if matches_whole(token.value, "") else '".+"'
            case Kind.STRING:
                text = quote(token.value)
            case Kind.NUMBER if text[:2].lower() != "0x":
                text = text.replace("_", "")
            case Kind.OPERATOR:
                text = _LATER_OPERATORS.get(text, text)
            case Kind.IDENTIFIER:
                text = _known_name(tokens, at)
            case Kind.BRACKET if text == "[" and _is_arithmetic(tokens[at + 1 : closing[at]]):
                colons = [t for t in tokens[at + 1 : closing[at]] if t.is_sign(":")]
                text = "[5m:1m]" if colons else "[5m]"
                at = closing[at]
            case Kind.KEYWORD if token.word == "offset":
                if (end := _end_of_offset(tokens, closing, at)) is not None:
                    text = "offset 5m"
                    at = end
            case _:
                pass
        out.append(text)
        at += 1
    return " ".join(out)


def _known_name(tokens: Sequence[Token], at: int) -> str:
    """The name as promql-parser knows it: nothing for `anchored` or `smoothed` behind a selector."""
    token = tokens[at]
    before = tokens[at - 1] if at else None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if token.word == "holt_winters" and after is not None and after.is_sign("("):
        return "double_exponential_smoothing"
    is_modifier = (
        token.word in ("anchored", "smoothed")
        and before is not None
        and (before.is_sign("]", "}") or before.kind in (Kind.IDENTIFIER, Kind.DURATION))
    )
    return "" if is_modifier else token.text


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
