"""A check of labels that a query asks for where they are gone already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.labels_from_outside import labels_from_outside
from tocsin.checks.framework.query_trees import promql_parts
from tocsin.checks.framework.rules import rules_with_groups
from tocsin.diagnostics.model import Level
from tocsin.lang.flow.model import Why
from tocsin.lang.promql import ast as promql
from tocsin.lang.promql.flow.conventions import LABELS_OF_SERVERS
from tocsin.plan.model import Engine, Rule
from tocsin.plan.source_spans import expr_piece
from tocsin.routing.alert_labels import EXTERNAL
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.lang.promql.flow import Flows
_OF_SCRAPES = frozenset({"instance", "job"})
"""Every series that was scraped has them: `query/scraped-join` reports these."""
_AGGREGATED = regex_on_use(r"`\w+`? (?:by|without)|`\w+ by`")


@check_shares("query/gone-label", Level.WARNING)
def gone_label(share: Share) -> Iterator[Finding]:
    """A query groups or joins by a label that is not there any more, or takes one over that goes nowhere.

    Why:
        An inner `sum` without `by` has removed it: the outer `by (cluster)` makes one group of everything,
        and `on (cluster)` joins all with all. What `group_left (env)` adds to the right side of `and` or
        `unless` is not in the result, as those return the series of the left side.

    Fix:
        Keep the label in the inner aggregation, or leave it out of the outer one. Put parentheses around
        what is to get the labels of `group_left`.

    Bad:
        - alert: Errors
          expr: max by (cluster) (sum(rate(errors_total[5m]))) > 1

    Good:
        - alert: Errors
          expr: max by (cluster) (sum by (cluster, job) (errors)) > 1
    """
    known = share.around.flows
    for _, rule in rules_with_groups(share):
        if rule.engine is not Engine.PROMETHEUS or not any(map(_asks_for_labels, promql_parts(rule.expr))):
            continue
        if not _may_be_gone(known.flows(rule.expr, conventions=True)):
            continue
        flows = known.flows(rule.expr)
        if flows is None or flows.result.empty is not None:
            continue
        found = [(node, *gone) for node in promql.walk(flows.tree) for gone in _gone(node, flows)]
        for node, label, span, why, where in found:
            if label.lower().replace("_", "") == "clusterid" or share.around.has(labels_from_outside, label):
                continue
            is_recorded = any(one.reason.startswith("the recording rule") for one in why)
            if is_recorded and (label in LABELS_OF_SERVERS or label.endswith("_replica")):
                # A recording rule has lost it, and the server that keeps what it records may add it.
                continue
            if isinstance(rule, Rule) and f'{label}=""' in rule.selected.split(", "):
                # An exception is for the series without it.
                continue
            # What an inner part has lost, the outer ones cannot have: that part is told.
            lost_by = {id(other) for other, name, *_ in found if name == label and other is not node}
            if any(id(part) in lost_by for part in promql.walk(node)):
                continue
            yield Finding(
                f"`{label}` is gone here: {where}",
                at=expr_piece(rule, span),
                also=tuple((expr_piece(rule, one.span), one.reason) for one in why),
                about=rule.place,
            )


def _asks_for_labels(node: promql.Node) -> bool:
    """Whether a part of a query names labels of which `_gone` may find that they are not there."""
    if isinstance(node, promql.Aggregation):
        return node.grouping is not None and node.grouping.how == "by"
    return isinstance(node, promql.Binary) and (
        node.matching.how == "on" or (node.op in ("and", "unless") and isinstance(node.right, promql.Binary))
    )


def _may_be_gone(flows: Flows | None) -> bool:
    """Whether the other inference is needed: what is there by the names of metrics is there without them."""
    if flows is None:
        return False
    if any(flow.empty for flow in flows.by_node.values()):
        return True
    asking = filter(_asks_for_labels, promql.walk(flows.tree))
    return any(True for node in asking for _ in _gone(node, flows))


def _gone(node: promql.Node, flows: Flows) -> Iterator[tuple[str, tuple[int, int], tuple[Why, ...], str]]:
    if isinstance(node, promql.Aggregation) and node.grouping is not None and node.grouping.how == "by":
        for label, span in zip(node.grouping.labels, node.grouping.label_spans, strict=True):
            fact = flows.of(node.expr).label(label)
            if fact.is_impossible and flows.of(node.expr).empty is None:
                yield label, span, _placed(fact.why), f"`{node.op} by` gets nothing that has it"
            elif (side := _side_without(node.expr, label, flows)) is not None and label not in EXTERNAL:
                why = Why(f"no series of this side has `{label}`", side.span)
                yield label, span, (why,), f"one side of the `or` below `{node.op} by` has lost it"
    if not isinstance(node, promql.Binary):
        return
    matching = node.matching
    if matching.how == "on" and all(flows.of(side).empty is None for side in (node.left, node.right)):
        for label, span in zip(matching.labels, matching.label_spans, strict=True):
            left, right = (flows.of(side).label(label) for side in (node.left, node.right))
            if left.is_impossible and right.is_impossible:
                yield label, span, _placed(left.why), f"neither side of `{node.op}` has it"
            elif left.is_impossible != right.is_impossible and label not in (
                *LABELS_OF_SERVERS,
                *_OF_SCRAPES,
            ):
                lost = left if left.is_impossible else right
                which = "left" if left.is_impossible else "right"
                if _is_aggregated(lost.why):
                    yield label, span, _placed(lost.why), f"the {which} side of `{node.op}` has lost it"
    right_side = node.right
    if node.op in ("and", "unless") and isinstance(right_side, promql.Binary):
        # Without parentheses around it, nobody meant the labels for the right side alone.
        compared = set(matching.labels) if matching.how == "on" else None
        for label, span in zip(right_side.matching.include, right_side.matching.include_spans, strict=True):
            if compared is not None and label not in compared and right_side.matching.many == "left":
                said = (
                    f"`{node.op}` returns the series of its left side, without the labels that are copied "
                    "here"
                )
                yield label, span, (), said


def _side_without(node: promql.Node, label: str, flows: Flows) -> promql.Node | None:
    """The side of an `or` whose series cannot have a label that those of the other side can have."""
    while isinstance(node, promql.Paren):
        node = node.expr
    if not isinstance(node, promql.Binary) or node.op != "or":
        return None
    for side, other in ((node.left, node.right), (node.right, node.left)):
        if flows.of(side).empty is None and flows.of(side).label(label).is_impossible:
            return None if flows.of(other).label(label).is_impossible else side
    return _side_without(node.left, label, flows) or _side_without(node.right, label, flows)


def _is_aggregated(why: Why) -> bool:
    """Whether a label is gone by an aggregation in the query itself."""
    return why.span != (0, 0) and _AGGREGATED.match(why.reason) is not None


def _placed(why: Why) -> tuple[Why, ...]:
    """The reason, if the query has a place for it."""
    return () if why.span == (0, 0) else (why,)
