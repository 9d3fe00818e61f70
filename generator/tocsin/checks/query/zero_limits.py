"""The check of shares of a limit that is 0 where nobody has set one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_tree
from tocsin.checks.framework.query_units import is_comparison, query_nodes, strip_parentheses, threshold
from tocsin.checks.framework.rules import alerting_rules
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.lang.regexes import matches_whole
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.checks.framework.query_units import Node

_NONE_IS_ZERO = frozenset(
    {
        "container_spec_memory_limit_bytes",
        "container_spec_memory_swap_limit_bytes",
        "container_spec_memory_reservation_limit_bytes",
        "redis_memory_max_bytes",
        "redis_config_maxmemory",
    }
)
"""Limits of which cAdvisor and redis_exporter write 0 where there is none."""
_ONE = frozenset({"name", "container", "container_name", "pod", "instance", "id", "addr", "service"})
"""Labels that choose one thing."""
_ANY = "b7-0.example:9100"
"""A pattern that takes this one chooses nothing."""


@check_shares("query/zero-limit", Level.WARNING)
def zero_limit(share: Share) -> Iterator[Finding]:
    """A share of a limit is compared, and the limit is 0 where none is set.

    Why:
        cAdvisor writes a memory limit of 0 for a container that has none, and redis_exporter the same for a
        server without `maxmemory`. Divided by 0 the share is infinite: the alert fires for everything that
        has no limit.

    Fix:
        Leave out what has none: `/ (container_spec_memory_limit_bytes > 0)`.

    Bad:
        - alert: Memory
          expr: |
            container_memory_working_set_bytes
              / container_spec_memory_limit_bytes > 0.9

    Good:
        - alert: Memory
          expr: |
            container_memory_working_set_bytes
              / (container_spec_memory_limit_bytes > 0) > 0.9
    """
    for _, rule in alerting_rules(share):
        is_of_limit = rule.engine is Engine.PROMETHEUS and any(name in rule.expr for name in _NONE_IS_ZERO)
        tree = promql_tree(rule.expr) if is_of_limit else None
        if tree is None or _is_left_out(tree):
            continue
        for node in promql.walk(tree):
            compared = threshold(node) if isinstance(node, promql.Binary) else None
            if compared is None or compared[1] not in (">", ">="):
                continue
            limit = _divisor(compared[0])
            if limit is not None and limit.name is not None:
                yield Finding(
                    f"`{limit.name}` is 0 where no limit is set: there the share is infinite, and the "
                    "alert fires",
                    at=expr_piece(rule, limit.span),
                    help=f"leave these out: `/ ({rule.expr[slice(*limit.span)]} > 0)`",
                    about=rule.place,
                )


def _divisor(measured: Node) -> promql.Selector | None:
    """The limit by which a positive number is divided that is compared; None where there is none."""
    waiting: list[Node] = [measured]
    while waiting:
        node = strip_parentheses(waiting.pop())
        if isinstance(node, promql.Aggregation):
            waiting.append(node.expr)
        elif isinstance(node, promql.Binary) and node.op == "*":
            waiting += [node.left, node.right]
        elif isinstance(node, promql.Binary) and node.op == "/":
            limit = _limit(node.right)
            if limit is not None:
                # Series of the same labels meet: what one side chooses is chosen on the other.
                return None if any(map(_chooses, promql.walk(node))) else limit
            waiting.append(node.left)
    return None


def _limit(node: promql.Node) -> promql.Selector | None:
    """The metric of a limit, also added up, or with a number in place of what is lower."""
    part = strip_parentheses(node)
    while isinstance(part, promql.Aggregation) or (
        isinstance(part, promql.Call) and part.function == "clamp_min"
    ):
        inner = part.expr if isinstance(part, promql.Aggregation) else part.arguments[0]
        part = strip_parentheses(inner)
    return part if isinstance(part, promql.Selector) and part.name in _NONE_IS_ZERO else None


def _chooses(node: promql.Node) -> bool:
    """Whether it reads one thing, or those called alike, of which somebody knows that they have a limit."""
    matchers = node.matchers if isinstance(node, promql.Selector) else ()
    return any(
        one.name in _ONE
        and one.value != ""
        and (one.op == "=" or (one.op == "=~" and not matches_whole(one.value, _ANY)))
        for one in matchers
    )


def _is_left_out(tree: promql.Node) -> bool:
    """Whether some comparison asks for the limit itself, or for a share that is not infinite."""
    for node in promql.walk(tree):
        if not isinstance(node, promql.Binary) or not is_comparison(node):
            continue
        compared = threshold(node)
        if compared is None:
            continue
        if compared[2] == float("inf") or (compared[1] in ("<", "<=") and compared[2] > 0):
            return True
        names = {one.name for one in query_nodes(compared[0]) if isinstance(one, promql.Selector)}
        if len(names) == 1 and names <= _NONE_IS_ZERO:
            return True
    return False
