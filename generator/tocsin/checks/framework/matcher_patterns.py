"""Values of Alertmanager's matchers that are compared otherwise than they look."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.lang.alertmanager.matchers import Matcher

REGEX_SIGNS = re.compile(r"\.[*+]|\[[^\]]{1,200}\][*+]|\(\?[a-zA-Z:]|\\[dw][*+]?|^\^|^[1-5]\.\.$")
"""What only a regular expression has."""
ALTERNATIVES = re.compile(r"[A-Za-z0-9_-]{2,}(?:\|[A-Za-z0-9_-]{2,})+")
GLOB = re.compile(r"[\w:/@-]*[A-Za-z0-9_/@-]\*|\*[\w.:/@-]+")
"""A pattern of file names."""
BARE_STAR = re.compile(r"(?<![.)\]}])(?<!\\.)\*")
"""A star that repeats a sign of a text, not `.` or a group."""
OF_PATTERNS = frozenset(
    {"route", "path", "uri", "url", "handler", "pattern", "regex", "regexp", "resource", "location", "le"}
)
"""Labels whose values are patterns of a router, written out."""
_LIST = re.compile(r"[A-Za-z][\w-]+(?: ?, ?[A-Za-z][\w-]+)+")
_OF_ONE = frozenset(
    {
        "alertname",
        "severity",
        "namespace",
        "job",
        "team",
        "service",
        "env",
        "environment",
        "cluster",
        "priority",
    }
)
"""Labels that hold one name by convention, so that a comma parts two of them."""


@value_object
class Misread:
    """A matcher that Alertmanager reads otherwise than it was meant."""

    message: str
    help: str


def why_misread(matcher: Matcher) -> Misread | None:
    """How a matcher is read otherwise than it looks; None where nothing says so."""
    name, op, value = matcher.name, matcher.op, matcher.value
    if name in OF_PATTERNS:
        return None
    is_list = name in _OF_ONE and _LIST.fullmatch(value) is not None
    alternatives = "|".join(one.strip() for one in value.split(","))
    right = "=~" if op in ("=", "=~") else "!~"
    if op in ("=~", "!~"):
        if is_list:
            return Misread(
                f"a comma parts nothing in a regular expression: `{value}` is one name",
                f'write `{name}{op}"{alternatives}"`',
            )
        if any(map(GLOB.fullmatch, value.split("|"))):
            return Misread(
                f"`{value}` is a regular expression, in which `*` repeats the character before it",
                f'write `{name}{op}"{BARE_STAR.sub(".*", value)}"`',
            )
        return None
    if value == "*":
        return Misread(
            f"`{op}` compares letter by letter: `*` is the name `*`",
            f'leave the matcher out, or write `{name}=~".+"` for every value'
            if op == "="
            else f'write `{name}=""` for alerts without the label',
        )
    if is_list:
        return Misread(
            f"`{op}` compares letter by letter: `{value}` is one name, not a list",
            f'write `{name}{right}"{alternatives}"`',
        )
    if GLOB.fullmatch(value):
        return Misread(
            f"`{op}` compares letter by letter, and `{value}` looks like a pattern of file names",
            f'write `{name}{right}"{BARE_STAR.sub(".*", value)}"`',
        )
    if REGEX_SIGNS.search(value) or ALTERNATIVES.fullmatch(value):
        return Misread(
            f"`{op}` compares letter by letter, and `{value}` looks like a regular expression",
            f'write `{name}{right}"{value}"`',
        )
    return None
