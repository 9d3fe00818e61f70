"""The tokens of PromQL, with their places."""

from __future__ import annotations

import re
from functools import lru_cache

from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.strings import unquote
from tocsin.lang.tokens import GROUPINGS, Kind, Token, words

__all__ = ["Kind", "Token", "tokenize"]

_KEYWORDS = words(
    """
    and or unless atan2 bool by without on ignoring group_left group_right offset fill
    fill_left fill_right
    """
)
_IDENTIFIER = Kind.IDENTIFIER
_WORDS = {**dict.fromkeys(_KEYWORDS, Kind.KEYWORD), "inf": Kind.NUMBER, "nan": Kind.NUMBER}
# What most of an expression consists of, in one match; what fits nothing here is read sign by sign.
_PIECE = re.compile(
    r"""[ \t\r\n]*(?:
        (?P<word>[a-zA-Z_:][a-zA-Z0-9_:]*)
      | (?P<bracket>[()\[\]{}])
      | (?P<comma>,)
      | (?P<string>"[^"\\\n]*"|'[^'\\\n]*'|`[^`]*`)
      | (?P<number>\.?[0-9])
      | (?P<operator>==|!=|>=|<=|=~|!~|</|>/|[-+*/%^=<>@])
      | (?P<comment>\#[^\n]*)
    )?""",
    re.VERBOSE,
)
_KINDS = {
    "bracket": Kind.BRACKET,
    "comma": Kind.COMMA,
    "string": Kind.STRING,
    "operator": Kind.OPERATOR,
    "comment": Kind.COMMENT,
}
_BRACKET, _COMMENT, _KEYWORD = Kind.BRACKET, Kind.COMMENT, Kind.KEYWORD
_DURATION = re.compile(r"(?:[0-9]+(?:ms|[smhdwy]))+(?![0-9A-Za-z_])")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F_]+|(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]+)?")
_WORD_GOES_ON = re.compile(r"[0-9A-Za-z_.]+")
_INSTEAD = {"&": "write `and`", "|": "write `or`", "!": "write `!=`, `!~` or `unless`"}


# One expression is read by several questions in a row: its soundness, its shape, its parts.
@lru_cache(maxsize=65536)
def tokenize(text: str) -> tuple[Token, ...]:
    """All tokens of a text, comments included; a LangError for an open string or a stray sign.

    Brackets need not be balanced.
    """
    tokens: list[Token] = []
    open_brackets: list[str] = []
    inside = ""
    labels_follow = False
    end, length = 0, len(text)
    while (match := _PIECE.match(text, end)) is not None:
        group, (at, end) = match.lastgroup, match.span(match.lastindex or 0)
        if group is None:
            if end == length:
                break
            token = _string(text, end) if text[end] in "\"'`" else _stray(text, end)
            end = token.end
            labels_follow = False
        elif group == "word":
            token = _word(text, at, end, inside)
            end = token.end
            labels_follow = token.kind is _KEYWORD and token.word in GROUPINGS
        elif group == "bracket":
            sign = match[group]
            token = Token(_BRACKET, sign, at, end)
            if sign in "([{":
                open_brackets.append("labels" if labels_follow and sign == "(" else sign)
            elif open_brackets:
                open_brackets.pop()
            inside = open_brackets[-1] if open_brackets else ""
            labels_follow = False
        elif group == "comment":
            token = Token(_COMMENT, match[group], at, end)
        else:
            token = _number(text, at) if group == "number" else Token(_KINDS[group], match[group], at, end)
            end = token.end
            labels_follow = False
        tokens.append(token)
    return tuple(tokens)


def _word(text: str, at: int, end: int, inside: str) -> Token:
    # In `[1h:5m]` and `[$x:]` the colon parts range and step; elsewhere it belongs to a metric's name.
    if inside in ("[", "{"):
        if text[at] == ":":
            return Token(Kind.OPERATOR, ":", at, at + 1)
        colon = text.find(":", at, end)
        end = colon if colon >= 0 else end
    written = text[at:end]
    if inside == "labels":
        return Token(_IDENTIFIER, written, at, end)
    kind = _WORDS.get(written.lower(), _IDENTIFIER)
    if inside == "{" and kind is not _IDENTIFIER and written.lower() != "or":
        kind = _IDENTIFIER
    return Token(kind, written, at, end)


def _string(text: str, at: int) -> Token:
    """A string with escapes, or one that is wrong."""
    mark = text[at]
    end = at + 1
    while end < len(text) and text[end] != mark:
        if mark != "`" and text[end] == "\n":
            break
        end += 2 if mark != "`" and text[end] == "\\" else 1
    if end >= len(text) or text[end] != mark:
        line_end = text.find("\n", at)
        stop = len(text) if line_end < 0 else line_end
        raise LangError("the string is never closed", (at, stop), f"end it with {mark}")
    token = Token(Kind.STRING, text[at : end + 1], at, end + 1)
    try:
        unquote(token.text)
    except LangError as error:
        raise error.shifted(at) from None
    return token


def _number(text: str, at: int) -> Token:
    duration, number = _DURATION.match(text, at), _NUMBER.match(text, at)
    ends = [match.end() for match in (duration, number) if match is not None]
    end = max(ends)
    rest = _WORD_GOES_ON.match(text, end)
    if rest:
        span = (at, rest.end())
        raise LangError(
            f"`{text[slice(*span)]}` is no number and no duration", span, "write for example `5` or `5m`"
        )
    if duration is None or duration.end() < end:
        return Token(Kind.NUMBER, text[at:end], at, end)
    try:
        parse_duration(duration[0])
    except LangError as error:
        raise error.shifted(at) from None
    return Token(Kind.DURATION, duration[0], at, end)


def _stray(text: str, at: int) -> Token:
    sign = text[at]
    width = 2 if text[at : at + 2] in ("&&", "||") else 1
    help = _INSTEAD.get(sign)
    if sign == "$":
        help = "variables such as `$__rate_interval` are Grafana's: a query here says the range itself"
    elif sign in "“”„‘’":
        help = 'write straight quotes: "'
    raise LangError(f"`{text[at : at + width]}` has no meaning here", (at, at + width), help)
