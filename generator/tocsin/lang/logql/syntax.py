"""The verdict on a LogQL expression: its structure, its selectors and its regular expressions."""

from __future__ import annotations

from tocsin.lang.errors import LangError
from tocsin.lang.logql.parser import parse


def check_logql(text: str, *, metric: bool) -> None:
    """Raise a LangError unless the text is sound LogQL; a rule needs a `metric` query, not a log query."""
    parsed = parse(text)
    if not metric:
        return
    span = (len(text) - len(text.lstrip()), len(text.rstrip()))
    if parsed.result.kind == "log":
        help = "count the lines of a range: `sum(count_over_time({…} [5m]))`"
        raise LangError("the expression gives log lines, and a rule needs numbers", span, help)
    if not parsed.queries:
        help = "write for example `sum(rate({…} [5m]))`"
        raise LangError("the expression reads no logs", span, help)
