"""A query of logs over one window asked of another one."""

from __future__ import annotations

from tocsin.lang.logql.ast import RangeAggregation, walk
from tocsin.lang.logql.parser import parse_logql
from tocsin.text.edits import replace_spans

_COUNTING = {"count_over_time": "rate", "bytes_over_time": "bytes_rate"}


def has_window(text: str, window_ms: int) -> bool:
    """Whether a range of the sound query is as long as the window."""
    return any(
        isinstance(node, RangeAggregation) and node.range.range.seconds == window_ms / 1000
        for node in walk(parse_logql(text))
    )


def over_window(text: str, window_ms: int, other: str) -> str:
    """The sound query with the other window in place of each range as long as the window.

    What counts over the range becomes what counts per second of it.
    """
    edits: list[tuple[tuple[int, int], str]] = []
    for node in walk(parse_logql(text)):
        if isinstance(node, RangeAggregation) and node.range.range.seconds == window_ms / 1000:
            edits.append((node.range.range.span, f"[{other}]"))
            if node.op in _COUNTING:
                edits.append((node.op_span, _COUNTING[node.op]))
    return replace_spans(text, edits)


def counts_events(text: str, window_ms: int) -> bool:
    """Whether all that the sound query does with the window is to count lines."""
    read = [
        node
        for node in walk(parse_logql(text))
        if isinstance(node, RangeAggregation) and node.range.range.seconds == window_ms / 1000
    ]
    return bool(read) and all(node.op in ("rate", "count_over_time") for node in read)
