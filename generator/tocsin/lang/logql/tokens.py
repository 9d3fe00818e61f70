"""The tokens of LogQL, found as Loki's lexer finds them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.logql import numbers
from tocsin.lang.logql.functions import FLAGS, FUNCTION_WORDS, RESERVED
from tocsin.lang.strings import unquote_string
from tocsin.lang.tokens import Token, TokenKind, as_token
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Token", "TokenKind", "tokenize"]

# What Go calls white space; between tokens only the first four count.
_GO_SPACE = r"[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*"
_COMMENT = regex_on_use(r"#[^\n]*|//[^\n]*|/\*.*?\*/", re.DOTALL)
_CALLED = regex_on_use(rf"{_GO_SPACE}(?:\(|(?:by|without){_GO_SPACE}\()", re.IGNORECASE)
_PAIRS = ("!=", "=~", "!~", "!>", "|=", "|~", "|>", "==", ">=", "<=")
_STRAY = regex_on_use("[\0\ud800-\udfff]")
_SIGNS = frozenset("=|+-*/%^<>.")
_ESCAPE = regex_on_use(r"\\(?:[abfnrtv\\\"]|[0-7]{3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})")
_CHARACTER = regex_on_use(rf"'(?:[^'\\\n]|\\'|{_ESCAPE.pattern})'")
_FLAG = regex_on_use(r"--[^\W\d_]*(?:-[^\W\d_]*)*")
_DURATION_RUNES = frozenset("nuµmshdwy.")
_SIZE_RUNES = frozenset("BikKMGTP.")
# What most of a query consists of; what fits no group is read sign by sign.
_PIECE = regex_on_use(
    rf"""[ \t\r\n]*(?:
        ([a-zA-Z_][a-zA-Z0-9_]*)(?![a-zA-Z0-9_\x80-\U0010ffff])
      | ([(){{}}])
      | (!=|=~|!~|!>|\|=|\|~|\|>|==|>=|<=|[=|+*%^<>]|-(?=[ (])|/(?![/*]))
      | ("[^"\\\n]*(?:{_ESCAPE.pattern}[^"\\\n]*)*"|`[^`]*`)
      | (,)
      | (\[[0-9smhdwy]+\])
      | ((?:0|[1-9][0-9]*)(?:\.[0-9]+)?)(?![0-9a-zA-Z_.\x80-\U0010ffff])
    )?""",
    re.VERBOSE,
)
# By the number of the group that matches.
_KINDS = (
    *(TokenKind.END, TokenKind.IDENTIFIER, TokenKind.BRACKET, TokenKind.OPERATOR, TokenKind.STRING),
    *(TokenKind.COMMA, TokenKind.RANGE, TokenKind.NUMBER),
)
_IDENTIFIER, _KEYWORD, _STRING, _RANGE = (
    TokenKind.IDENTIFIER,
    TokenKind.KEYWORD,
    TokenKind.STRING,
    TokenKind.RANGE,
)
_WORDS = FUNCTION_WORDS | RESERVED


# One expression is read by several questions in a row: its soundness, its shape, its labels.
@lru_cache(maxsize=65536)
def tokenize(text: str) -> tuple[Token, ...]:
    """The tokens of a LogQL text, comments included; a LangError for what Loki's lexer cannot read.

    As in Loki, a sign without a meaning is an identifier, and a range is one token with its brackets.
    """
    _readable(text)
    tokens: list[Token] = []
    end, length = 1 if text.startswith("\ufeff") else 0, len(text)
    piece = _PIECE.match
    while match := piece(text, end):
        group = match.lastindex
        if group is None:
            end = match.end()
            if end == length:
                break
            token = _token(text, end)
            end = token.end
        else:
            start, end = span = match.span(group)
            written = text[start:end]
            kind = _KINDS[group]
            if kind is _IDENTIFIER:
                if (lower := written.lower()) in _WORDS:
                    kind = _kind_of_word(lower, text, end)
            elif kind is _RANGE:
                _check(parse_duration, written[1:-1], start + 1)
            elif kind is _STRING and "\\" in written:
                _check(unquote_string, written, start)
            token = as_token((kind, written, span))
        tokens.append(token)
    return tuple(tokens)


def _readable(text: str) -> None:
    stray = _STRAY.search(text)
    if stray:
        raise LangError("a query cannot contain control characters such as NUL", stray.span())


def _token(text: str, at: int) -> Token:
    sign = text[at]
    if sign == "_" or sign.isalpha():
        return _word(text, at)
    if sign in "0123456789" or (sign == "." and text[at + 1 : at + 2] in tuple("0123456789")):
        return _number(text, at)
    if sign == '"':
        return _string(text, at)
    if sign == "`":
        end = text.find("`", at + 1)
        if end < 0:
            raise _unclosed(text, at, sign)
        return Token(TokenKind.STRING, text[at : end + 1], (at, end + 1))
    if sign == "'":
        return _character(text, at)
    if sign == "[":
        return _range(text, at)
    if sign in "(){}]":
        return Token(TokenKind.BRACKET, sign, (at, at + 1))
    if sign == ",":
        return Token(TokenKind.COMMA, sign, (at, at + 1))
    comment = _COMMENT.match(text, at)
    if comment:
        return Token(TokenKind.COMMENT, comment.group(), comment.span())
    if text.startswith("/*", at):
        raise LangError("the comment is never closed", (at, len(text)), "end it with */")
    if sign == "-" and (token := _behind_minus(text, at)):
        return token
    pair = text[at : at + 2]
    if pair in _PAIRS:
        return Token(TokenKind.OPERATOR, pair, (at, at + 2))
    return Token(TokenKind.OPERATOR if sign in _SIGNS else TokenKind.IDENTIFIER, sign, (at, at + 1))


def _word(text: str, at: int) -> Token:
    end = at + 1
    while end < len(text) and (text[end] == "_" or text[end].isalpha() or text[end].isdecimal()):
        end += 1
    word = text[at:end]
    return Token(_kind_of_word(word.lower(), text, end), word, (at, end))


def _kind_of_word(lower: str, text: str, end: int) -> TokenKind:
    if lower in FUNCTION_WORDS:
        # A function's name is free as a label unless it is called.
        return _KEYWORD if _CALLED.match(text, end) is not None else _IDENTIFIER
    return _KEYWORD if lower in RESERVED else _IDENTIFIER


def _number(text: str, at: int) -> Token:
    end = numbers.number_end(text, at)
    return _with_unit(text, at, end) or Token(TokenKind.NUMBER, text[at:end], (at, end))


def _with_unit(text: str, at: int, end: int) -> Token | None:
    """The duration or the size that begins with a number; the longest row of its letters has to be one."""
    for kind, runes, read in (
        (TokenKind.DURATION, _DURATION_RUNES, numbers.duration),
        (TokenKind.SIZE, _SIZE_RUNES, numbers.size),
    ):
        stop = end
        while stop < len(text) and (text[stop] in runes or text[stop].isnumeric()):
            stop += 1
        if stop > end and read(text[at:stop]) is not None:
            return Token(kind, text[at:stop], (at, stop))
    return None


def _behind_minus(text: str, at: int) -> Token | None:
    flag = _FLAG.match(text, at)
    if flag and flag.group() in FLAGS:
        return Token(TokenKind.FLAG, flag.group(), flag.span())
    token = _with_unit(text, at, at + 1)
    return token if token is not None and token.kind is TokenKind.DURATION else None


def _string(text: str, at: int) -> Token:
    end = at + 1
    while text[end : end + 1] != '"':
        if text[end : end + 1] in ("", "\n"):
            raise _unclosed(text, at, '"')
        if text[end] == "\\":
            escape = _ESCAPE.match(text, end)
            if escape is None:
                span = (end, min(end + 2, len(text)))
                shown = text[slice(*span)]
                help = f"double the backslash: `\\{shown}`, or write the string in backticks"
                raise LangError(f"`{shown}` is not a valid escape sequence in a string", span, help)
            end = escape.end()
        else:
            end += 1
    token = Token(TokenKind.STRING, text[at : end + 1], (at, end + 1))
    _check(unquote_string, token.text, at)
    return token


def _character(text: str, at: int) -> Token:
    """Loki's lexer takes a character in single quotes for a name; longer ones are errors."""
    character = _CHARACTER.match(text, at)
    if character:
        return Token(TokenKind.IDENTIFIER, character.group(), character.span())
    line_end = text.find("\n", at)
    stop = line_end if line_end >= 0 else len(text)
    end = text.find("'", at + 1, stop)
    span = (at, end + 1) if end > 0 else (at, stop)
    help = f'write `"{text[at + 1 : end]}"`' if end > 0 else 'write `"`'
    raise LangError("LogQL has no strings in single quotes", span, help)


def _range(text: str, at: int) -> Token:
    end = text.find("]", at)
    if end < 0:
        raise LangError("`[` is never closed", (at, at + 1), "close it with `]`")
    inside = text[at + 1 : end]
    span = (at + 1, end) if inside.strip() else (at, end + 1)
    if not inside.strip():
        raise LangError("the range is empty", span, "write for example `[5m]`")
    if "$" in inside:
        help = "variables such as `$__interval` are Grafana's: a query here says the range itself"
        raise LangError(f"`{inside}` is not a valid range", span, help)
    if ":" in inside:
        raise LangError("LogQL has no subqueries: a range is one duration", span, "write for example `[5m]`")
    _check(parse_duration, inside, at + 1)
    return Token(TokenKind.RANGE, text[at : end + 1], (at, end + 1))


def _check(read: Callable[[str], object], written: str, at: int) -> None:
    try:
        read(written)
    except LangError as error:
        raise error.shifted(at) from None


def _unclosed(text: str, at: int, mark: str) -> LangError:
    line_end = text.find("\n", at)
    stop = len(text) if line_end < 0 else line_end
    return LangError("the string is never closed", (at, stop), f"end it with {mark}")
