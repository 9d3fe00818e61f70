"""Regular expressions as Prometheus, Alertmanager and Loki read them: RE2."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import re2

from tocsin.lang.errors import LangError

_META = re.compile(r"[\\.+*?()|\[\]{}^$]")


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


def quote(text: str) -> str:
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
        raise LangError(f"`{pattern}` is no valid regular expression (RE2): {problem}", span, help)


def find(pattern: str, text: str) -> tuple[int, int] | None:
    """Where the pattern, which has to be valid, first matches a part of the text."""
    compiled, problem = _compile(pattern)
    if problem is not None:
        raise LangError(f"`{pattern}` is no valid regular expression (RE2): {problem}", (0, len(pattern)))
    found = compiled.search(text)
    return None if found is None else found.span()


def matches_whole(pattern: str, value: str, *, dot_is_any: bool = True) -> bool:
    """Whether the whole value matches the pattern, which has to be valid.

    For Prometheus and Loki `.` is any character; for Alertmanager it is any but the line feed.
    """
    compiled, problem = _compile(pattern, dot_is_any=dot_is_any)
    if problem is not None:
        raise LangError(f"`{pattern}` is no valid regular expression (RE2): {problem}", (0, len(pattern)))
    return compiled.fullmatch(value) is not None


def group_names(pattern: str) -> tuple[str, ...]:
    """The names of the pattern's groups, in their order; it has to be valid."""
    compiled, problem = _compile(pattern)
    if problem is not None:
        raise LangError(f"`{pattern}` is no valid regular expression (RE2): {problem}", (0, len(pattern)))
    return tuple(sorted(compiled.groupindex, key=compiled.groupindex.__getitem__))


def groups_of_whole(pattern: str, value: str) -> dict[str, str] | None:
    """The groups of a match with the whole value, by number and by name; None where there is no match."""
    compiled, problem = _compile(pattern)
    if problem is not None:
        raise LangError(f"`{pattern}` is no valid regular expression (RE2): {problem}", (0, len(pattern)))
    match = compiled.fullmatch(value)
    if match is None:
        return None
    found = {str(number): match.group(number) or "" for number in range(compiled.groups + 1)}
    return found | {name: text or "" for name, text in match.groupdict().items()}
