"""For how long one event keeps a comparison true: a start that was just now, a change in a window."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.lang.comparisons import MIRRORED
from tocsin.lang.promql.ast import (
    Binary,
    Call,
    Range,
    Selector,
    calculated_number,
    without_parentheses,
)
from tocsin.lang.promql.flow.conventions import is_start_time, is_uptime
from tocsin.lang.tokens import COMPARISONS
from tocsin.text.regex_on_use import regex_on_use
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.promql.ast import Node

_SINGLE = re.compile(
    r"(?:^|_)(?:restarts?|reboots?|boots?|reloads?|leader|elections?|failovers?|version|revision|generation"
    r"|hash|rollouts?)(?:_|$)"
)
_AGAIN = regex_on_use(r"restarting|loop|flap|crashing|repeat|often|frequent", re.IGNORECASE)
_CLOCKS = frozenset(
    {"node_time_seconds", "node_time", "windows_os_time", "windows_time_current_timestamp_seconds"}
)
_IN_HUNDREDTHS = frozenset({"sysUpTime", "hrSystemUptime"})
"""Uptimes that SNMP gives in hundredths of a second."""
_GROWTH = frozenset({"increase", "rate"})
_KILLS = regex_on_use(r"oom_?kill")
_EVENTS = {"changes": "change", "resets": "reset"}


@value_object
class Passing:
    """A comparison that one event keeps true for a while."""

    condition: Binary
    seconds: float
    event: str
    """What happens: a `start`, a `change` or a `reset`."""


def awaits_repetition(alert: str) -> bool:
    """Whether an alert of this name waits for the same event to happen again and again."""
    return _AGAIN.search(alert) is not None


def passing_conditions(node: Node) -> Iterator[Passing]:
    """Of the comparisons that all have to hold, as far as `and` joins them, those that pass by themselves."""
    waiting = [node]
    while waiting:
        one = without_parentheses(waiting.pop())
        if not isinstance(one, Binary):
            continue
        if one.op in COMPARISONS and not one.returns_bool:
            lasts = _lasts(one)
            if lasts is not None:
                yield Passing(one, *lasts)
        elif one.op == "and":
            waiting += [one.right, one.left]
        elif one.op == "unless":
            waiting.append(one.left)


def _lasts(condition: Binary) -> tuple[float, str] | None:
    """For how many seconds one event keeps a comparison true, and what the event is; None where unknown."""
    value, op, limit = without_parentheses(condition.left), condition.op, calculated_number(condition.right)
    if limit is None:
        value, op, limit = (
            without_parentheses(condition.right),
            MIRRORED[op],
            calculated_number(condition.left),
        )
    if limit is None:
        return _lasts_from_start(condition)
    if op in ("<", "<=") and limit > 0:
        aged, unit = _scaled(value)
        if _is_age(aged):
            return limit * unit, "start"
        if isinstance(aged, Selector) and aged.name in _IN_HUNDREDTHS:
            return limit * unit / 100, "start"
    if isinstance(value, Call) and value.function in _GROWTH and _is_any(op, limit):
        ranged = value.arguments[0]
        if isinstance(ranged, Range) and _KILLS.search(ranged.selector.name or ""):
            seconds = ranged.range.seconds
            return None if seconds is None else (seconds, "kill")
    if isinstance(value, Call) and value.function in _EVENTS and _is_any(op, limit):
        ranged = value.arguments[0]
        # Errors that are counted may go on for as long as they like; starts are rare.
        name = (ranged.selector.name or "") if isinstance(ranged, Range) else ""
        is_single = _SINGLE.search(name) is not None and "fail" not in name and "error" not in name
        is_rare = is_start_time(name) or value.function == "resets" or is_single
        if isinstance(ranged, Range) and is_rare:
            seconds = ranged.range.seconds
            return None if seconds is None else (seconds, _EVENTS[value.function])
    return None


def _lasts_from_start(condition: Binary) -> tuple[float, str] | None:
    """The same of a start that is compared with the time: `process_start_time_seconds > time() - 600`."""
    for start, other, op in (
        (condition.left, condition.right, condition.op),
        (condition.right, condition.left, MIRRORED[condition.op]),
    ):
        since = without_parentheses(other)
        if op not in (">", ">=") or not isinstance(since, Binary) or since.op != "-":
            continue
        seconds, begun = calculated_number(since.right), without_parentheses(start)
        is_start = isinstance(begun, Selector) and is_start_time(begun.name or "")
        if seconds is not None and seconds > 0 and is_start and _is_now(since.left):
            return seconds, "start"
    return None


def _is_now(node: Node) -> bool:
    node = without_parentheses(node)
    return (isinstance(node, Call) and node.function == "time") or (
        isinstance(node, Selector) and node.name in _CLOCKS
    )


def _is_any(op: str, limit: float) -> bool:
    return (op in (">", "!=") and limit == 0) or (op == ">=" and limit == 1)


def _scaled(node: Node) -> tuple[Node, float]:
    """What is divided by a number, such as minutes of seconds, and that number."""
    divisor = calculated_number(node.right) if isinstance(node, Binary) and node.op == "/" else None
    return (without_parentheses(node.left), divisor) if isinstance(node, Binary) and divisor else (node, 1.0)


def _is_age(node: Node) -> bool:
    """Whether it says for how long one process has been up; of several, others may have started since."""
    if isinstance(node, Selector):
        return is_uptime(node.name or "")
    if not isinstance(node, Binary) or node.op != "-":
        return False
    start = without_parentheses(node.right)
    return _is_now(node.left) and isinstance(start, Selector) and is_start_time(start.name or "")
