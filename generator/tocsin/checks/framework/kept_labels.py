"""What to write in a query so that its result has a label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.query_units import query_parts
from tocsin.lang.logql import ast as logql
from tocsin.lang.promql import ast as promql

if TYPE_CHECKING:
    from tocsin.lang.flow.model import Why
    from tocsin.plan.model import Recording, Rule


def edit_to_keep(rule: Rule | Recording, name: str, why: Why) -> str | None:
    """The edit of the one aggregation that took a label away; None where something else did.

    `why` says where the label was lost.
    """
    node = _aggregation(rule, why)
    if node is None:
        return None
    if node.grouping is not None and node.grouping.how == "without":
        return f"take `{name}` out of the `without`"
    labels = ", ".join([*(node.grouping.labels if node.grouping is not None else ()), name])
    return f"write `{node.op} by ({labels}) (…)`"


def _aggregation(rule: Rule | Recording, why: Why) -> promql.Aggregation | logql.Aggregation | None:
    """The one whose operator or grouping is the place of the reason."""
    for node in query_parts(rule):
        if isinstance(node, promql.Aggregation | logql.Aggregation):
            spans = [node.op_span, *([node.grouping.span] if node.grouping is not None else [])]
            if any(start <= why.span[0] and why.span[1] <= end for start, end in spans):
                return node
    return None
