"""Grafana's variables in queries: which there are, and a query that means the same to a parser.

The built-in names are those of Grafana's documentation, "Global variables".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Mapping

_VARIABLE = regex_on_use(
    r"\$\{(?P<braced>[A-Za-z_]\w*)(?::[^{}]*|\.[^{}]*)?\}"
    r"|\[\[(?P<old>[A-Za-z_]\w*)(?::\w+)?\]\]|\$(?P<bare>[A-Za-z_]\w*)"
)
_STRING = regex_on_use(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`")
_SIGNS = regex_on_use(r"[\\$^*{}\[\]'+?.()|]")
_NUMBERS = frozenset({"__interval_ms", "__range_s", "__range_ms", "__from", "__to", "__rate_interval_ms"})
_BUILT_IN = frozenset({"timeFilter", "interval", "dashboard"})


class Used(NamedTuple):
    """A variable in a query, and where."""

    name: str
    span: tuple[int, int]
    in_string: bool


def variables(query: str) -> tuple[Used, ...]:
    """The variables of a query, in its order."""
    strings = [found.span() for found in _STRING.finditer(query)]
    return tuple(
        Used(
            found["braced"] or found["old"] or found["bare"],
            found.span(),
            any(start < found.start() and found.end() < end for start, end in strings),
        )
        for found in _VARIABLE.finditer(query)
    )


def interpolated(query: str, values: Mapping[str, str]) -> str:
    """The query with the values of variables in their places, as Grafana sends it."""
    for used in reversed(variables(query)):
        if used.name in values:
            start, end = used.span
            query = query[:start] + values[used.name] + query[end:]
    return query


def chosen_value(value: str) -> str:
    """A value as it stands in a string of PromQL for a variable that can have several: a pattern, quoted."""
    return _SIGNS.sub(r"\\\\\g<0>", value)


def is_built_in(name: str) -> bool:
    """Whether Grafana defines the variable itself."""
    return name.startswith("__") or name in _BUILT_IN


def filled_in(query: str) -> str | None:
    """The query with something as long for each variable; None where one may be a name or more than that."""
    text = query
    for used in variables(query):
        start, end = used.span
        before, behind = text[:start], text[end:]
        width = end - start
        if used.in_string:
            filler = "x" * width
        elif (before.rstrip()[-1:] in ("[", ":") and behind.lstrip()[:1] in ("]", ":")) or re.search(
            r"\boffset\s*-?\s*$", before
        ):
            filler = "5m".rjust(width, "0")
        elif used.name in _NUMBERS and not re.match(r"\w", behind) and not re.search(r"\w$", before):
            filler = "1".ljust(width)
        else:
            return None
        text = before + filler + behind
    return text


def _is_duration(before: str, behind: str) -> bool:
    """Whether a duration belongs between two parts of a query: in brackets, or behind `offset`."""
    inside = before.rstrip()[-1:] in ("[", ":") and behind.lstrip()[:1] in ("]", ":")
    return inside or re.search(r"\boffset\s*-?\s*$", before) is not None
