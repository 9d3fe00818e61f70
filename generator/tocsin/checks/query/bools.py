"""Checks of comparisons with `bool`, whose 1 and 0 only help where a value is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_units import is_bool, is_comparison, strip_parentheses
from tocsin.checks.framework.rules import rules_with_groups
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.lang.flow.value_range import ValueRange
    from tocsin.lang.promql.flow import Flows

_COUNTING = frozenset({"count", "group"})


@check_shares("query/bool", Level.ERROR, of_one_text=True)
def useless_bool(share: Share) -> Iterator[Finding]:
    """A comparison with `bool` decides nothing: what reads it does not look at 1 and 0, or it is always one.

    Why:
        With `bool` every series stays, as 1 or 0. `count` counts them all, and `and` and `unless` only ask
        whether a series is there, so the comparison has no effect. Comparisons in a row are read from the
        left, and `*` binds tighter than they do: `hour() >= bool 8 * hour() < bool 18` compares 0 or 1
        with 18, which always holds.

    Fix:
        Leave `bool` out before `count`, `and` and `unless`. In a product, put each comparison in
        parentheses.

    Bad:
        - alert: ManyFull
          expr: count(disk_used_ratio > bool 0.9) > 3

    Good:
        - alert: ManyFull
          expr: count(disk_used_ratio > 0.9) > 3
    """
    known = share.around.flows
    for _, rule in rules_with_groups(share):
        if rule.engine is not Engine.PROMETHEUS or "bool" not in rule.expr.lower():
            continue
        flows = known.flows(rule.expr)
        if flows is None:
            continue
        for node in promql.walk(flows.tree):
            found = _of_count(node) or _of_set_operator(node) or _always_the_same(node, flows)
            if found is not None:
                comparison, message, help_ = found
                yield Finding(message, at=expr_piece(rule, comparison.op_span), help=help_, about=rule.place)


_Found = tuple[promql.Binary, str, str]


def _of_count(node: promql.Node) -> _Found | None:
    if not isinstance(node, promql.Aggregation) or node.op not in _COUNTING:
        return None
    inner = strip_parentheses(node.expr)
    if not isinstance(inner, promql.Binary) or not is_bool(inner):
        return None
    counted = "leave `bool` out" + (", or write `sum` for `count`" if node.op == "count" else "")
    return inner, f"`{node.op}` takes every series, whether this comparison gives 1 or 0", counted


def _of_set_operator(node: promql.Node) -> _Found | None:
    if not isinstance(node, promql.Binary) or node.op not in ("and", "unless"):
        return None
    right = strip_parentheses(node.right)
    if not isinstance(right, promql.Binary) or not is_bool(right):
        return None
    message = f"`{node.op}` asks only whether a series is there, and with `bool` it is, be it 1 or 0"
    return right, message, "leave `bool` out"


def _always_the_same(node: promql.Node, flows: Flows) -> _Found | None:
    if not isinstance(node, promql.Binary) or not is_bool(node):
        return None
    left, right, result = (flows.of(one).value for one in (node.left, node.right, node))
    if result.constant is None or result.nan or flows.result.empty is not None:
        return None
    if left.constant is not None and right.constant is not None:
        return None
    # What a comparison has left over may be turned into 1 on purpose.
    if any(map(is_comparison, promql.walk(node))):
        return None
    if not any(isinstance(one, promql.Binary) and is_bool(one) for one in (node.left, node.right)):
        known = left if left.constant is None else right
        help_ = f"what it compares is {known.described()}: compare it with a number that it can reach"
    else:
        help_ = "put each comparison in parentheses: `(… > bool …) * (… < bool …)`"
    return node, f"this comparison always gives {result.constant:g}, as {_sides(left, right)}", help_


def _sides(left: ValueRange, right: ValueRange) -> str:
    return f"its left side is {left.described()} and its right side {right.described()}"
