"""The tokens of PromQL, with their places."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn

from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.strings import unquote_string
from tocsin.lang.tokens import GROUPINGS, OPENERS, Token, TokenKind, as_token, split_words
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Token", "TokenKind", "tokenize"]

_KEYWORDS = split_words(
    """
    and or unless atan2 bool by without on ignoring group_left group_right offset fill
    fill_left fill_right
    """
)
_WORDS = {**dict.fromkeys(_KEYWORDS, TokenKind.KEYWORD), "inf": TokenKind.NUMBER, "nan": TokenKind.NUMBER}
_DURATION_TEXT = r"(?:[0-9]+(?:ms|[smhdwy]))+"
_NUMBER_TEXT = r"(?:0[xX][0-9a-fA-F_]+|(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]+)?)"
_ENDS = r"(?![0-9A-Za-z_.])"


def _piece(colon: str, sign: str) -> re.Pattern[str]:
    """One token, where a colon is part of words, or a sign of its own."""
    return regex_on_use(
        rf"""[ \t\r\n]*(?:
            ([a-zA-Z_{colon}][a-zA-Z0-9_{colon}]*)
          | ([()\[\]{{}}])
          | (,)
          | ("[^"\\\n]*(?:\\.[^"\\\n]*)*" | '[^'\\\n]*(?:\\.[^'\\\n]*)*' | `[^`]*`)
          | (==|!=|>=|<=|=~|!~|</|>/|[-+*/%^=<>@{sign}])
          | ({_DURATION_TEXT}{_ENDS})
          | ({_NUMBER_TEXT}{_ENDS})
          | (\#[^\n]*)
        )""",
        re.VERBOSE | re.DOTALL,
    )


# In `[1h:5m]` and `[$x:]` the colon parts range and step; elsewhere it belongs to a metric's name.
_OUTSIDE, _INSIDE = _piece(":", ""), _piece("", ":")
# By the number of the group that matches.
_KINDS = (
    *(TokenKind.END, TokenKind.IDENTIFIER, TokenKind.BRACKET, TokenKind.COMMA, TokenKind.STRING),
    *(TokenKind.OPERATOR, TokenKind.DURATION, TokenKind.NUMBER, TokenKind.COMMENT),
)
_IDENTIFIER, _KEYWORD, _BRACKET, _COMMENT = (
    TokenKind.IDENTIFIER,
    TokenKind.KEYWORD,
    TokenKind.BRACKET,
    TokenKind.COMMENT,
)
_DURATION, _STRING = TokenKind.DURATION, TokenKind.STRING
_LABELS = "labels"
_NUMBER_SO_FAR = regex_on_use(f"{_DURATION_TEXT}(?![0-9A-Za-z_])|{_NUMBER_TEXT}")
_WORD_GOES_ON = regex_on_use(r"[0-9A-Za-z_.]+")
_INSTEAD = {"&": "write `and`", "|": "write `or`", "!": "write `!=`, `!~` or `unless`"}


# One expression is read by several questions in a row: its soundness, its shape, its parts. Tokens take ten
# times as much memory as the text, and nobody asks for them later.
@lru_cache(maxsize=1024)
def tokenize(text: str) -> tuple[Token, ...]:
    """All tokens of a text, comments included; a LangError for an open string or a stray sign.

    Brackets need not be balanced.
    """
    found: list[Token] = []
    open_brackets: list[str] = []
    inside = ""
    labels_follow = False
    piece, end = _OUTSIDE.match, 0
    while match := piece(text, end):
        group = match.lastindex or 0
        start, end = span = match.span(group)
        written = text[start:end]
        kind = _KINDS[group]
        if kind is _IDENTIFIER:
            word = written.lower()
            if word in _WORDS and inside != _LABELS and (inside != "{" or word == "or"):
                kind = _WORDS[word]
            labels_follow = word in GROUPINGS and kind is _KEYWORD
        elif kind is _BRACKET:
            if written in OPENERS:
                inside = _LABELS if labels_follow and written == "(" else written
                open_brackets.append(inside)
            else:
                inside = _closed(open_brackets)
            piece = _INSIDE.match if inside == "{" or inside == "[" else _OUTSIDE.match
            labels_follow = False
        elif kind is not _COMMENT:
            if kind is _DURATION:
                _check(parse_duration, written, start)
            elif kind is _STRING and "\\" in written:
                _check(unquote_string, written, start)
            labels_follow = False
        found.append(as_token((kind, written, span)))
    if end < len(text):
        _check_rest(text, end)
    return tuple(found)


def _closed(open_brackets: list[str]) -> str:
    """The bracket that is the innermost one when this one is closed."""
    if open_brackets:
        open_brackets.pop()
    return open_brackets[-1] if open_brackets else ""


def _check(read: Callable[[str], object], written: str, at: int) -> None:
    try:
        read(written)
    except LangError as error:
        raise error.shifted(at) from None


def _check_rest(text: str, at: int) -> None:
    """Raise a LangError at what is no token, if anything but space is left."""
    at = len(text) - len(text[at:].lstrip(" \t\r\n"))
    if at == len(text):
        return
    if text[at] in "\"'`":
        line_end = text.find("\n", at)
        span = (at, len(text) if line_end < 0 else line_end)
        raise LangError("the string is never closed", span, f"end it with {text[at]}")
    number = _NUMBER_SO_FAR.match(text, at)
    if number is None:
        _fail_at_stray(text, at)
    goes_on = _WORD_GOES_ON.match(text, number.end())
    span = (at, number.end() if goes_on is None else goes_on.end())
    reason = f"`{text[slice(*span)]}` is not a number or a duration"
    raise LangError(reason, span, "write for example `5` or `5m`")


def _fail_at_stray(text: str, at: int) -> NoReturn:
    sign = text[at]
    width = 2 if text[at : at + 2] in ("&&", "||") else 1
    help = _INSTEAD.get(sign)
    if sign == "$":
        help = "variables such as `$__rate_interval` are Grafana's: a query here says the range itself"
    elif sign in "“”„‘’":
        help = 'write straight quotes: "'
    raise LangError(f"`{text[at : at + width]}` has no meaning here", (at, at + width), help)
