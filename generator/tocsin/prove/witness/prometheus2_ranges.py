"""An expression as Prometheus 2 reads it: a range there includes the sample at its very start.

So does the time for which an instant selector still sees a sample.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.durations import format_duration, parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.promql.ast import Range, Selector, Subquery, walk
from tocsin.lang.promql.parser import parse_promql
from tocsin.prove.witness.evaluate.series import LOOKBACK
from tocsin.text.edits import replace_spans

if TYPE_CHECKING:
    from tocsin.lang.promql.ast import Node


def close_ranges(expr: str, tree: Node) -> Node | None:
    """The expression with each range and each look back a millisecond longer; None where it has none."""
    ranges = {node.range.span for node in walk(tree) if isinstance(node, Range | Subquery)}
    in_ranges = {id(node.selector) for node in walk(tree) if isinstance(node, Range)}
    selectors = [node for node in walk(tree) if isinstance(node, Selector) and id(node) not in in_ranges]
    instant = {node.span for node in selectors if node.offset is None and node.at is None}
    try:
        edits = [
            ((start, end), format_duration(parse_duration(expr[start:end]) + 1)) for start, end in ranges
        ]
        edits += [((end, end), f"[{format_duration(LOOKBACK + 1)}])") for _, end in instant]
        edits += [((start, start), "last_over_time(") for start, _ in instant]
        return parse_promql(replace_spans(expr, edits)) if edits else None
    except LangError:
        return None
