"""For how long one line of a log keeps a count true, where such lines are rare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.logql.ast import (
    Aggregation,
    Binary,
    LineFilter,
    Number,
    RangeAggregation,
    without_parentheses,
)
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from tocsin.lang.logql.ast import Node

_RARE = regex_on_use(
    r"(?i)\bpanic|out of memory|\boom\b|oom-?kill|segfault|segmentation fault|killed process"
)
"""What ends a program or a machine: it is written once, and not again and again."""
_COUNTS = frozenset({"count_over_time", "rate"})
_ADDING = frozenset({"sum", "max"})


def passing_count(node: Node) -> tuple[Binary, float] | None:
    """The comparison that asks for any line of a rare kind, and how many seconds one line keeps it true."""
    condition = without_parentheses(node)
    if not isinstance(condition, Binary) or condition.returns_bool:
        return None
    limit, counted = without_parentheses(condition.right), without_parentheses(condition.left)
    number = limit.value if isinstance(limit, Number) else None
    if (condition.op, number) not in ((">", 0), (">=", 1), ("!=", 0)):
        return None
    while isinstance(counted, Aggregation) and counted.op in _ADDING:
        counted = without_parentheses(counted.expr)
    if not isinstance(counted, RangeAggregation) or counted.op not in _COUNTS:
        return None
    filters = [
        one for one in counted.range.query.stages if isinstance(one, LineFilter) and one.op in ("|=", "|~")
    ]
    is_rare = any(_RARE.search(text.value) for one in filters for text in one.texts)
    return (condition, counted.range.range.seconds) if is_rare else None
