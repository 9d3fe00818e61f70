"""Regular expressions as Prometheus, Alertmanager and Loki read them: RE2."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import re2

from tocsin.lang.errors import LangError

_GROUP = re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))")
"""A group in a template of Go: `$1`, `${name}`; `$$` is a dollar."""
_META = re.compile(r"[\\.+*?()|\[\]{}^$]")
_PLAIN_START = re.compile(r"[A-Za-z0-9_/:@ -]*")
_REPEATING = frozenset("?*+{")
_MOST_TEXTS = 100
_LONGEST_LISTED = 5000
_DEEPEST_GROUP = 20
_EVERYTHING = frozenset({".*", "(.*)", "(?:.*)", "^.*$", "^(.*)$", ".*.*", "(?s).*", "(?s:.*)"})
_ANYTHING_BUT_NOTHING = frozenset({".+", "(.+)", "(?:.+)", "^.+$", "^(.+)$", "..*", ".+.*", "(?s:.+)"})


@lru_cache(maxsize=4096)
def _compile(pattern: str, *, dot_is_any: bool = True) -> tuple[Any, str | None]:
    options = re2.Options()
    options.log_errors = False
    options.dot_nl = dot_is_any
    try:
        return re2.compile(pattern, options=options), None
    except re2.error as error:
        detail = error.args[0] if error.args else b""
        return None, detail.decode(errors="replace") if isinstance(detail, bytes) else str(detail)
    except UnicodeEncodeError:
        return None, "it is not valid Unicode"


def quote_regex(text: str) -> str:
    """The regular expression that matches this very text."""
    return _META.sub(r"\\\g<0>", text)


def check_regex(pattern: str, span: tuple[int, int], *, wrapped: bool = False) -> None:
    """Raise a LangError at `span` unless the pattern is valid RE2.

    `wrapped` judges it as those places do that only put `^(?:` and `)$` around it, where `a)(b` is valid.
    """
    problem = _compile(f"^(?:{pattern})$" if wrapped else pattern)[1]
    if problem is not None and wrapped:
        problem = _compile(pattern)[1] or problem
    if problem is not None:
        help = None
        if any(look in pattern for look in ("(?=", "(?!", "(?<=", "(?<!")):
            help = "RE2 has no look-ahead and no look-behind: use a second matcher with `!~`"
        elif pattern.startswith("*") and _compile(f".{pattern}")[1] is None:
            help = f"`*` repeats what stands before it; for any text, write `.{pattern}`"
        raise LangError(f"`{pattern}` is not a valid regular expression (RE2): {problem}", span, help)


def find_match(pattern: str, text: str) -> tuple[int, int] | None:
    """Where the pattern, which has to be valid, first matches a part of the text."""
    compiled, problem = _compile(pattern)
    if problem is not None:
        raise LangError(f"`{pattern}` is not a valid regular expression (RE2): {problem}", (0, len(pattern)))
    found = compiled.search(text)
    return None if found is None else found.span()


def is_regex(pattern: str) -> bool:
    """Whether the pattern is valid RE2."""
    return _compile(pattern)[1] is None


def matches_whole(pattern: str, value: str, *, dot_is_any: bool = True) -> bool:
    """Whether the whole value matches the pattern, which has to be valid.

    For Prometheus and Loki `.` is any character; for Alertmanager it is any but the line feed.
    """
    compiled, problem = _compile(pattern, dot_is_any=dot_is_any)
    if problem is not None:
        raise LangError(f"`{pattern}` is not a valid regular expression (RE2): {problem}", (0, len(pattern)))
    return compiled.fullmatch(value) is not None


def group_names(pattern: str) -> tuple[str, ...]:
    """The names of the pattern's groups, in their order; it has to be valid."""
    compiled, problem = _compile(pattern)
    if problem is not None:
        raise LangError(f"`{pattern}` is not a valid regular expression (RE2): {problem}", (0, len(pattern)))
    return tuple(sorted(compiled.groupindex, key=compiled.groupindex.__getitem__))


def count_groups(pattern: str) -> int:
    """How many groups the pattern has, which has to be valid."""
    compiled, problem = _compile(pattern)
    if problem is not None:
        raise LangError(f"`{pattern}` is not a valid regular expression (RE2): {problem}", (0, len(pattern)))
    return int(compiled.groups)


def unknown_groups(pattern: str, template: str) -> list[tuple[str, str]]:
    """The groups that a template of Go names and the pattern, which has to be valid, does not have.

    Each with its name and as it is written: `1_total` and `$1_total`.
    """
    known = {*group_names(pattern), *map(str, range(count_groups(pattern) + 1))}
    named = ((found[1] or found[2], found[0]) for found in _GROUP.finditer(template))
    return [(name, written) for name, written in named if name is not None and name not in known]


