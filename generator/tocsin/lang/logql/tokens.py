"""The tokens of LogQL."""

from __future__ import annotations

import re

from tocsin.lang.tokens import Dialect, Kind, Token, words
from tocsin.lang.tokens import tokenize as _tokenize

__all__ = ["Kind", "Token", "tokenize"]

_DIALECT = Dialect(
    keywords=words(
        """
        and or unless bool by without on ignoring group_left group_right offset
        """
    ),
    operators=words("+ - * / % ^ == != >= <= > < = =~ !~ | |= |~ |> !> @"),
    quotes='"',
    identifier=re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*"),
    duration=re.compile(r"(?:[0-9]+(?:\.[0-9]*)?(?:ns|us|µs|μs|ms|[smhdwy]))+(?![0-9A-Za-z_])"),
    size=re.compile(r"[0-9]+(?:\.[0-9]*)?[kKmMgGtTpP]?i?[bB](?![0-9A-Za-z_])"),
    number=re.compile(r"0[xX][0-9a-fA-F]+|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"),
    ordered_durations=False,
    flag=re.compile(r"--[a-z][a-z-]*"),
    number_words=frozenset({"inf", "nan"}),
)


def tokenize(text: str) -> tuple[Token, ...]:
    """The tokens of a LogQL text, comments included; a LangError for an open string or a stray sign."""
    return _tokenize(text, _DIALECT)
