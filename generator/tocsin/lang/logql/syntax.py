"""The verdict on a LogQL expression: its structure, its selectors and its regular expressions."""

from __future__ import annotations

from tocsin.lang.errors import LangError
from tocsin.lang.logql.ast import LogQuery, RangeAggregation, is_log, walk
from tocsin.lang.logql.parser import parse_logql
from tocsin.lang.logql.stages import check_stages


def check_logql(text: str, *, metric: bool) -> None:
    """Raise a LangError unless the text is sound LogQL; a rule needs a `metric` query, not a log query."""
    node = parse_logql(text)
    nodes = tuple(walk(node))
    for one in nodes:
        if isinstance(one, LogQuery):
            check_stages(one.stages)
        elif isinstance(one, RangeAggregation) and one.range.range.seconds == 0:
            start, end = one.range.range.span
            raise LangError("a range has to be longer than nothing", (start + 1, end - 1))
    if not metric:
        return
    span = (len(text) - len(text.lstrip()), len(text.rstrip()))
    if is_log(node):
        help = "count the lines of a range: `sum(count_over_time({…} [5m]))`"
        raise LangError("the expression gives log lines, and a rule needs numbers", span, help)
    if not any(isinstance(one, LogQuery) for one in nodes):
        help = "write for example `sum(rate({…} [5m]))`"
        raise LangError("the expression reads no logs", span, help)
