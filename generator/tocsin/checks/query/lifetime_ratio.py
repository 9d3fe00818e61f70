"""The check of ratios of counters that have counted since their processes started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_parts
from tocsin.checks.framework.query_units import is_number, strip_parentheses
from tocsin.checks.framework.rules import alerting_rules
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share

# What is counted as it happens, by the last words before `_total`.
_EVENTS = regex_on_use(
    r"(?:^|_)(?:error|err|fail|failure|failed|timeout|exception|reject|rejected|drop|dropped|request|response"
    r"|hit|miss|misse|success|succeeded|successe|attempt|operation|query|querie|message|event|call|packet|login"
    r"|transaction|retry|retrie|processed|completed|handled|received|sent)s?(?:_\w+)?_total$"
)
# Sizes, and what there is room for: they rise and fall, whatever they are called.
_SIZES = regex_on_use(
    r"(?:^|_)(?:size|capacity|limit|max|memory|mem|swap|disk|filesystem|space|storage|heap|available|free|used"
    r"|usage|quota|pending|active|current|open|running|waiting|idle|budget)(?:_|$)"
    r"|_(?:connection|conn|thread|worker|node|pod|replica|instance|member|broker|shard|partition|core|slot|pool"
    r"|inode|fd|file|queue|key|user|session|device|target|host|container|table|database|index|indexe)s?_total$"
)
_ADDING = frozenset({"sum", "avg", "max", "min"})


@check_shares("query/raw-ratio", Level.WARNING)
def raw_ratio(share: Share) -> Iterator[Finding]:
    """The heights of two counters are divided: a ratio or average of all that was counted since the start.

    Why:
        Counters, by their names, only grow. After a month without an error, an hour in which everything
        fails hardly moves `errors_total / requests_total`: the alert comes late or never, and stays for days.

    Fix:
        Divide how much they grew: `rate(errors_total[5m]) / rate(requests_total[5m])`.

    Bad:
        - alert: Failing
          expr: sum(upload_errors_total) / sum(uploads_total) > 0.05

    Good:
        - alert: Failing
          expr: |
            sum(rate(upload_errors_total[5m])) / sum(rate(uploads_total[5m]))
              > 0.05
    """
    for _, rule in alerting_rules(share):
        if rule.engine is not Engine.PROMETHEUS or "/" not in rule.expr:
            continue
        for node in promql_parts(rule.expr) if "_total" in rule.expr or "_sum" in rule.expr else ():
            if not isinstance(node, promql.Binary) or node.op != "/":
                continue
            if _is_mean(node):
                yield Finding(
                    "by the names of its counters, this is the average of everything since the processes "
                    "started",
                    at=expr_piece(rule, node.op_span),
                    help="divide how much they grew: `rate(…_sum[5m]) / rate(…_count[5m])`",
                    about=rule.place,
                )
                continue
            sides = (_heights(node.left), _heights(node.right))
            if not all(sides) or not any(_EVENTS.search(name) for side in sides for name in side):
                continue
            yield Finding(
                "by the names of its counters, this is a ratio of everything since the processes started",
                at=expr_piece(rule, node.op_span),
                also=((expr_piece(rule, node.left.span), "how high it is, not how much it grew"),),
                help="divide how much they grew: `rate(…[5m]) / rate(…[5m])`",
                about=rule.place,
            )


def _is_mean(node: promql.Binary) -> bool:
    """Whether the sum of a histogram or summary is divided by how many it has counted, both as they stand."""
    names: list[str] = []
    for side in (node.left, node.right):
        one = strip_parentheses(side)
        while isinstance(one, promql.Aggregation) and one.op in _ADDING:
            one = strip_parentheses(one.expr)
        if not isinstance(one, promql.Selector) or one.offset is not None or ":" in (one.name or ""):
            return False
        names.append(one.name or "")
    return names[0].endswith("_sum") and names[1] == f"{names[0].removesuffix('_sum')}_count"


def _heights(node: promql.Node) -> tuple[str, ...]:
    """The counters whose heights, or sums of them, a part of a query is; none where it is anything else."""
    found: list[str] = []
    waiting = [node]
    while waiting:
        one = strip_parentheses(waiting.pop())
        match one:
            case promql.Selector() if _is_counter(one):
                found.append(one.name or "")
            case promql.Aggregation() if one.op in _ADDING:
                waiting.append(one.expr)
            case promql.Call() if one.function in ("clamp_min", "clamp_max"):
                waiting.append(one.arguments[0])
            case promql.Binary() if one.op in ("+", "-", ">", "!=", "*"):
                sides = [side for side in (one.left, one.right) if not is_number(side)]
                if len(sides) == 2 and one.op not in ("+", "-"):
                    return ()
                waiting += sides
            case _:
                return ()
    return tuple(found)


def _is_counter(selector: promql.Selector) -> bool:
    name = selector.name or ""
    return name.endswith("_total") and ":" not in name and selector.offset is None and not _SIZES.search(name)
