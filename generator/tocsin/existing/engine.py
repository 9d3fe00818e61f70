"""Which engine a rule file is for: Prometheus' and Loki's look alike, their expressions do not."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.logql.syntax import check_logql
from tocsin.lang.promql.ast import Selector, walk
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.syntax import check_promql
from tocsin.plan.model import Engine

if TYPE_CHECKING:
    from collections.abc import Iterable

_PIPE = re.compile(r"\}\s*(?:\|[=~>]?|!=|!~)\s*[\w\"`]")
_NAMELESS = re.compile(r"(?:^|[\s(,])\{")


@lru_cache(maxsize=65536)
def engine_fault(text: str, engine: Engine) -> LangError | None:
    """What the engine finds wrong with an expression."""
    try:
        if engine is Engine.PROMETHEUS:
            check_promql(text)
        else:
            check_logql(text, metric=True)
    except LangError as error:
        return error
    return None


def selects_logs(text: str) -> bool:
    """Whether all selectors of an expression are without a metric's name, as those of logs are."""
    try:
        parts = [part for part in walk(parse_promql(text)) if isinstance(part, Selector)]
    except LangError:
        return False
    return bool(parts) and all(part.name is None for part in parts) and "__name__" not in text


def engine_of(expressions: Iterable[str]) -> Engine:
    """The engine that most of the expressions are for.

    Only Loki reads a selector without a metric's name as a matter of course, so expressions that both could
    read are Loki's, unless others beside them are surely PromQL.
    """
    promql = logql = both = 0
    expressions = tuple(expressions)
    for text in expressions:
        as_logql = _NAMELESS.search(text) is not None and engine_fault(text, Engine.LOKI) is None
        as_promql = engine_fault(text, Engine.PROMETHEUS) is None
        promql += as_promql and not as_logql
        logql += as_logql and not as_promql
        both += as_promql and as_logql and "__name__" not in text
    if promql == logql == both == 0:
        # None of them can be read: at least a pipe behind a selector is nothing that PromQL has.
        logql = sum(_PIPE.search(text) is not None for text in expressions)
    loki = logql > promql or (promql == 0 and logql == 0 and both > 0)
    return Engine.LOKI if loki else Engine.PROMETHEUS
