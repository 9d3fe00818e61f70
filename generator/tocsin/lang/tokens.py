"""Tokens with their places, and the lexer that PromQL and LogQL share."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.strings import unquote

OPENERS = {"(": ")", "[": "]", "{": "}"}
CLOSERS = {close: open for open, close in OPENERS.items()}
COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})
SET_OPERATORS = frozenset({"and", "or", "unless"})
GROUPINGS = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})

_SPACE = re.compile(r"[ \t\r\n]+")
_COMMENT = re.compile(r"#[^\n]*")
_WORD_GOES_ON = re.compile(r"[0-9A-Za-z_.]+")
_MAY_START_NUMBER = frozenset("0123456789.")
_INSTEAD = {"&": "write `and`", "|": "write `or`", "!": "write `!=`, `!~` or `unless`"}


def words(text: str) -> frozenset[str]:
    """The words of a text: a list of names is easier to read as one."""
    return frozenset(text.split())


class Kind(StrEnum):
    """What a token is."""

    NUMBER = "number"
    DURATION = "duration"
    SIZE = "size"
    STRING = "string"
    IDENTIFIER = "identifier"
    KEYWORD = "keyword"
    OPERATOR = "operator"
    BRACKET = "bracket"
    COMMA = "comma"
    FLAG = "flag"
    RANGE = "range"
    COMMENT = "comment"


class Token(NamedTuple):
    """A piece of the text; `start` and `end` count its code points."""

    kind: Kind
    text: str
    start: int
    end: int

    @property
    def span(self) -> tuple[int, int]:
        """Where the token stands."""
        return self.start, self.end

    @property
    def word(self) -> str:
        """The text as the languages compare it: keywords and functions are the same in any case."""
        return self.text.lower()

    @property
    def value(self) -> str:
        """What a string means."""
        return unquote(self.text)

    def is_sign(self, *texts: str) -> bool:
        """Whether this is one of the operators, brackets or the comma."""
        return self.kind in (Kind.OPERATOR, Kind.BRACKET, Kind.COMMA) and self.text in texts

    def is_keyword(self, *words: str) -> bool:
        """Whether this is one of the keywords (or of all, when none is named)."""
        return self.kind is Kind.KEYWORD and (not words or self.word in words)


@dataclass(frozen=True, eq=False)
class Dialect:
    """What makes one language's tokens differ from the other's."""

    keywords: frozenset[str]
    operators: frozenset[str]
    quotes: str
    identifier: re.Pattern[str]
    duration: re.Pattern[str]
    number: re.Pattern[str]
    ordered_durations: bool
    size: re.Pattern[str] | None = None
    flag: re.Pattern[str] | None = None
    number_words: frozenset[str] = frozenset()
    by_length: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_length", tuple(sorted(self.operators, key=len, reverse=True)))


# One expression is read by several questions in a row: its soundness, its shape, its labels.
@lru_cache(maxsize=65536)
def tokenize(text: str, dialect: Dialect) -> tuple[Token, ...]:
    """All tokens of the text, comments included; brackets need not be balanced."""
    return tuple(_Lexer(text, dialect).run())


class _Lexer:
    def __init__(self, text: str, dialect: Dialect) -> None:
        self.text = text
        self.dialect = dialect
        self.at = 0
        self.tokens: list[Token] = []
        self.previous: Token | None = None
        self.open: list[str] = []

    def run(self) -> list[Token]:
        while self.at < len(self.text):
            space = _SPACE.match(self.text, self.at)
            if space:
                self.at = space.end()
                continue
            token = self._next()
            self.tokens.append(token)
            self.at = token.end
            if token.kind is not Kind.COMMENT:
                self._enter(token)
                self.previous = token
        return self.tokens

    def _enter(self, token: Token) -> None:
        if token.kind is not Kind.BRACKET:
            return
        if token.text in OPENERS:
            labels = self.previous is not None and self.previous.is_keyword(*GROUPINGS)
            self.open.append("labels" if token.text == "(" and labels else token.text)
        elif self.open:
            self.open.pop()

    def _token(self, kind: Kind, end: int) -> Token:
        return Token(kind, self.text[self.at : end], self.at, end)

    def _next(self) -> Token:
        sign = self.text[self.at]
        if sign == "#":
            match = _COMMENT.match(self.text, self.at)
            return self._token(Kind.COMMENT, match.end() if match else len(self.text))
        if sign in self.dialect.quotes or sign == "`":
            return self._string(sign)
        if sign in "()[]{}":
            return self._token(Kind.BRACKET, self.at + 1)
        if sign == ",":
            return self._token(Kind.COMMA, self.at + 1)
        if sign in _MAY_START_NUMBER and (number := self._number()) is not None:
            return number
        return self._word() or self._operator()

    def _string(self, mark: str) -> Token:
        end = self.at + 1
        while end < len(self.text) and self.text[end] != mark:
            if mark != "`" and self.text[end] == "\n":
                break
            end += 2 if mark != "`" and self.text[end] == "\\" else 1
        if end >= len(self.text) or self.text[end] != mark:
            line_end = self.text.find("\n", self.at)
            stop = len(self.text) if line_end < 0 else line_end
            raise LangError("the string is never closed", (self.at, stop), f"end it with {mark}")
        token = self._token(Kind.STRING, end + 1)
        try:
            unquote(token.text)
        except LangError as error:
            raise error.shifted(token.start) from None
        return token

    def _number(self) -> Token | None:
        candidates = [
            (Kind.DURATION, self.dialect.duration),
            (Kind.SIZE, self.dialect.size),
            (Kind.NUMBER, self.dialect.number),
        ]
        found = [
            (match.end(), kind)
            for kind, pattern in candidates
            if pattern is not None and (match := pattern.match(self.text, self.at))
        ]
        if not found:
            return None
        end, kind = max(found, key=lambda item: item[0])
        rest = _WORD_GOES_ON.match(self.text, end)
        if rest:
            span = (self.at, rest.end())
            raise LangError(
                f"`{self.text[slice(*span)]}` is no number and no duration",
                span,
                "write for example `5` or `5m`",
            )
        token = self._token(kind, end)
        if kind is Kind.DURATION and self.dialect.ordered_durations:
            try:
                parse_duration(token.text)
            except LangError as error:
                raise error.shifted(token.start) from None
        return token

    def _word(self) -> Token | None:
        inside = self.open[-1] if self.open else ""
        # In `[1h:5m]` and `[$x:]` the colon parts range and step; elsewhere it belongs to a metric's name.
        if inside == "[" and self.text[self.at] == ":":
            return self._token(Kind.OPERATOR, self.at + 1)
        match = self.dialect.identifier.match(self.text, self.at)
        if match is None:
            return self._flag()
        end = match.end()
        if inside in ("[", "{"):
            colon = self.text.find(":", self.at, end)
            end = colon if colon >= 0 else end
        word = self.text[self.at : end].lower()
        if end == self.at:
            return None
        if inside not in ("{", "labels"):
            if word in self.dialect.keywords:
                return self._token(Kind.KEYWORD, end)
            if word in self.dialect.number_words:
                return self._token(Kind.NUMBER, end)
        elif inside == "{" and word == "or":
            return self._token(Kind.KEYWORD, end)
        return self._token(Kind.IDENTIFIER, end)

    def _flag(self) -> Token | None:
        match = self.dialect.flag.match(self.text, self.at) if self.dialect.flag else None
        return self._token(Kind.FLAG, match.end()) if match else None

    def _operator(self) -> Token:
        for operator in self.dialect.by_length:
            if self.text.startswith(operator, self.at):
                return self._token(Kind.OPERATOR, self.at + len(operator))
        sign = self.text[self.at]
        width = 2 if self.text[self.at : self.at + 2] in ("&&", "||") else 1
        shown = self.text[self.at : self.at + width]
        help = _INSTEAD.get(sign)
        if sign == "$":
            help = "variables such as `$__rate_interval` are Grafana's: a query here says the range itself"
        elif sign in "“”„‘’":
            help = 'write straight quotes: "'
        raise LangError(f"`{shown}` has no meaning here", (self.at, self.at + width), help)
