"""Values of matchers that Alertmanager compares in another way than they suggest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding
from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.lang.alertmanager.matchers import Operator
    from tocsin.source.place import Place

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


@value_object
class Misread:
    """A matcher that Alertmanager does not read as its author meant it."""

    message: str
    matcher: Matcher
    meant: Matcher | None = None
    """What to write instead; None where that depends on the intention."""
    advice: str | None = None
    """The help where no one matcher is meant."""

    def finding(self, at: Place, about: Place) -> Finding:
        """The finding at the matcher, with the edit."""
        if self.meant is None:
            return Finding(self.message, at=at, help=self.advice, about=about)
        return Finding(
            self.message,
            at=at,
            help=f"write `{self.meant.text()}`",
            about=about,
            fix=self.meant.text(),
            instead_of=self.matcher.text(),
            is_safe=True,
        )


def why_misread(matcher: Matcher) -> Misread | None:
    """How Alertmanager misreads a matcher; None where nothing suggests that it does."""
    name, op, value = matcher.name, matcher.op, matcher.value
    if name in OF_PATTERNS:
        return None
    is_regex = op in ("=~", "!~")
    bare = _IN_PARENTHESES.sub(r"\1", value) if is_regex else value
    is_list = name in _OF_ONE and _LIST.fullmatch(bare) is not None
    pattern_op: Operator = "=~" if op in ("=", "=~") else "!~"
    alternatives = Matcher(name, pattern_op, "|".join(one.strip() for one in bare.split(",")))
    as_glob = Matcher(name, pattern_op, BARE_STAR.sub(".*", value))
    if is_regex and is_list:
        said = f"a comma parts nothing in a regular expression: `{value}` is one name"
        return Misread(said, matcher, alternatives)
    if is_regex:
        said = f"`{value}` is a regular expression, in which `*` repeats the character before it"
        is_glob = any(map(GLOB.fullmatch, value.split("|")))
        return Misread(said, matcher, as_glob) if is_glob else None
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
    if REGEX_SIGNS.search(value) or ALTERNATIVES.fullmatch(value):
        said = f"{letters}, and `{value}` looks like a regular expression"
        return Misread(said, matcher, Matcher(name, pattern_op, value))
    return None
