"""The tokens of PromQL."""

from __future__ import annotations

import re

from tocsin.lang.tokens import Dialect, Kind, Token, words
from tocsin.lang.tokens import tokenize as _tokenize

__all__ = ["Kind", "Token", "tokenize"]

_DIALECT = Dialect(
    keywords=words(
        """
        and or unless atan2 bool by without on ignoring group_left group_right offset fill
        fill_left fill_right
        """
    ),
    operators=words("+ - * / % ^ == != >= <= > < = =~ !~ @ : </ >/"),
    quotes="\"'",
    identifier=re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*"),
    duration=re.compile(r"(?:[0-9]+(?:ms|[smhdwy]))+(?![0-9A-Za-z_])"),
    number=re.compile(
        r"0[xX][0-9a-fA-F_]+|(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]+)?"
    ),
    ordered_durations=True,
    number_words=frozenset({"inf", "nan"}),
)


def tokenize(text: str) -> tuple[Token, ...]:
    """The tokens of a PromQL text, comments included; a LangError for an open string or a stray sign."""
    return _tokenize(text, _DIALECT)
