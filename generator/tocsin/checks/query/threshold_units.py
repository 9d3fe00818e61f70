"""What unit a query has by its form and the names of its metrics, and a threshold that is in another one."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.checks.framework.query_units import (
    is_per_cent,
    metric_names,
    query_nodes,
    strip_parentheses,
    written_number,
)
from tocsin.checks.framework.time_units import clock_less_milliseconds
from tocsin.checks.query.percentages import ratio_help
from tocsin.lang.logql import ast as logql
from tocsin.lang.promql import ast as promql
from tocsin.text.regex_on_use import regex_on_use
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.checks.framework.query_units import Node

# Those of Tarantool and Fluentd are per cent.
_RATIO = regex_on_use(r"^(?!tnt_|fluentd_).*(?:_|:)ratio(?:_|$)(?!.*(?:total|bucket))")
_MILLISECONDS = regex_on_use(r"_(?:milliseconds|millis|ms)(?:_bucket)?$")
_SECONDS = regex_on_use(r"_seconds(?:_bucket)?$")
_OF_REQUESTS = regex_on_use(r"request|response|latency|rpc|http|query|round_?trip|ping|rtt|lookup")
_OF_WAITING = regex_on_use(r"queue|backlog|lag|job|batch|backup|sync|task|_age")
"""What may well wait or run for many minutes."""
_QUARTER_HOUR = 900
_MINUTES = frozenset({600, 1200})
_PART = regex_on_use(
    r"(?:_|^)(?:free|avail|available|used|usage|allocated|active|MemAvailable|MemFree)", re.IGNORECASE
)
_WHOLE = regex_on_use(r"(?:_|^)(?:total|size|limit|max|capacity|MemTotal|quota)", re.IGNORECASE)
_KEEPING = frozenset({"max", "min", "avg", "sum", "quantile"})


@value_object
class UnitMismatch:
    """A threshold in another unit than the query."""

    message: str
    measured: str
    """What the query gives."""
    help: str


def unit_mismatch(value: Node, op: str, limit: float, unit: str | None) -> UnitMismatch | None:
    """Why a query and its threshold are in different units; `unit` is that of an alert of a spec."""
    value = strip_parentheses(value)
    if limit > 1 and _is_share(value):
        # An overcommitment of some times the whole is possible, of tens it is not.
        if limit < 10 or limit > 100:
            return None
        return UnitMismatch(f"{limit:g} looks like per cent", "this is a ratio", ratio_help(limit, unit))
    if op in ("<", "<=") and 0.5 <= limit < 1 and is_per_cent(value) and metric_names(value):
        return UnitMismatch(f"{limit:g} looks like a ratio", "this is per cent", f"write {limit * 100:g}")
    if 0 < limit < 1 and (op in (">", ">=") or limit < 0.5) and _is_per_cent_of_space(value):
        return UnitMismatch(f"{limit:g} looks like a ratio", "this is per cent", f"write {limit * 100:g}")
    if limit > 1 and _is_hundred_less_share(value):
        return UnitMismatch(
            f"{limit:g} looks like per cent, and 100 less a share from 0 to 1 is between 99 and 100",
            "this is 100 less a share from 0 to 1",
            "multiply the share by 100 before it is taken from 100",
        )
    in_milliseconds = clock_less_milliseconds(value)
    if in_milliseconds is not None:
        return UnitMismatch(
            f"`time()` is in seconds, and `{in_milliseconds}` is in milliseconds by its name",
            "seconds and milliseconds",
            f"divide it: `{in_milliseconds} / 1000`",
        )
    one = only_metric(value)
    if one is None:
        return None
    if 5 <= limit <= 100 and _RATIO.search(one):
        return UnitMismatch(
            f"{limit:g} looks like per cent", "this is a ratio by its name", ratio_help(limit, unit)
        )
    if op not in (">", ">=") or not _OF_REQUESTS.search(one):
        return None
    timed = "_bucket" in one or "latency" in one
    waits = _OF_WAITING.search(one) is not None or limit % _QUARTER_HOUR == 0 or limit in _MINUTES
    if timed and limit >= 100 and _SECONDS.search(one) and not waits:
        return UnitMismatch(
            f"{limit:g} looks like milliseconds",
            "these are seconds by the name",
            f"write {limit / 1000:g}",
        )
    if 0 < limit <= 1 and _MILLISECONDS.search(one):
        return UnitMismatch(
            f"{limit:g} looks like seconds",
            "these are milliseconds by the name",
            f"write {limit * 1000:g}",
        )
    return None


def _is_hundred_less_share(value: Node) -> bool:
    """Whether a share, such as how long a CPU was idle, is taken from 100 as if it were per cent."""
    if not isinstance(value, promql.Binary) or value.op != "-" or written_number(value.left) != 100:
        return False
    part = strip_parentheses(value.right)
    while isinstance(part, promql.Aggregation) and part.op in ("avg", "min", "max"):
        part = strip_parentheses(part.expr)
    if isinstance(part, promql.Call) and part.function in ("rate", "irate"):
        ranged = strip_parentheses(part.arguments[0])
        name = ranged.selector.name if isinstance(ranged, promql.Range) else None
        return name is not None and re.search(r"cpu_(?:seconds|time)_total$", name) is not None
    return _is_share(part)


def _is_per_cent_of_space(value: Node) -> bool:
    """Whether it is what is used or free of a whole, in per cent: one of them is far above 1 on any day."""
    value = strip_parentheses(value)
    if isinstance(value, promql.Binary) and value.op == "-" and written_number(value.left) == 100:
        value = strip_parentheses(value.right)
    if not isinstance(value, promql.Binary):
        return False
    if value.op == "/":
        scaled = strip_parentheses(value.left)
        if not isinstance(scaled, promql.Binary) or scaled.op != "*" or written_number(scaled.left) != 100:
            return False
        quotient = replace(value, left=scaled.right)
        return _is_share(quotient) or _is_rest(quotient)
    if value.op == "*" and 100 in (written_number(value.left), written_number(value.right)):
        share = strip_parentheses(value.left if written_number(value.right) == 100 else value.right)
        if isinstance(share, promql.Binary) and share.op == "/":
            return _is_share(share) or _is_rest(share)
        return _is_share(share)
    return False


def _is_rest(value: promql.Binary) -> bool:
    """Whether it is all but a part of the whole, by the whole: `(size - free) / size`."""
    left, right = strip_parentheses(value.left), strip_parentheses(value.right)
    if not isinstance(left, promql.Binary) or left.op != "-":
        return False
    taken = strip_parentheses(left.right)
    names = metric_names(taken)
    is_part = len(names) == 1 and _PART.search(names[0]) is not None
    return is_part and promql.without_places(left.left) == promql.without_places(right)


def _is_share(value: Node) -> bool:
    """Whether the form is a part by its whole, both by their names, and no factor stands beside them."""
    value = strip_parentheses(value)
    if isinstance(value, promql.Binary) and value.op == "-" and written_number(value.left) == 1:
        value = strip_parentheses(value.right)
    if not isinstance(value, promql.Binary) or value.op != "/" or is_per_cent(value):
        return False
    left, right = metric_names(value.left), metric_names(value.right)
    if any(written_number(part) is not None for part in query_nodes(value)):
        return False
    if len(left) != 1 or len(right) != 1:
        return False
    return bool(_PART.search(left[0]) and _WHOLE.search(right[0])) and _common(left[0], right[0])


def _common(left: str, right: str) -> bool:
    """Whether two names begin alike, as those of one thing do."""
    return left.split("_")[0] == right.split("_")[0]


def only_metric(value: Node) -> str | None:
    """The one metric whose unit the value has: nothing scales it on the way."""
    while True:
        value = strip_parentheses(value)
        if isinstance(value, promql.Selector):
            return value.name
        if isinstance(value, promql.Range):
            value = value.selector
        elif isinstance(value, promql.Aggregation) and value.op in _KEEPING:
            value = value.expr
        elif isinstance(value, promql.Call) and value.arguments:
            if value.function == "histogram_quantile":
                inner = [part for part in query_nodes(value) if isinstance(part, promql.Selector)]
                scaled = any(isinstance(part, promql.Binary) for part in query_nodes(value))
                return inner[0].name if len(inner) == 1 and not scaled else None
            if not value.function.endswith("_over_time") or value.function.startswith(("count", "changes")):
                return None
            if value.function.startswith("sum_"):
                return None
            value = value.arguments[-1]
        elif isinstance(value, logql.LogQuery):
            return None
        else:
            return None