def groups_of_whole(pattern: str, value: str) -> dict[str, str] | None:
    """The groups of a match with the whole value, by number and by name; None where there is no match."""
    compiled, problem = _compile(pattern)
    if problem is not None:
        raise LangError(f"`{pattern}` is not a valid regular expression (RE2): {problem}", (0, len(pattern)))
    match = compiled.fullmatch(value)
    if match is None:
        return None
    found = {str(number): match.group(number) or "" for number in range(compiled.groups + 1)}
    return found | {name: text or "" for name, text in match.groupdict().items()}


def matches_everything(pattern: str) -> bool:
    """Whether the pattern surely matches every text; a pattern of an unusual form is not recognised."""
    return pattern in _EVERYTHING


def matches_all_but_nothing(pattern: str) -> bool:
    """Whether the pattern surely matches every text except the empty one, as `.+` does."""
    return pattern in _ANYTHING_BUT_NOTHING


@lru_cache(maxsize=4096)
def literal_texts(pattern: str) -> frozenset[str] | None:
    """All texts that the pattern matches as a whole, such as two for `a|b`; None where they are too many."""
    if len(pattern) > _LONGEST_LISTED:
        return None
    if "(" not in pattern and "|" in pattern and "[" not in pattern:
        pattern = "|".join(part.removeprefix("^").removesuffix("$") for part in pattern.split("|"))
    listing = _Listing(pattern.removeprefix("^").removesuffix("$"))
    try:
        found = listing.alternatives(0)
    except _TooManyError:
        return None
    return found if listing.at == len(listing.pattern) else None


def literal_prefix(pattern: str) -> str:
    """What every text begins with that the pattern matches as a whole; the pattern has to be valid.

    It is read off the plain characters that the pattern begins with, and empty where these are none.
    """
    pattern = pattern.removeprefix("^")
    found = _PLAIN_START.match(pattern)
    if found is None or "|" in pattern:
        return ""
    # What repeats the last sign may leave it out.
    return found[0][:-1] if pattern[found.end() :][:1] in _REPEATING else found[0]


class _TooManyError(Exception):
    """A pattern that stands for more texts than one can list."""


class _Listing:
    """Reads alternatives, groups, small classes, `?` and escaped signs; everything else is too many."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def alternatives(self, depth: int) -> frozenset[str]:
        if depth > _DEEPEST_GROUP:
            raise _TooManyError
        found = self._sequence(depth)
        while self._next() == "|":
            self.at += 1
            found |= self._sequence(depth)
        return self._bounded(found)

    def _sequence(self, depth: int) -> frozenset[str]:
        found = frozenset({""})
        while (sign := self._next()) and sign not in "|)":
            atom = self._atom(depth)
            if self._next() == "?":
                self.at += 1
                atom |= {""}
            if self._next() and self._next() in "*+{?":
                raise _TooManyError
            if len(found) * len(atom) > _MOST_TEXTS:
                raise _TooManyError
            found = frozenset(start + end for start in found for end in atom)
        return found

    def _atom(self, depth: int) -> frozenset[str]:
        sign = self._next()
        self.at += 1
        if sign == "(":
            if self.pattern.startswith("?:", self.at):
                self.at += 2
            elif self._next() == "?":
                raise _TooManyError
            found = self.alternatives(depth + 1)
            if self._next() != ")":
                raise _TooManyError
            self.at += 1
            return found
        if sign == "[":
            return self._class()
        if sign == "\\":
            return frozenset({self._escaped()})
        if sign in ".*+?{^$":
            raise _TooManyError
        return frozenset({sign})

    def _class(self) -> frozenset[str]:
        found: set[str] = set()
        while (sign := self._next()) != "]" or not found:
            self.at += 1
            if not sign or sign == "^" or (sign == "[" and self._next() == ":"):
                raise _TooManyError
            first = self._escaped() if sign == "\\" else sign
            last = first
            if self._next() == "-" and self.pattern[self.at + 1 : self.at + 2] not in ("", "]", "\\"):
                last = self.pattern[self.at + 1]
                self.at += 2
            if ord(last) - ord(first) > _MOST_TEXTS:
                raise _TooManyError
            found.update(map(chr, range(ord(first), ord(last) + 1)))
        self.at += 1
        return self._bounded(frozenset(found))

    def _escaped(self) -> str:
        sign = self._next()
        self.at += 1
        if not sign or sign.isalnum():
            raise _TooManyError
        return sign

    def _next(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _bounded(self, texts: frozenset[str]) -> frozenset[str]:
        if len(texts) > _MOST_TEXTS:
            raise _TooManyError
        return texts


def expand_template(pattern: str, value: str, template: str) -> str:
    """What Go's `Regexp.Expand` makes of a template for a value that the pattern matches as a whole."""
    groups = groups_of_whole(pattern, value) or {}

    def text(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        return "$" if name is None else groups.get(name, "")

    return _GROUP.sub(text, template)


def named_groups(pattern: str, text: str) -> dict[str, str]:
    """What the named groups hold at the first match of the pattern in the text; none where it has none."""
    compiled, _ = _compile(pattern)
    match = None if compiled is None else compiled.search(text)
    return {} if match is None else {name: value or "" for name, value in match.groupdict().items()}
