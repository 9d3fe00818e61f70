"""The check of labels that a rule sets over those by which its query tells series apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_tree
from tocsin.checks.framework.query_units import is_comparison, is_number, measured_part, strip_parentheses
from tocsin.checks.framework.rules import rules_with_groups
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece
from tocsin.routing.alert_labels import EXTERNAL
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share

_COARSE = frozenset(
    {
        "namespace",
        "exported_namespace",
        "kubernetes_namespace",
        "job",
        "service",
        "app",
        "application",
        "component",
    }
    | {"team", "severity"}
)
_OF_JOB = regex_on_use(r"[^{}]*\{\{-?\s*\$labels\.job\s*-?\}\}[^{}]*")
_EACH = frozenset(
    {"up", "probe_success", "node_load1", "node_load5", "node_load15", "process_start_time_seconds"}
)
"""Metrics of which each target has one series."""
_CHOOSING = frozenset({"topk", "bottomk", "limitk", "limit_ratio", "count_values"})


@check_shares("label/overwritten", Level.WARNING)
def overwritten(share: Share) -> Iterator[Finding]:
    """A rule sets a label that its query groups by, so that the groups cannot be distinguished any more.

    Why:
        The labels of a rule replace those of the query's result. Two groups that differ in this label only
        have the same labels then, and Prometheus refuses the whole rule: "vector contains metrics with the
        same labelset after applying alert labels". With one group, the alert names the wrong thing.

    Fix:
        Call the rule's label otherwise, or leave the label out of `by`.

    Bad:
        - alert: Errors
          expr: sum by (job, pod) (rate(errors_total[5m])) > 1
          labels: {pod: all}

    Good:
        - alert: Errors
          expr: sum by (job) (rate(errors_total[5m])) > 1
          labels: {pod: all}
    """
    known = share.around.flows
    for _, rule in rules_with_groups(share):
        own = [
            name
            for name, value in rule.labels.items()
            if value and _is_same_for_all(value) and name in rule.written.labels
        ]
        tree = promql_tree(rule.expr) if own and rule.engine is Engine.PROMETHEUS else None
        grouped = None if tree is None else _grouped(tree)
        if tree is not None and "instance" in own and _is_of_targets(tree):
            yield Finding(
                "this replaces the `instance` by which targets differ: two that fire have the same "
                "labels, and the rule fails",
                at=rule.written.labels["instance"],
                help="call the label otherwise: `instance` says which target it is",
                about=rule.place,
            )
            continue
        if grouped is None or grouped.grouping is None:
            continue
        # An empty value removes the label, which is meant.
        flow = known.result(rule)
        for name in own:
            finer = {*grouped.grouping.labels} - _COARSE - EXTERNAL
            if name in EXTERNAL and len(grouped.grouping.labels) > 1:
                # One system has one cluster, and many queries keep the label for those who have several.
                continue
            if name in _COARSE and finer:
                # What lies inside, such as a pod, mostly tells the groups apart as well.
                continue
            if name not in grouped.grouping.labels or flow is None or flow.empty is not None:
                continue
            fact = flow.label(name)
            if fact.is_impossible or (fact.texts.listed is not None and len(fact.texts.listed) < 2):
                continue
            span = grouped.grouping.label_spans[grouped.grouping.labels.index(name)]
            yield Finding(
                f"this replaces the `{name}` that the query groups by: its groups become one and the same",
                at=rule.written.labels[name],
                also=((expr_piece(rule, span), "grouped by it here"),),
                help=f"call the label otherwise, or leave `{name}` out of `by`",
                about=rule.place,
            )


def _is_same_for_all(value: str) -> bool:
    """Whether a label of a rule tells no two targets apart: a text, or what a job has in common."""
    return "{{" not in value or _OF_JOB.fullmatch(value) is not None


def _is_of_targets(tree: promql.Node) -> bool:
    """Whether the series of a result are those of targets, of which there may be several."""
    source = measured_part(tree)
    if not isinstance(source, promql.Selector) or any(one.op == "=" for one in source.matchers):
        return False
    return source.name in _EACH


def _grouped(node: promql.Node) -> promql.Aggregation | None:
    """The aggregation by whose groups the series of a result are distinguished."""
    while True:
        node = _plain(node)
        if isinstance(node, promql.Aggregation):
            by = node.grouping is not None and node.grouping.how == "by" and node.op not in _CHOOSING
            return node if by else None
        if isinstance(node, promql.Binary) and node.op in ("and", "unless"):
            node = node.left
        elif (isinstance(node, promql.Binary) and (is_comparison(node) or is_number(node.right))) or (
            isinstance(node, promql.Binary) and node.matching.how is None and node.op != "or"
        ):
            node = node.right if is_number(node.left) else node.left
        else:
            return None


def _plain(node: promql.Node) -> promql.Node:
    found = strip_parentheses(node)
    return found if isinstance(found, promql.Node) else node
