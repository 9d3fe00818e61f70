"""An expression as Prometheus 2 reads it: a range there includes the sample at its very start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.durations import format_duration, parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.promql.ast import Range, Subquery, walk
from tocsin.lang.promql.parser import parse_promql

if TYPE_CHECKING:
    from tocsin.lang.promql.ast import Node


def close_ranges(expr: str, tree: Node) -> Node | None:
    """The expression with each range a millisecond longer; None where it has none."""
    spans = {node.range.span for node in walk(tree) if isinstance(node, Range | Subquery)}
    text = expr
    try:
        for start, end in sorted(spans, reverse=True):
            text = f"{text[:start]}{format_duration(parse_duration(text[start:end]) + 1)}{text[end:]}"
        return parse_promql(text) if spans else None
    except LangError:
        return None
