"""What the parsers `regexp` and `pattern` take out of a line, and what Loki refuses in them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.regexes import check_regex, group_names

if TYPE_CHECKING:
    from tocsin.lang.logql.ast import Text

# Escapes and classes are passed over; the group is the name of a capture.
_NAMED_GROUP = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*+(?:\]|\Z)|\(\?P?<(\w+)>", re.DOTALL)
_NAME = re.compile(r"[A-Za-z0-9_]+")
_CAPTURE = re.compile(r"<([A-Za-z_][A-Za-z0-9_]*)>")


def pattern_parts(pattern: str) -> tuple[tuple[str, bool], ...]:
    """The pieces of a pattern in their order: literal texts, and the names of captures with True."""
    parts: list[tuple[str, bool]] = []
    at = 0
    for match in _CAPTURE.finditer(pattern):
        if match.start() > at:
            parts.append((pattern[at : match.start()], False))
        parts.append((match[1], True))
        at = match.end()
    if at < len(pattern):
        parts.append((pattern[at:], False))
    return tuple(parts)


def check_pattern_parser(pattern: Text) -> None:
    """Raise a LangError unless the parser `pattern` takes it: named captures with text between them."""
    parts = pattern_parts(pattern.value)
    names = [text for text, capture in parts if capture and text != "_"]
    if not names:
        raise LangError("the pattern captures nothing", pattern.span, "name a part: `<status>`")
    check_no_neighbours(parts, pattern)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise LangError(f"the pattern captures `{twice}` twice", pattern.span, "name one of them `<_>`")


def check_no_neighbours(parts: tuple[tuple[str, bool], ...], pattern: Text) -> None:
    """Raise a LangError where two captures stand side by side."""
    for (left, is_left), (right, is_right) in pairwise(parts):
        if is_left and is_right:
            reason = f"nothing parts the captures `<{left}>` and `<{right}>`"
            raise LangError(reason, pattern.span, "put some text between them, or remove one")


def check_regexp_parser(pattern: Text) -> None:
    """Raise a LangError unless the parser `regexp` takes this text: RE2 with named captures."""
    check_regex(pattern.value, pattern.span)
    names = group_names(pattern.value)
    # Newer RE2 takes any letter, Go's library only these.
    strange = next((name for name in names if not _NAME.fullmatch(name)), None)
    if strange is not None:
        raise LangError(
            f"`{strange}` is not a valid name for a capture", pattern.span, "use letters, digits and `_`"
        )
    twice = next((name for name in names if _written(pattern.value).count(name) > 1), None)
    if twice is not None:
        reason = f"the regular expression captures `{twice}` twice"
        raise LangError(reason, pattern.span, "give one of them another name")
    if not names:
        help = "name a part: `(?P<status>[0-9]+)`"
        raise LangError("the regular expression captures nothing by name", pattern.span, help)


def _written(pattern: str) -> list[str]:
    """The names of a regular expression's captures, as often as they are written."""
    return [match[1] for match in _NAMED_GROUP.finditer(pattern) if match[1]]
