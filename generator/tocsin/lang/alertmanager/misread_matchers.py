"""Values of matchers that are compared in another way than they suggest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.text.regex_on_use import regex_on_use
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.lang.alertmanager.matchers import Operator

REGEX_SIGNS = re.compile(r"\.[*+]|\[[^\]]{1,200}\][*+]|\(\?[a-zA-Z:]|\\[dw][*+]?|^\^|^[1-5]\.\.$")
"""Found in regular expressions only."""
ALTERNATIVES = re.compile(r"[A-Za-z0-9_-]{2,}(?:\|[A-Za-z0-9_-]{2,})+")
GLOB = re.compile(r"[\w:/@-]*[A-Za-z0-9_/@-]\*|\*[\w.:/@-]+")
"""A glob pattern, as for file names."""
BARE_STAR = re.compile(r"(?<![.)\]}])(?<!\\.)\*")
"""A star that repeats a sign of a text, not `.` or a group."""
OF_PATTERNS = frozenset(
    {"route", "path", "uri", "url", "handler", "pattern", "regex", "regexp", "resource", "location", "le"}
)
"""Labels whose values are patterns of a router, written out."""
_LIST = re.compile(r"[A-Za-z][\w-]+(?: ?, ?[A-Za-z][\w-]+)+")
_IN_PARENTHESES = re.compile(r"\A\((?:\?:)?([^()]*)\)\Z")
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


_BEGINS_SO = regex_on_use(r"\^(?P<inside>.*(?:[-_]|\\\.))")
_ENDS_SO = regex_on_use(r"(?P<inside>(?:[-_]|\\\.).*)\$")
_GROUPED = regex_on_use(r"\([^()]*\)")
_WORDS_BEGIN = regex_on_use(r"\^(?P<inside>\((?:\?:)?[\w-]+(?:\|[\w-]+)+\))")


@value_object
class Misread:
    """A matcher that is not read as its author meant it."""

    message: str
    matcher: Matcher
    meant: Matcher | None = None
    """What to write instead; None where that depends on the intention."""
    advice: str | None = None
    """The help where no one matcher is meant."""


def why_misread(matcher: Matcher) -> Misread | None:
    """How a matcher is read otherwise than meant; None where nothing suggests that it is."""
    name, op, value = matcher.name, matcher.op, matcher.value
    if name in OF_PATTERNS:
        return None
    is_regex = op in ("=~", "!~")
    bare = _IN_PARENTHESES.sub(r"\1", value) if is_regex else value
    # Nobody writes `=~` for one name that has a comma in it.
    is_list = (is_regex or name in _OF_ONE) and _LIST.fullmatch(bare) is not None
    pattern_op: Operator = "=~" if op in ("=", "=~") else "!~"
    alternatives = Matcher(name, pattern_op, "|".join(one.strip() for one in bare.split(",")))
    as_glob = Matcher(name, pattern_op, BARE_STAR.sub(".*", value))
    if is_regex and is_list:
        said = f"a comma parts nothing in a regular expression: `{value}` is one name"
        return Misread(said, matcher, alternatives)
    if is_regex:
        said = f"`{value}` is a regular expression, in which `*` repeats the character before it"
        if any(map(GLOB.fullmatch, value.split("|"))):
            return Misread(said, matcher, as_glob)
        return _of_part(matcher)
    letters = f"`{op}` compares letter by letter"
    if value == "*":
        every = f'leave the matcher out, or write `{name}=~".+"` for every value'
        without = f'write `{name}=""` for alerts without the label'
        said = f"{letters}: `*` is the name `*`"
        return Misread(said, matcher, advice=every if op == "=" else without)
    if is_list:
        return Misread(f"{letters}: `{value}` is one name, not a list", matcher, alternatives)
    if GLOB.fullmatch(value):
        return Misread(f"{letters}, and `{value}` looks like a pattern of file names", matcher, as_glob)
    if is_pattern(value):
        said = f"{letters}, and `{value}` looks like a regular expression"
        return Misread(said, matcher, Matcher(name, pattern_op, value))
    return None


def pattern_of_part(pattern: str) -> str | None:
    """The pattern that somebody meant who wrote `^web-` for all that begins so; None for any other.

    A pattern has to match the whole value, and no value ends in a separator.
    """
    if "|" in _GROUPED.sub("", pattern):
        return None
    found = _BEGINS_SO.fullmatch(pattern)
    if found is not None:
        return f"{found['inside']}.*"
    found = _ENDS_SO.fullmatch(pattern)
    return None if found is None else f".*{found['inside']}"


def _of_part(matcher: Matcher) -> Misread | None:
    """A pattern that somebody anchors at one end, as if it were not anchored at the other one."""
    value = matcher.value
    meant, words = pattern_of_part(value), _WORDS_BEGIN.fullmatch(value)
    if meant is not None:
        said = f"`{value}` has to match the whole value, and only a part of one looks so"
        return Misread(said, matcher, Matcher(matcher.name, matcher.op, meant))
    if words is None:
        return None
    longer, whole = f"{words['inside']}.*", words["inside"]
    said = f"`{value}` has to match the whole value: what only begins so does not meet it"
    advice = f"write `{longer}` for what begins so, or `{whole}` for these values alone"
    return Misread(said, matcher, advice=advice)


def is_pattern(value: str) -> bool:
    """Whether a text looks like a regular expression, or like a pattern of file names."""
    return any((GLOB.fullmatch(value), REGEX_SIGNS.search(value), ALTERNATIVES.fullmatch(value)))
