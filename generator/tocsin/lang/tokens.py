"""What tokens are in both query languages, and the words and signs that they share."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from tocsin.lang.strings import unquote_string

if TYPE_CHECKING:
    from collections.abc import Callable

OPENERS = {"(": ")", "[": "]", "{": "}"}
CLOSERS = {close: open for open, close in OPENERS.items()}
COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})
SET_OPERATORS = frozenset({"and", "or", "unless"})
GROUPINGS = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})


def split_words(text: str) -> frozenset[str]:
    """The words of a text: a list of names is easier to read as one."""
    return frozenset(text.split())


class TokenKind(StrEnum):
    """What a token is.

    Where every token is asked, it is compared with a name that is bound once: Python 3.11 takes ten times as
    long for a member of an enum as for a name of the module.
    """

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
    END = "end"
    """Behind the last token."""


_KEYWORD = TokenKind.KEYWORD


class Token(NamedTuple):
    """A piece of the text; the span counts its code points."""

    kind: TokenKind
    text: str
    span: tuple[int, int]

    @property
    def start(self) -> int:
        """Where the token begins."""
        return self.span[0]

    @property
    def end(self) -> int:
        """Where the token ends."""
        return self.span[1]

    @property
    def word(self) -> str:
        """The text as the languages compare it: keywords and functions are the same in any case."""
        return self.text.lower()

    @property
    def value(self) -> str:
        """What a string means."""
        return unquote_string(self.text)

    def is_sign(self, *texts: str) -> bool:
        """Whether this is one of the operators, brackets or the comma, which no other token looks like."""
        return self.text in texts

    def is_keyword(self, *words: str) -> bool:
        """Whether this is one of the keywords (or of all, when none is named)."""
        return self.kind is _KEYWORD and (not words or self.text.lower() in words)


# By C alone: a large spec has half a million tokens, and the constructor of the class takes twice the time.
as_token: Callable[[tuple[TokenKind, str, tuple[int, int]]], Token] = partial(tuple.__new__, Token)
"""The token of its three values."""
