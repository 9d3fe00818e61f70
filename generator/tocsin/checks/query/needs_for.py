"""A check of what a query says while Prometheus itself has only just started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_parts
from tocsin.checks.framework.rules import alerting_rules
from tocsin.diagnostics.model import Level
from tocsin.lang.durations import parse_duration
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share

_ADDING = frozenset({"sum", "count"})


@check_shares("query/needs-for", Level.INFO)
def needs_for(share: Share) -> Iterator[Finding]:
    """An alert without `for` divides the sum over one job by the sum over another.

    Why:
        When Prometheus has started, it scrapes the targets one after the other. For a minute one sum may
        be whole and the other not, and the alert fires for a quotient that never was.

    Fix:
        Write a `for` of two scrapes or more.

    Bad:
        - alert: Backlog
          expr: sum(jobs{job="queue"}) / sum(workers{job="pool"}) > 5

    Good:
        - alert: Backlog
          expr: sum(jobs{job="queue"}) / sum(workers{job="pool"}) > 5
          for: 5m
    """
    for _, rule in alerting_rules(share):
        if rule.engine is not Engine.PROMETHEUS or parse_duration(rule.for_) > 0:
            continue
        for part in promql_parts(rule.expr):
            if not isinstance(part, promql.Binary) or part.op not in ("/", "-", "*"):
                continue
            left, right = _job(part.left), _job(part.right)
            if left is not None and right is not None and left != right:
                yield Finding(
                    f"just after a start, the sums over `{left}` and `{right}` are not from the same time",
                    at=expr_piece(rule, part.op_span),
                    help="write a `for` of two scrapes or more",
                    about=rule.place,
                )


def _job(node: promql.Node) -> str | None:
    """The one job over which an expression adds up, where a matcher names it."""
    while isinstance(node, promql.Paren):
        node = node.expr
    if not isinstance(node, promql.Aggregation) or node.op not in _ADDING:
        return None
    jobs = {
        matcher.value
        for part in promql.walk(node)
        if isinstance(part, promql.Selector)
        for matcher in part.matchers
        if matcher.name == "job" and matcher.op == "="
    }
    return jobs.pop() if len(jobs) == 1 else None
