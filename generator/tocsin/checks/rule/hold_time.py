"""Checks of how long a condition can last, against the `for` of its alert."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_tree
from tocsin.checks.framework.query_units import is_comparison, strip_parentheses, threshold
from tocsin.checks.framework.rules import alerting_rules
from tocsin.diagnostics.model import Level
from tocsin.lang.durations import parse_duration
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share

_START = re.compile(r"_(?:start|boot)_time(?:_seconds)?$|_created$")
_SINGLE = re.compile(
    r"(?:^|_)(?:restarts?|reboots?|boots?|reloads?|leader|elections?|failovers?|version|revision|generation"
    r"|hash|rollouts?)(?:_|$)"
)
_EVENTS = {"changes": "change", "resets": "reset"}
_UPTIME = re.compile(r"(?:^|_)uptime(?:_(?:in_)?seconds)?$")


@check_shares("rule/for-lasting", Level.WARNING)
def for_lasting(share: Share) -> Iterator[Finding]:
    """A `for` is as long as the condition can last after one event, or longer.

    Why:
        A process has been up for less than a minute during one minute; a change is seen by
        `changes(…[5m])` for five minutes. Then the condition is over, and with a `for` of that length the
        alert never fires, unless the same happens again and again.

    Fix:
        Leave `for` out: the event is the alert. To be notified of a process that starts again and again,
        count the starts: `changes(process_start_time_seconds[15m]) > 2`.

    Bad:
        - alert: Restarted
          expr: time() - process_start_time_seconds < 120
          for: 5m

    Good:
        - alert: Restarted
          expr: time() - process_start_time_seconds < 120
    """
    for _, rule in alerting_rules(share):
        waits = parse_duration(rule.for_) / 1000
        node = promql_tree(rule.expr) if waits > 0 and rule.engine is Engine.PROMETHEUS else None
        for condition in () if node is None else _all_of(node):
            lasts = _lasts(condition)
            if lasts is not None and lasts[0] <= waits:
                yield Finding(
                    f"`{rule.alert}` waits for {rule.for_}, and one {lasts[1]} keeps this true for "
                    f"{lasts[0]:g}s at most",
                    at=rule.written.for_,
                    also=((expr_piece(rule, condition.op_span), "this condition"),),
                    help="leave `for` out, or make it shorter than that",
                    about=rule.place,
                )
                break


def _all_of(node: promql.Node) -> Iterator[promql.Binary]:
    """The comparisons that all have to hold, as far as they are joined by `and`."""
    waiting = [node]
    while waiting:
        one = strip_parentheses(waiting.pop())
        if isinstance(one, promql.Binary):
            if is_comparison(one):
                yield one
            elif one.op == "and":
                waiting += [one.right, one.left]
            elif one.op == "unless":
                waiting.append(one.left)


def _lasts(condition: promql.Binary) -> tuple[float, str] | None:
    """For how many seconds one event keeps a comparison true, and what the event is; None where unknown."""
    compared = threshold(condition)
    if compared is None:
        return None
    value, op, limit = strip_parentheses(compared[0]), compared[1], compared[2]
    if op in ("<", "<=") and limit > 0 and _is_age(value):
        return limit, "start"
    if isinstance(value, promql.Call) and value.function in _EVENTS and _is_any(op, limit):
        ranged = value.arguments[0]
        # Errors that are counted may go on for as long as they like; starts are rare.
        name = (ranged.selector.name or "") if isinstance(ranged, promql.Range) else ""
        is_rare = (
            _START.search(name)
            or value.function == "resets"
            or (_SINGLE.search(name) is not None and "fail" not in name and "error" not in name)
        )
        if isinstance(ranged, promql.Range) and is_rare:
            seconds = ranged.range.seconds
            return None if seconds is None else (seconds, _EVENTS[value.function])
    return None


def _is_any(op: str, limit: float) -> bool:
    return (op in (">", "!=") and limit == 0) or (op == ">=" and limit == 1)


def _is_age(node: object) -> bool:
    """Whether it says for how long one process has been up; of several, others may have started since."""
    if isinstance(node, promql.Selector):
        return node.name is not None and _UPTIME.search(node.name) is not None
    if not isinstance(node, promql.Binary) or node.op != "-":
        return False
    now, start = strip_parentheses(node.left), strip_parentheses(node.right)
    return (
        isinstance(now, promql.Call)
        and now.function == "time"
        and isinstance(start, promql.Selector)
        and start.name is not None
        and _START.search(start.name) is not None
    )
