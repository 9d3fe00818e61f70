"""Whether labels pass a filter of labels, and values that pass one."""

from __future__ import annotations

import ipaddress
import math
import re
from typing import TYPE_CHECKING

from tocsin.lang.comparisons import COMPARED
from tocsin.lang.logql import numbers
from tocsin.lang.logql.ast import (
    AddressCondition,
    Both,
    DurationCondition,
    Either,
    LabelMatcher,
    NumberCondition,
    SizeCondition,
)
from tocsin.lang.logql.label_regexes import passing_pattern
from tocsin.lang.regex_samples import regex_samples
from tocsin.lang.regexes import matches_whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.lang.logql.ast import Condition, SingleCondition

_ADDRESSES = (re.compile("[0-9.]+"), re.compile("[0-9a-fA-F:.]+"))


def passes_condition(condition: Condition, get: Callable[[str], str | None]) -> bool | None:
    """Whether the labels pass; None where a value cannot be read, which lets the line pass with an error."""
    match condition:
        case Both():
            left = passes_condition(condition.left, get)
            right = passes_condition(condition.right, get)
            return False if left is False or right is False else None if left is None else right
        case Either():
            left = passes_condition(condition.left, get)
            return passes_condition(condition.right, get) if left is False else left
        case LabelMatcher():
            return matcher_passes(condition, get(condition.name) or "", anywhere=True)
    text = get(condition.name)
    if text is None:
        return False
    if isinstance(condition, AddressCondition):
        return holds_address(condition.pattern.value, text) == (condition.op == "=")
    number, wanted = _read(condition, text)
    return None if number is None else COMPARED[condition.op](number, wanted)


def matcher_passes(matcher: LabelMatcher, text: str, *, anywhere: bool = False) -> bool:
    """Whether a text passes a matcher; in a filter of labels, Loki searches for some patterns `anywhere`."""
    if matcher.op in ("=", "!="):
        return (text == matcher.value) == (matcher.op == "=")
    pattern = passing_pattern(matcher.value) if anywhere else matcher.value
    return matches_whole(pattern, text) == (matcher.op == "=~")


def holds_address(pattern: str, text: str) -> bool:
    """Whether an IP address that `ip(…)` means stands in the text."""
    return any(_is_meant(pattern, word) for signs in _ADDRESSES for word in signs.findall(text))


def some_address(pattern: str) -> str:
    """An address that `ip(…)` means."""
    if "/" in pattern:
        return str(next(ipaddress.ip_network(pattern, strict=False).hosts()))
    return pattern.partition("-")[0]


def candidate_values(condition: SingleCondition) -> tuple[str, ...]:
    """Values that may pass a condition, to be tried; the empty text stands for no label."""
    match condition:
        case LabelMatcher(op="=", value=value):
            return (value,)
        case LabelMatcher(op="=~", value=value):
            return regex_samples(value)[:8]
        case LabelMatcher():
            return ("", "x", "y")
        case AddressCondition(pattern=pattern):
            return (some_address(pattern.value), "192.0.2.1", "203.0.113.7")
        case NumberCondition(value=number):
            return tuple(f"{near:g}" for near in _near(number))
        case DurationCondition(value=length):
            return tuple(f"{near:g}s" for near in _near(length.seconds))
        case SizeCondition(value=number):
            return tuple(f"{max(0, round(near))}B" for near in _near(number))


def _near(number: float) -> tuple[float, ...]:
    step = max(1.0, abs(number) / 10)
    return number, number + step, number - step, number * 2


def _read(condition: SingleCondition, text: str) -> tuple[float | None, float]:
    match condition:
        case DurationCondition():
            return numbers.duration(text), condition.value.seconds
        case SizeCondition():
            return numbers.size(text), condition.value
        case NumberCondition():
            try:
                return float(text), condition.value
            except ValueError:
                return None, condition.value
        case _:
            return None, math.nan


def _is_meant(pattern: str, word: str) -> bool:
    try:
        address = ipaddress.ip_address(word)
        if "/" in pattern:
            return address in ipaddress.ip_network(pattern, strict=False)
        first, dash, last = pattern.partition("-")
        low, high = ipaddress.ip_address(first), ipaddress.ip_address(last if dash else first)
        return low.version == address.version and int(low) <= int(address) <= int(high)
    except ValueError:
        return False
