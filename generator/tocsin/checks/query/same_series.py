"""The check of quotients and differences of series with themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_parts
from tocsin.checks.framework.query_units import calculated_number, is_number, strip_parentheses
from tocsin.checks.framework.rules import rules_with_groups
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.lang.promql.flow.ratio import say_the_same
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.plan.model import Recording, Rule
    from tocsin.plan.query_flows import QueryFlows

_RESULTS = {"/": "1", "-": "0"}


@check_shares("query/same-series", Level.ERROR, of_one_text=True)
def same_series(share: Share) -> Iterator[Finding]:
    """Each series is divided by itself, or taken from itself, as one side asks for some of the other's.

    Why:
        Without `sum`, a division pairs series that agree in all labels. The errors are not divided by all
        requests, but by themselves: the result is 1 for each series of errors, and above any threshold
        from the first error on.

    Fix:
        Add up both sides by the labels that matter.

    Bad:
        - alert: Errors
          expr: |
            rate(requests_total{code=~"5.."}[5m])
              / rate(requests_total[5m]) > 0.05

    Good:
        - alert: Errors
          expr: |
            sum by (job) (rate(requests_total{code=~"5.."}[5m]))
              / sum by (job) (rate(requests_total[5m])) > 0.05
    """
    known = share.around.flows
    for _, rule in rules_with_groups(share):
        for node in promql_parts(rule.expr) if rule.engine is Engine.PROMETHEUS else ():
            if (
                not isinstance(node, promql.Binary)
                or node.op not in _RESULTS
                or node.matching.how is not None
            ):
                continue
            if are_same_sums(node) and not _is_empty(rule, known):
                yield Finding(
                    f"both sides measure the same: the result is {_RESULTS[node.op]}",
                    at=expr_piece(rule, node.op_span),
                    help=help_where_same(node),
                    about=rule.place,
                )
                continue
            whole = _without_epsilon(node.right) if node.op == "/" else None
            left, right = _series(node.left), _series(whole or node.right)
            if left is None or right is None or left[0] != right[0]:
                continue
            # Whoever asks for some of the series means a share of them all; `x / (x + 1)` is a curve.
            if whole is not None and not left[1] > right[1]:
                continue
            narrow = min(left, right, key=lambda side: -len(side[1]))
            if _is_empty(rule, known):
                continue
            if left[1] <= right[1] or right[1] <= left[1]:
                yield Finding(
                    f"each series of `{narrow[2].name}` meets itself here: {_result(node)}",
                    at=expr_piece(rule, node.op_span),
                    also=((expr_piece(rule, narrow[2].span), "the other side has these series as well"),),
                    help=help_where_same(node),
                    about=rule.place,
                )


def _is_empty(rule: Rule | Recording, known: QueryFlows) -> bool:
    """Whether nothing is left of it, which `query/empty` tells."""
    result = known.result(rule)
    return result is not None and result.empty is not None


def are_same_sums(node: promql.Binary) -> bool:
    """Whether both sides aggregate the same, in the same way."""
    left, right = strip_parentheses(node.left), strip_parentheses(node.right)
    if not isinstance(left, promql.Aggregation) or not isinstance(right, promql.Aggregation):
        return False
    return say_the_same(left, right)


def help_where_same(node: promql.Binary) -> str:
    """What to write where each series meets itself."""
    if are_same_sums(node):
        return "write on one side what the other one is to be compared with"
    op = node.op
    return f"add up both sides: `sum by (…) (…) {op} sum by (…) (…)`"


def _result(node: promql.Binary) -> str:
    if _without_epsilon(node.right) is not None:
        return "the result is close to 1"
    if any(isinstance(strip_parentheses(side), promql.Binary) for side in (node.left, node.right)):
        return "the result is a fixed part of it" if node.op == "-" else "the result is a fixed number"
    return f"the result is {_RESULTS[node.op]}"


def _without_epsilon(divisor: promql.Node) -> promql.Node | None:
    """What is divided by, without a small number that keeps it from being 0; None where there is none."""
    part = strip_parentheses(divisor)
    if not isinstance(part, promql.Binary) or part.op != "+":
        return None
    for measured, number in ((part.left, part.right), (part.right, part.left)):
        if 0 < (calculated_number(number) or 0) <= 1:
            return measured
    return None


_Series = tuple[tuple[object, ...], frozenset[tuple[str, str, str]], promql.Selector]


def _series(node: promql.Node) -> _Series | None:
    """What is measured of which metric, and the conditions on its labels; None for anything else."""
    part = strip_parentheses(node)
    while isinstance(part, promql.Binary) and part.op == "*":
        # Per cent of it is the same for each series.
        if is_number(part.right) == is_number(part.left):
            return None
        part = strip_parentheses(part.left if is_number(part.right) else part.right)
    form: list[object] = []
    if isinstance(part, promql.Call) and len(part.arguments) == 1:
        form.append(part.function)
        part = strip_parentheses(part.arguments[0])
    if isinstance(part, promql.Range):
        form.append(part.range.seconds)
        part = part.selector
    if not isinstance(part, promql.Selector) or part.name is None or part.at is not None:
        return None
    offset = None if part.offset is None else part.offset.seconds
    asked = frozenset((one.name, one.op, one.value) for one in part.matchers)
    return (*form, part.name, offset), asked, part
