"""Checks of how long a condition can last, against the `for` of its alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import logql_tree, promql_tree
from tocsin.checks.framework.rules import alerting_rules
from tocsin.diagnostics.model import Level
from tocsin.lang.durations import parse_duration
from tocsin.lang.logql.lasting import passing_count
from tocsin.lang.promql.clock_windows import clock_windows
from tocsin.lang.promql.lasting import awaits_repetition, passing_conditions
from tocsin.lang.promql.opposed import opposed_conditions
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.plan.model import Rule


@check_shares("rule/for-lasting", Level.WARNING)
def for_lasting(share: Share) -> Iterator[Finding]:
    """A `for` is as long as the condition can last after one event, or longer.

    Why:
        A process has been up for less than a minute during one minute; a change is seen by
        `changes(…[5m])` for five minutes. Then the condition is over, and with a `for` of that length the
        alert never fires, unless the same happens again and again. What is down now and was up ten minutes
        ago is so for ten minutes: `up == 0 and up offset 10m == 1` cannot wait for as long. `hour() == 3`
        holds for an hour a day, `minute() < 10` for ten minutes.

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
        waits = 0 if awaits_repetition(rule.alert) else parse_duration(rule.for_) / 1000
        if waits > 0 and rule.engine is Engine.LOKI:
            yield from _one_line(rule, waits)
        node = promql_tree(rule.expr) if waits > 0 and rule.engine is Engine.PROMETHEUS else None
        for one in () if node is None else passing_conditions(node):
            if one.seconds <= waits:
                yield Finding(
                    f"`{rule.alert}` waits for {rule.for_}, and one {one.event} keeps this true for "
                    f"{one.seconds:g}s at most",
                    at=rule.written.for_,
                    also=((expr_piece(rule, one.condition.op_span), "this condition"),),
                    help="leave `for` out, or make it shorter than that",
                    about=rule.place,
                )
                break
        for window in () if node is None else clock_windows(node):
            if window.seconds <= waits:
                yield Finding(
                    f"`{rule.alert}` waits for {rule.for_}, and this condition on the time holds for "
                    f"{window.seconds:g}s at most",
                    at=rule.written.for_,
                    also=((expr_piece(rule, window.condition.span), "this condition"),),
                    help="make `for` shorter than that, or leave it out",
                    about=rule.place,
                )
                break
        for pair in () if node is None else opposed_conditions(node)[:1]:
            if pair.seconds <= waits:
                yield Finding(
                    f"`{rule.alert}` waits for {rule.for_}, and this holds for {pair.seconds:g}s at most: "
                    "after that the `offset` sees the same",
                    at=rule.written.for_,
                    also=((expr_piece(rule, pair.operator.op_span), "the opposite of what was before"),),
                    help="make `for` shorter than the `offset`, or the `offset` longer",
                    about=rule.place,
                )


def _one_line(rule: Rule, waits: float) -> Iterator[Finding]:
    """A log alert that waits for longer than one line of a rare kind is counted."""
    node = logql_tree(rule.expr)
    found = None if node is None else passing_count(node)
    if found is not None and found[1] <= waits:
        yield Finding(
            f"`{rule.alert}` waits for {rule.for_}, and one line keeps this true for {found[1]:g}s at most",
            at=rule.written.for_,
            also=((expr_piece(rule, found[0].op_span), "this condition"),),
            help="leave `for` out, or make it shorter than that",
            about=rule.place,
        )
