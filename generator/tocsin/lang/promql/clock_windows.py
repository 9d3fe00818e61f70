"""For how long a condition on the time of the day or week holds at a time: `hour() == 3` for an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.comparisons import COMPARED, MIRRORED
from tocsin.lang.promql.ast import Binary, Call, calculated_number, without_parentheses
from tocsin.lang.tokens import COMPARISONS
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.promql.ast import Node

_CLOCKS = {
    "minute": ((range(60),), 60.0),
    "hour": ((range(24),), 3600.0),
    "day_of_week": ((range(7),), 86400.0),
    "day_of_month": (tuple(range(1, days + 1) for days in (31, 28, 29, 30)), 86400.0),
}
"""The values of each function, which follow each other and begin anew, and the seconds of one of them.

The longest list, which holds all values, is the first.
"""


@value_object
class ClockWindow:
    """A part of a query that holds at some times only, and the seconds of the longest of these."""

    condition: Binary
    seconds: float


def clock_windows(node: Node) -> Iterator[ClockWindow]:
    """Of the conditions that all have to hold, as far as `and` joins them, those on the time."""
    waiting = [node]
    while waiting:
        one = without_parentheses(waiting.pop())
        if not isinstance(one, Binary):
            continue
        asked = _times(one)
        if asked is not None:
            function, values = asked
            seconds = _longest(function, values)
            if seconds is not None:
                yield ClockWindow(one, seconds)
        elif one.op == "and":
            waiting += [one.right, one.left]
        elif one.op == "unless":
            waiting.append(one.left)


def _times(node: Node) -> tuple[str, frozenset[int]] | None:
    """The function that is compared, and its values for which a condition holds; None for any other."""
    node = without_parentheses(node)
    if isinstance(node, Call):
        is_clock = node.function in _CLOCKS and not node.arguments
        return (node.function, frozenset(_CLOCKS[node.function][0][0])) if is_clock else None
    if not isinstance(node, Binary) or node.returns_bool:
        return None
    if node.op in ("and", "or"):
        left, right = _times(node.left), _times(node.right)
        if left is None or right is None or left[0] != right[0]:
            return None
        return left[0], left[1] & right[1] if node.op == "and" else left[1] | right[1]
    if node.op not in COMPARISONS:
        return None
    for value, other, op in ((node.left, node.right, node.op), (node.right, node.left, MIRRORED[node.op])):
        limit, asked = calculated_number(other), _times(value)
        if limit is not None and asked is not None:
            return asked[0], frozenset(one for one in asked[1] if COMPARED[op](one, limit))
    return None


def _longest(function: str, values: frozenset[int]) -> float | None:
    """The seconds of the longest run of values; None where there is none, or no end."""
    lists, length = _CLOCKS[function]
    if not values or len(values) == len(lists[0]):
        return None
    return max(_longest_run(one, values) for one in lists) * length


def _longest_run(order: range, values: frozenset[int]) -> int:
    longest = run = 0
    # Twice around, as the last value is followed by the first.
    for one in (*order, *order):
        run = run + 1 if one in values else 0
        longest = max(longest, run)
    return longest
