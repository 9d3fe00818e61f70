"""Whether a quotient of log queries is a part of its own whole: lines that pass a filter by all lines."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from tocsin.lang.logql.ast import (
    Aggregation,
    Binary,
    Json,
    LabelFilter,
    LineFilter,
    Logfmt,
    LogQuery,
    Pattern,
    RangeAggregation,
    Regexp,
    Unpack,
    without_parentheses,
    without_places,
)

if TYPE_CHECKING:
    from tocsin.lang.logql.ast import Stage

_COUNTS = frozenset({"rate", "count_over_time", "bytes_rate", "bytes_over_time"})
_NARROWING = (LineFilter, LabelFilter, Json, Logfmt, Pattern, Regexp, Unpack)
"""What leaves lines out, or adds labels to them and takes none away."""


def is_part_of_whole(node: Binary) -> bool:
    """Whether the left side of `/` counts some of the lines that the right side does, in the same groups."""
    left, right = without_parentheses(node.left), without_parentheses(node.right)
    if not isinstance(left, Aggregation) or not isinstance(right, Aggregation):
        return False
    if left.op != "sum" or right.op != "sum" or not _has_same_groups(node, left, right):
        return False
    part, whole = without_parentheses(left.expr), without_parentheses(right.expr)
    if not isinstance(part, RangeAggregation) or not isinstance(whole, RangeAggregation):
        return False
    is_alike = part.op == whole.op and part.op in _COUNTS and part.grouping is None and whole.grouping is None
    over_same = (part.range.range.seconds, without_places(part.range.offset)) == (
        whole.range.range.seconds,
        without_places(whole.range.offset),
    )
    is_plain = part.range.unwrap is None and whole.range.unwrap is None
    return is_alike and over_same and is_plain and _narrows(part.range.query, whole.range.query)


def _has_same_groups(node: Binary, left: Aggregation, right: Aggregation) -> bool:
    groups = [
        None if one.grouping is None else (one.grouping.how, frozenset(one.grouping.labels))
        for one in (left, right)
    ]
    matching = node.matching
    return groups[0] == groups[1] and matching.how is None and matching.many is None


def _narrows(part: LogQuery, whole: LogQuery) -> bool:
    """Whether every line of the part is one of the whole."""
    mine = {(one.name, one.op, one.value) for one in part.selector.matchers}
    its = {(one.name, one.op, one.value) for one in whole.selector.matchers}
    filters, stages = _parted(part.stages)
    whole_filters, whole_stages = _parted(whole.stages)
    asked = all(any(_implies(one, other) for one in filters) for other in whole_filters)
    first, rest = stages[: len(whole_stages)], stages[len(whole_stages) :]
    is_longer = without_places(first) == without_places(whole_stages)
    return mine >= its and asked and is_longer and all(isinstance(one, _NARROWING) for one in rest)


def _parted(stages: tuple[Stage, ...]) -> tuple[list[LineFilter], tuple[Stage, ...]]:
    """The filters of lines with which a pipeline begins, whose order says nothing, and the rest of it."""
    filters = list(takewhile(lambda one: isinstance(one, LineFilter), stages))
    return [one for one in filters if isinstance(one, LineFilter)], stages[len(filters) :]


def _implies(one: LineFilter, other: LineFilter) -> bool:
    """Whether each line that passes the one filter passes the other: what has `login failed` has `login`."""
    if without_places(one) == without_places(other):
        return True
    is_plain = one.op == other.op == "|=" and not any(text.ip for text in (*one.texts, *other.texts))
    return is_plain and all(any(text.value in mine.value for text in other.texts) for mine in one.texts)
