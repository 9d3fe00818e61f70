"""Units of time: those of texts, and the one of a query's value, as its form and its metrics' names tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.query_units import scaling, strip_parentheses
from tocsin.lang.promql import ast as promql
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from tocsin.checks.framework.query_units import Node

_UNIT = regex_on_use(
    r"_(?:(?P<milliseconds>milliseconds|millis|ms)|(?P<seconds>seconds)|(?P<minutes>minutes)|(?P<hours>hours)"
    r"|(?P<days>days))(?:_bucket|_(?:until|left|remaining)(?:_[a-z_]+)?)?$"
)
_MILLISECOND = 0.001
UNIT_NAMES = {"milliseconds": _MILLISECOND, "seconds": 1.0, "minutes": 60.0, "hours": 3600.0, "days": 86400.0}
"""The seconds of each unit."""
TIME_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "segundo", "segundos"), 1.0),
    **dict.fromkeys(("sekunde", "sekunden", "seconde", "secondes"), 1.0),
    **dict.fromkeys(("ms", "milliseconds"), 0.001),
    **dict.fromkeys(("min", "mins", "minute", "minutes", "minuto", "minutos", "minuten"), 60.0),
    **dict.fromkeys(("h", "hour", "hours", "hora", "horas", "heure", "heures", "stunde", "stunden"), 3600.0),
    **dict.fromkeys(("d", "day", "days", "dia", "dias", "día", "días", "jour", "jours"), 86400.0),
    **dict.fromkeys(("tag", "tage", "tagen"), 86400.0),
    **dict.fromkeys(("w", "week", "weeks", "semana", "semanas", "semaine", "semaines"), 604800.0),
    **dict.fromkeys(("woche", "wochen"), 604800.0),
    **dict.fromkeys(("секунд", "секунды", "секунду"), 1.0),
    **dict.fromkeys(("минут", "минуты", "минуту", "мин"), 60.0),
    **dict.fromkeys(("час", "часа", "часов"), 3600.0),
    **dict.fromkeys(("день", "дня", "дней"), 86400.0),
    **dict.fromkeys(("month", "months", "mês", "meses"), 2_592_000.0),
    **dict.fromkeys(("y", "year", "years", "ano", "anos"), 31_536_000.0),
}
"""How texts call units of time, in seconds."""
CHINESE_TIME_UNITS = {
    **dict.fromkeys(("秒", "秒钟"), 1.0),
    **dict.fromkeys(("分钟", "分鐘", "分"), 60.0),
    **dict.fromkeys(("小时", "小時"), 3600.0),
    "天": 86400.0,
}
"""The same where no space and no end of a word stands behind them."""
_KEEPING = frozenset({"max", "min", "avg", "quantile", "topk", "bottomk"})
_KEEPING_CALLS = frozenset(
    {"abs", "ceil", "floor", "round", "clamp", "clamp_min", "clamp_max", "sort", "sort_desc"}
    | {f"{name}_over_time" for name in ("avg", "max", "min", "last", "first")}
)


def unit_of_time(node: Node) -> float | None:
    """The seconds that 1 stands for in the value of a query; None where it is no time, or nobody can say."""
    node = strip_parentheses(node)
    match node:
        case promql.Selector():
            found = _UNIT.search(node.name or "")
            return None if found is None or found.lastgroup is None else UNIT_NAMES[found.lastgroup]
        case promql.Range():
            return unit_of_time(node.selector)
        case promql.Subquery():
            return unit_of_time(node.expr)
        case promql.Aggregation() if node.op in _KEEPING:
            return unit_of_time(node.expr)
        case promql.Call() if node.function == "histogram_quantile":
            selectors = [one for one in promql.walk(node) if isinstance(one, promql.Selector)]
            is_scaled = any(isinstance(one, promql.Binary) for one in promql.walk(node))
            return unit_of_time(selectors[0]) if len(selectors) == 1 and not is_scaled else None
        case promql.Call() if node.function in _KEEPING_CALLS:
            return unit_of_time(node.arguments[0])
        case promql.Binary():
            return _of_operator(node)
    return None


def clock_less_milliseconds(node: Node) -> str | None:
    """The metric in milliseconds, by its name, that is taken from `time()`, or the reverse."""
    node = strip_parentheses(node)
    if not isinstance(node, promql.Binary) or node.op != "-":
        return None
    for now, other in ((node.left, node.right), (node.right, node.left)):
        metrics = [one for one in promql.walk(other) if isinstance(one, promql.Selector)]
        if _is_now(now) and len(metrics) == 1 and unit_of_time(other) == _MILLISECOND:
            return metrics[0].name
    return None


def _is_now(node: Node) -> bool:
    node = strip_parentheses(node)
    return isinstance(node, promql.Call) and node.function == "time"


def _of_operator(node: promql.Binary) -> float | None:
    if node.op == "-" and (_is_now(node.left) or _is_now(node.right)):
        # A time in seconds, whatever its metric is called, unless the name says otherwise.
        return None if clock_less_milliseconds(node) else 1.0
    if (scaled := scaling(node)) is None:
        return None
    measured, op, number = scaled
    inner = unit_of_time(measured)
    return None if inner is None else inner * number if op == "/" else inner / number
