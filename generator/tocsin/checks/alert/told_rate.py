"""The check of texts that tell how many there were, while the query gives how many a second."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from tocsin.checks.framework.check import Finding, check_shares, join_equal
from tocsin.checks.framework.query_units import rule_tree, strip_parentheses, threshold
from tocsin.checks.framework.rules import written_annotations
from tocsin.checks.framework.time_units import TIME_UNITS
from tocsin.diagnostics.model import Level
from tocsin.lang.logql import ast as logql
from tocsin.lang.promql import ast as promql
from tocsin.plan.source_spans import expr_piece, text_piece
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.checks.framework.query_units import Node
    from tocsin.plan.model import Rule

_LENGTHS = {**TIME_UNITS, "m": 60.0}
_UNITS = "|".join(sorted(_LENGTHS, key=len, reverse=True))
_COMPARING = (">", "above", "over", "more than", "greater than", "at least", "exceed", "mais de", "acima de")
"""What stands before each number that is counted: most texts have none of it and are searched no further."""
_MORE_THAN = r"(?:>=?|\b(?:above|over|more than|greater than|at least|exceed(?:s|ed)?|mais de|acima de))\s*"
_COUNTED = regex_on_use(
    rf"{_MORE_THAN}(?P<number>[0-9]+|one)\s+"
    r"(?:(?!(?:per|a|each|every)\b)[A-Za-z-]+\s+){0,4}?"
    r"(?:in|within|during|over|em|nos últimos)\s+(?:the\s+)?(?:last\s+|past\s+)?"
    rf"(?P<time>[0-9]+)?\s?(?P<unit>{_UNITS})\b",
    re.IGNORECASE,
)
_IN_EACH = regex_on_use(
    rf"{_MORE_THAN}(?P<number>[0-9]+)\b(?:\s+(?!(?:per|each|every|por)\b)[A-Za-z-]+){{0,4}}?"
    r"(?:\s+(?:per|each|every|por)\s+|\s?/\s?)(?P<unit>minute|min|hour|minuto|hora)\b",
    re.IGNORECASE,
)
_MAY_COUNT = re.compile("[0-9]|(?:than|over|above|least|exceeds?|exceeded|de) one", re.IGNORECASE)
_A_SECOND = regex_on_use(
    r"/\s?s(?:ec)?\b|per sec|a second|each second|\brps\b|\bqps\b|por segundo", re.IGNORECASE
)
_ADDING = frozenset({"sum", "max", "min", "avg"})


@check_shares("alert/told-rate", Level.WARNING)
def told_rate(share: Share) -> Iterator[Finding]:
    """A text tells how many there were in a time, and the query gives how many a second.

    Why:
        `rate` is per second, whatever the range is: above 100 it means 30,000 in five minutes. Whoever meant
        100 in five minutes is never told.

    Fix:
        Write `increase`, or `count_over_time` for logs; or let the text tell how many a second.

    Bad:
        - alert: Errors
          expr: rate(errors_total[5m]) > 100
          annotations: {summary: "More than 100 errors in 5 minutes"}

    Good:
        - alert: Errors
          expr: increase(errors_total[5m]) > 100
          annotations: {summary: "More than 100 errors in 5 minutes"}
    """
    for rule, texts in written_annotations(share):
        counts = [(name, told) for name, text in texts if (told := _counted(text)) is not None]
        if counts:
            yield from join_equal(_told(rule, counts))


class _Count(NamedTuple):
    """What a text counts, where, and in how many seconds; `in_each` says that it is so all the time."""

    number: str
    span: tuple[int, int]
    seconds: float
    in_each: bool

    def is_threshold(self, limit: float, seconds: float) -> bool:
        """Whether the number is that of a query, which counts in these seconds."""
        number = 1.0 if self.number.lower() == "one" else float(self.number)
        return number == limit and (self.in_each or self.seconds == seconds)


def _told(rule: Rule, counts: Iterable[tuple[str, _Count]]) -> Iterator[Finding]:
    node = rule_tree(rule) if "rate" in rule.expr else None
    compared = None if node is None else threshold(node)
    found = None if compared is None or compared[1] not in (">", ">=") else _rate(compared[0])
    if compared is None or found is None:
        return
    seconds, span, instead = found
    for name, told in counts:
        if told.is_threshold(compared[2], seconds):
            or_count = "" if told.in_each else f"write `{instead}`, or "
            yield Finding(
                f"the text counts {told.number} in the time, and `rate` gives how many there are a second",
                at=expr_piece(rule, span),
                also=((text_piece(rule.written.annotations[name], told.span), "what the text says"),),
                help=f"{or_count}divide the threshold by {told.seconds:g}",
                about=rule.place,
            )


@lru_cache(maxsize=4096)
def _counted(text: str) -> _Count | None:
    """What a text counts in a time, or in each minute or hour, unless it is a second."""
    lower = text.lower()
    if not any(word in lower for word in _COMPARING):
        return None
    if not _MAY_COUNT.search(text) or _A_SECOND.search(text):
        return None
    if (found := _COUNTED.search(text)) is not None:
        seconds = float(found["time"] or 1) * _LENGTHS[found["unit"].lower()]
        return _Count(found["number"], found.span(), seconds, in_each=False)
    # Of a text that prints the value `template/unit` tells it.
    if "$value" in text or (found := _IN_EACH.search(text)) is None:
        return None
    return _Count(found["number"], found.span(), _LENGTHS[found["unit"].lower()], in_each=True)


def _rate(node: Node) -> tuple[float, tuple[int, int], str] | None:
    """The seconds over which a rate is taken, where its function stands, and what counts instead of it."""
    node = strip_parentheses(node)
    while isinstance(node, promql.Aggregation | logql.Aggregation) and node.op in _ADDING:
        node = strip_parentheses(node.expr)
    if isinstance(node, logql.RangeAggregation) and node.op == "rate":
        return node.range.range.seconds, node.op_span, "count_over_time"
    if not isinstance(node, promql.Call) or node.function != "rate":
        return None
    ranged = strip_parentheses(node.arguments[0])
    if not isinstance(ranged, promql.Range) or ranged.range.seconds is None:
        return None
    return ranged.range.seconds, node.name_span, "increase"
