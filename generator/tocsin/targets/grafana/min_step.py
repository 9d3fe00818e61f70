"""How often a panel evaluates a query: one over a long time less often than Grafana would by itself.

Each step of a range query reads the whole range before it. The value of a query over thirty days changes so
little between two steps of Grafana's choice that hundreds of them show what a few do. The last one is older
than the graph's end by up to one step: while an incident runs, that has to be minutes.
"""

from __future__ import annotations

from tocsin.lang.durations import format_duration
from tocsin.lang.errors import LangError
from tocsin.lang.logql import shape as logql
from tocsin.lang.promql import shape as promql
from tocsin.plan.model import Engine

_STEPS = (30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
_STEPS_IN_RANGE = 2000
_LONG = 86_400


def min_step(query: str, engine: Engine) -> str | None:
    """The least distance of two steps, by the longest range that a query reads; None where any is cheap."""
    step = _longest(query, engine) / _STEPS_IN_RANGE
    fitting = [one for one in _STEPS if one <= step]
    return format_duration(fitting[-1] * 1000) if fitting else None


def is_long(query: str, engine: Engine) -> bool:
    """Whether a query reads so much that a dashboard with it should not be refreshed every minute."""
    return _longest(query, engine) >= _LONG


def _longest(query: str, engine: Engine) -> float:
    longest = promql.longest_range if engine is Engine.PROMETHEUS else logql.longest_range
    try:
        return longest(query)
    except LangError:
        return 0
