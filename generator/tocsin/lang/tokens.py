"""What tokens are in both query languages, and the words and signs that they share."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from tocsin.lang.strings import unquote

OPENERS = {"(": ")", "[": "]", "{": "}"}
CLOSERS = {close: open for open, close in OPENERS.items()}
COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})
SET_OPERATORS = frozenset({"and", "or", "unless"})
GROUPINGS = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})


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


SIGNS = frozenset({Kind.OPERATOR, Kind.BRACKET, Kind.COMMA})
"""The kinds of tokens that are known by their text alone."""


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
        return self.text in texts and self.kind in SIGNS

    def is_keyword(self, *words: str) -> bool:
        """Whether this is one of the keywords (or of all, when none is named)."""
        return self.kind is Kind.KEYWORD and (not words or self.word in words)
