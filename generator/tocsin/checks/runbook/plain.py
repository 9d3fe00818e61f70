"""What the mere text of a plain PromQL query tells, so that most of them are passed over without a parser."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.lang.promql.flow import Recordings

# Looking behind first keeps the search from trying each letter of each word.
_MATCHER = re.compile(r'(?<=[{,\s])([a-zA-Z_]\w*)\s*(=~|!=|=)\s*"([^"\\]*)"')
_CHOOSING = frozenset({"topk", "bottomk", "limitk"})
_CHOICE = re.compile(r"\b(?:topk|bottomk|limitk)\s*\(\s*[1-9][0-9]*\s*,")
"""One of at least one series, which surely leaves something."""
_REST = re.compile(r"[\w\s(){}\[\],.:]*")
_WORD = re.compile(r"[a-zA-Z_:][\w:]*")
_EMPTYING = frozenset(
    {
        *("and", "or", "unless", "atan2", "absent", "absent_over_time", "clamp", "limit_ratio"),
        *_CHOOSING,
    }
)
"""The operators, functions and aggregations that a plain text can have and that may leave nothing."""


@value_object
class PlainQuery:
    """A text of words, brackets and numbers, and of matchers in double quotes without escapes.

    It may be no PromQL at all. Whatever it is, it has no strings and no operators but those that are words.
    """

    words: frozenset[str]
    """Outside of the matchers: its metrics, functions, keywords, and the labels of groups."""
    matchers: tuple[tuple[str, str, str], ...]
    """The label, the operator and the value of each."""

    def surely_returns(self, recordings: Recordings) -> bool:
        """Whether nothing in it can make it return nothing for ever, so far as it is PromQL."""
        labels = {label for label, _, _ in self.matchers}
        # Matchers of one label may contradict each other.
        if len(labels) < len(self.matchers) or "__name__" in labels:
            return False
        return not any(
            word.lower() in _EMPTYING or word.startswith("ALERTS") or word in recordings
            for word in self.words
        )


@lru_cache(maxsize=16384)
def plain_query(text: str) -> PlainQuery | None:
    """The words and matchers of a text; None where only the parser can tell what it says."""
    outside, *matchers = _MATCHER.split(text)
    rest = " ".join((outside, *matchers[3::4]))
    if _REST.fullmatch(rest) is None:
        return None
    words = frozenset(_WORD.findall(rest))
    if not words.isdisjoint(_CHOOSING):
        words = frozenset(_WORD.findall(_CHOICE.sub(" ", rest)))
    return PlainQuery(words, tuple(zip(matchers[::4], matchers[1::4], matchers[2::4], strict=True)))
