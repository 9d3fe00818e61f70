"""What the labels of some alerts can be, divided by whether they meet the matchers of a route.

Matchers are patterns as well, so that a set may turn out to have no value only after a search, or may stay
undecided. Sets that have to be written down again as matchers are `lang.listed_labels`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.lang.automata import UndecidedError, UnsupportedError, witness
from tocsin.lang.errors import LangError
from tocsin.lang.flow.label_values import NOTHING, LabelValues
from tocsin.lang.regexes import check_regex

if TYPE_CHECKING:
    from tocsin.lang.alertmanager.matchers import Matcher, Operator

PossibleLabels = Mapping[str, LabelValues]
"""What each label can be, by its name; labels do not depend on each other."""
UNDECIDED = "?"
"""Stands for a value where none could be found in time."""
_OPPOSITE: dict[Operator, Operator] = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}


def divide_by_matchers(
    sets: PossibleLabels, matchers: tuple[Matcher, ...]
) -> tuple[PossibleLabels | None, list[PossibleLabels]]:
    """The alerts that meet all matchers, None where there are none; and the others in disjoint parts."""
    met = sets
    others: list[PossibleLabels] = []
    for matcher in matchers:
        values = met[matcher.name]
        # Most routes ask for another value than an alert has: that is decided without any set.
        if values.listed is not None and matcher.op == "=" and matcher.value not in values.listed:
            return None, [sets]
        yes, no = divide(values, matcher.op, matcher.value)
        if yes is NOTHING:
            return None, [sets]
        if no is not NOTHING:
            others.append({**met, matcher.name: no})
            met = {**met, matcher.name: yes}
    return met, others


@lru_cache(maxsize=262_144)
def divide(values: LabelValues, op: Operator, value: str) -> tuple[LabelValues, LabelValues]:
    """The values that meet a matcher, and the others; NOTHING itself where there are none.

    Of a pattern that cannot be read nothing is known: all values may meet it, and may not.
    """
    try:
        check_regex(value if op in ("=~", "!~") else "", (0, 0))
    except LangError:
        return values, values
    yes = values.narrowed(op, value)
    if values.listed is not None and yes.listed is not None:
        left = values.listed - yes.listed
        return (yes if yes.listed else NOTHING), (LabelValues(left) if left else NOTHING)
    no = values.narrowed(_OPPOSITE[op], value)
    return (yes if is_possible(yes) else NOTHING), (no if is_possible(no) else NOTHING)


def is_possible(values: LabelValues) -> bool:
    """Whether some value is in the set; one that cannot be decided counts as possible."""
    if values.listed is not None:
        return bool(values.listed)
    # What lets all but a few values through is never empty.
    if not any(op == "=~" for op, _ in values.conditions):
        patterns = sum(op == "!~" for op, _ in values.conditions)
        if not patterns:
            return True
    return least_value(values) is not None


@lru_cache(maxsize=65_536)
def least_value(values: LabelValues) -> str | None:
    """A value of the set, the empty one where it is among them; `?` where none could be found in time."""
    if values.allows(""):
        return ""
    if values.listed is not None:
        return min(values.listed, default=None)
    by_op: dict[str, list[str]] = {"!=": [], "=~": [], "!~": []}
    for op, value in sorted(values.conditions):
        by_op[op].append(value)
    try:
        return witness(by_op["=~"], by_op["!~"], [*by_op["!="]])
    except (UndecidedError, UnsupportedError):
        return UNDECIDED
