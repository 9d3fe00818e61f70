"""A query over one window asked of another one."""

from __future__ import annotations

from tocsin.lang.promql.ast import Call, Paren, Range, Subquery, walk
from tocsin.lang.promql.parser import parse_promql
from tocsin.text.edits import replace_spans


def has_window(text: str, window_ms: int) -> bool:
    """Whether a range of the sound query is as long as the window."""
    return any(
        isinstance(node, Range | Subquery) and node.range.seconds == window_ms / 1000
        for node in walk(parse_promql(text))
    )


def over_window(text: str, window_ms: int, other: str) -> str:
    """The sound query with the other window in place of each range as long as the window.

    `increase` becomes `rate`, so that what is recorded of any window is measured per second.
    """
    edits: list[tuple[tuple[int, int], str]] = []
    for node in walk(parse_promql(text)):
        if isinstance(node, Range | Subquery) and node.range.seconds == window_ms / 1000:
            edits.append((node.range.span, other))
        if isinstance(node, Call) and node.function == "increase" and _ranges(node, window_ms):
            edits.append((node.name_span, "rate"))
    return replace_spans(text, edits)


def counts_events(text: str, window_ms: int) -> bool:
    """Whether all that the sound query does with the window is to count increases of counters."""
    read = [node for node in walk(parse_promql(text)) if isinstance(node, Call) and _ranges(node, window_ms)]
    return bool(read) and all(node.function in ("rate", "increase") for node in read)


def _ranges(call: Call, window_ms: int) -> bool:
    for argument in call.arguments:
        while isinstance(argument, Paren):
            argument = argument.expr
        if isinstance(argument, Range | Subquery) and argument.range.seconds == window_ms / 1000:
            return True
    return False
