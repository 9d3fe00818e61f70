"""A check of what a query says while Prometheus itself has only just started."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_parts, promql_tree
from tocsin.checks.framework.query_units import strip_parentheses, threshold
from tocsin.checks.framework.rules import alerting_rules
from tocsin.diagnostics.model import Level
from tocsin.lang.durations import parse_duration
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.plan.model import Rule

_ADDING = frozenset({"sum", "count"})
_WRITE_FOR = "write a `for` of two scrapes or more"


@check_shares("query/needs-for", Level.INFO)
def needs_for(share: Share) -> Iterator[Finding]:
    """An alert without `for` divides the sum over one job by that over another, or by what it was before.

    Why:
        When Prometheus has started, it scrapes the targets one after the other. For a minute one sum may
        be whole and the other not, and the alert fires for a quotient that never was. So it is where a
        sum is compared with the same sum a day ago: for a minute it looks as if much had gone.

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
                    help=_WRITE_FOR,
                    about=rule.place,
                )
        if (fallen := _fallen(rule)) is not None:
            yield Finding(
                "just after a start, not all series are there yet, and the sum is less than it was",
                at=expr_piece(rule, fallen.op_span),
                help=_WRITE_FOR,
                about=rule.place,
            )


def _fallen(rule: Rule) -> promql.Binary | None:
    """The quotient or difference of a sum and the same sum before, which is asked whether it is low."""
    tree = promql_tree(rule.expr)
    compared = None if tree is None else threshold(tree)
    node = None if compared is None or compared[1] not in ("<", "<=") else strip_parentheses(compared[0])
    if not isinstance(node, promql.Binary) or node.op not in ("/", "-"):
        return None
    now, before = _summed(node.left), _summed(node.right)
    if now is None or before is None or now.offset is not None or before.offset is None:
        return None
    same = promql.without_places(replace(before, offset=None)) == promql.without_places(now)
    return node if same else None


def _summed(node: promql.Node) -> promql.Selector | None:
    """The selector of gauges that are added up or counted."""
    sum_ = strip_parentheses(node)
    inner = (
        strip_parentheses(sum_.expr) if isinstance(sum_, promql.Aggregation) and sum_.op in _ADDING else None
    )
    return inner if isinstance(inner, promql.Selector) else None


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
