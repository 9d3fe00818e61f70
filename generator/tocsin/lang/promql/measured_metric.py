"""The metric in whose unit the value of a query is."""

from __future__ import annotations

from tocsin.lang.promql.ast import Aggregation, Call, Paren, Range, Selector, Subquery, Unary
from tocsin.lang.promql.parser import parse_promql

_AGGREGATIONS = frozenset(
    {"min", "max", "avg", "sum", "topk", "bottomk", "limitk", "limit_ratio", "quantile"}
)
_SECOND = frozenset({"quantile_over_time"})
"""Functions whose second argument is the vector that they work on."""
_FIRST = """
    abs avg_over_time ceil clamp clamp_max clamp_min delta first_over_time floor idelta label_join
    label_replace last_over_time max_over_time min_over_time predict_linear round scalar sort sort_by_label
    sort_by_label_desc sort_desc stddev_over_time vector
"""
_FUNCTIONS = _SECOND | frozenset(_FIRST.split())


def measured_metric(text: str) -> str | None:
    """The metric whose samples a valid query selects, averages or predicts.

    None where it calculates something else, such as a rate, a share or a number of series.
    """
    node = parse_promql(text)
    while True:
        match node:
            case Paren(expr=inner) | Unary(expr=inner) | Subquery(expr=inner) | Range(selector=inner):
                node = inner
            case Aggregation(op=op, expr=inner) if op in _AGGREGATIONS:
                node = inner
            case Call(function=function, arguments=arguments) if function in _FUNCTIONS and arguments:
                node = arguments[1 if function in _SECOND else 0]
            case Selector(name=name):
                return name
            case _:
                return None
