"""The check of comparisons by `==` with numbers that are estimated, and hardly ever whole."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_tree
from tocsin.checks.framework.query_units import strip_parentheses, threshold
from tocsin.checks.framework.rules import alerting_rules
from tocsin.checks.framework.vmalert import is_of_vmalert
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.checks.framework.query_units import Node

_ESTIMATING = frozenset({"increase", "rate", "delta", "deriv", "predict_linear", "histogram_quantile"})
_EXACT_IN_VICTORIA = frozenset({"increase", "delta"})
"""What VictoriaMetrics does not extrapolate: https://docs.victoriametrics.com/metricsql/#increase."""
_ADDING = frozenset({"sum", "max", "min", "avg"})


@check_shares("query/exact-number", Level.WARNING)
def exact_number(share: Share) -> Iterator[Finding]:
    """An alert compares by `==` or `!=` what is estimated, and hardly ever that very number.

    Why:
        `increase` stretches what it saw to the whole range: of one event it makes 1.0345, so `== 1` never
        holds, and `!= 1` always does. Only 0 is exact, as nothing has grown.

    Fix:
        Write `>= 1`, `round(increase(…)) == 1`, or `changes(…) == 1` of a number that is set anew.

    Bad:
        - alert: RanOnce
          expr: increase(backup_runs_total[1d]) == 1

    Good:
        - alert: RanOnce
          expr: round(increase(backup_runs_total[1d])) == 1
    """
    for _, rule in alerting_rules(share):
        tree = promql_tree(rule.expr) if rule.engine is Engine.PROMETHEUS else None
        compared = None if tree is None else threshold(tree)
        if compared is None or compared[1] not in ("==", "!="):
            continue
        if compared[2] == 0 or not math.isfinite(compared[2]):
            # A quantile is infinite where its last bucket has no end: that is no estimate.
            continue
        call = _estimate(compared[0])
        if call is not None and call.function in _EXACT_IN_VICTORIA and is_of_vmalert(rule, share.around):
            continue
        if call is not None:
            holds = "hardly ever" if compared[1] == "==" else "nearly always"
            yield Finding(
                f"`{call.function}` estimates, and is seldom exactly {compared[2]:g}: this holds {holds}",
                at=expr_piece(rule, call.name_span),
                also=((expr_piece(rule, compared[3].span), f"compared by `{compared[1]}`"),),
                help=f"write `>=` or `<`, or round it first: `round({call.function}(…))`",
                about=rule.place,
            )


def _estimate(node: Node) -> promql.Call | None:
    node = strip_parentheses(node)
    while isinstance(node, promql.Aggregation) and node.op in _ADDING:
        node = strip_parentheses(node.expr)
    return node if isinstance(node, promql.Call) and node.function in _ESTIMATING else None
