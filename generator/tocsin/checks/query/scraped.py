"""The check of joins between what was scraped and what has been aggregated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeGuard

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_units import query_parts
from tocsin.checks.framework.rules import rules_with_groups
from tocsin.checks.framework.vmalert import broadcasts, is_of_vmalert
from tocsin.checks.query.pairing import pairing_help
from tocsin.diagnostics.model import Level
from tocsin.lang.logql import ast as logql
from tocsin.lang.promql import ast as promql
from tocsin.lang.promql.flow import promql_flow
from tocsin.lang.promql.flow.conventions import LABELS_OF_SERVERS
from tocsin.lang.promql.label_sources import is_join, paired_info, source_of
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.lang.promql.flow import Flows
    from tocsin.plan.model import Recording, Rule
    from tocsin.plan.query_flows import QueryFlows

_SCRAPED = ("instance", "job")
"""Prometheus sets them on every series that it scrapes."""


@check_shares("query/scraped-join", Level.WARNING)
def scraped_join(share: Share) -> Iterator[Finding]:
    """A join pairs all labels, and one side has lost a label that the other one has by convention.

    Why:
        Prometheus sets `instance` and `job` on what it scrapes. A sum by `namespace` has neither, so no
        series of it has the same labels as one that was scraped: the join finds nothing, and the alert
        never fires. The same goes for a label that only one side is grouped by, if the series have it.

    Fix:
        Name the labels that both sides share, as in `* on (namespace) group_left ()`, or aggregate both
        sides by the same ones.

    Bad:
        - alert: Full
          expr: sum by (namespace) (used_bytes) / quota_bytes > 0.9

    Good:
        - alert: Full
          expr: |
            sum by (namespace) (used_bytes)
              / sum by (namespace) (quota_bytes) > 0.9
    """
    known = share.around.flows
    for _, rule in rules_with_groups(share):
        if rule.engine is Engine.LOKI:
            result = known.result(rule)
            if result is not None and result.empty is None:
                yield from _between_groups_of_lines(rule)
            continue
        # Most queries join nothing: what they return is not inferred for this check.
        if rule.engine is not Engine.PROMETHEUS or not any(map(_pairs, query_parts(rule))):
            continue
        flows = known.flows(rule.expr)
        if flows is None or flows.result.empty is not None:
            continue
        for node in promql.walk(flows.tree):
            if isinstance(node, promql.Binary) and (info := paired_info(node, known.recordings)) is not None:
                what = "this takes nothing away" if node.op == "unless" else "no series has a partner"
                yield Finding(
                    f"{what}: by its name `{info}` has labels of its own, and all labels are compared",
                    at=expr_piece(rule, node.op_span),
                    help=f"name the labels that both sides share: `{node.op} on (…)`",
                    about=rule.place,
                )
        # What an inner join has lost, its outer ones have too: the innermost is the cause.
        guilty: set[int] = set()
        for node in reversed(list(promql.walk(flows.tree))):
            if _pairs(node) and (found := _one_sided(node, flows, known)) is not None:
                side, other, label, reason = found
                is_exception = node.op == "unless"
                if (
                    is_exception
                    and promql_flow(replace(node, op="and"), known.recordings, conventions=True).empty
                ):
                    # `query/dead-part` reports what is so whatever was scraped.
                    continue
                what = "this takes nothing away" if is_exception else "no series has a partner"
                if any(id(part) in guilty for part in promql.walk(other)):
                    continue
                guilty.add(id(node))
                if broadcasts(node, flows) and is_of_vmalert(rule, share.around):
                    continue
                yield Finding(
                    f"{what}: {reason}, and the other side has lost it",
                    at=expr_piece(rule, node.op_span),
                    also=(
                        (expr_piece(rule, side.span), f"this side has the label `{label}`"),
                        (expr_piece(rule, other.span), f"this side has no `{label}`"),
                    ),
                    help=pairing_help(node, side, flows),
                    about=rule.place,
                )


def _between_groups_of_lines(rule: Rule | Recording) -> Iterator[Finding]:
    """The same of log queries: one side is grouped by a label that the other side is not grouped by."""
    for node in query_parts(rule):
        if not isinstance(node, logql.Binary) or node.op in ("or", "unless") or node.matching.how is not None:
            continue
        groups = [_groups_of_lines(side) for side in (node.left, node.right)]
        if groups[0] is None or groups[1] is None or groups[0] == groups[1]:
            continue
        apart = sorted((groups[0] ^ groups[1]) - LABELS_OF_SERVERS)
        if not apart:
            continue
        label = apart[0]
        yield Finding(
            f"no series has a partner: one side is grouped by `{label}`, and the other side has lost it",
            at=expr_piece(rule, node.op_span),
            help="group both sides by the same labels, or write `on (…)` with those that both share",
            about=rule.place,
        )


def _groups_of_lines(node: logql.Node) -> frozenset[str] | None:
    """The labels of a sum of lines; None for anything else."""
    while isinstance(node, logql.Paren):
        node = node.expr
    if not isinstance(node, logql.Aggregation) or node.op not in ("sum", "count", "max", "min", "avg"):
        return None
    if node.grouping is None:
        return frozenset()
    return frozenset(node.grouping.labels) if node.grouping.how == "by" else None


def _reads_recorded(node: promql.Node, known: QueryFlows) -> bool:
    """Whether a recording rule has a part in it, whose results another server may have labelled."""
    names = (one.name for one in promql.walk(node) if isinstance(one, promql.Selector))
    return any(name in known.recordings for name in names if name)


def _pairs(node: object) -> TypeGuard[promql.Binary]:
    return isinstance(node, promql.Binary) and (node.op == "unless" or is_join(node))


_OneSided = tuple[promql.Node, promql.Node, str, str]


def _one_sided(node: promql.Binary, flows: Flows, known: QueryFlows) -> _OneSided | None:
    """The side that has a label by convention, the one that has lost it, the label, and why it is there."""
    if flows.of(node).empty is not None:
        return None
    for side, other in ((node.left, node.right), (node.right, node.left)):
        source = source_of(side, known.recordings)
        for label, reason in () if source is None else labels_of(source):
            # Where no series has the label, groups by it are the same as groups without it.
            may_miss = flows.of(other).has_labels or _reads_recorded(other, known)
            if label in LABELS_OF_SERVERS and isinstance(source, promql.Aggregation) and may_miss:
                continue
            if _has_to_agree(node, label) and flows.of(other).label(label).is_impossible:
                return side, other, label, reason
    return None


def _has_to_agree(node: promql.Binary, label: str) -> bool:
    """Whether series have to agree in a label to be partners."""
    named = label in node.matching.labels
    return named if node.matching.how == "on" else not named


def labels_of(source: promql.Selector | promql.Aggregation) -> Iterator[tuple[str, str]]:
    """The labels that the series of a selector or of groups surely have by convention, and why."""
    if isinstance(source, promql.Selector):
        asked = {one.name for one in source.matchers}
        for label in _SCRAPED:
            if label not in asked:
                yield label, f"what was scraped has the label `{label}`"
    elif source.grouping is not None and source.grouping.how == "by":
        for label in source.grouping.labels:
            yield label, f"one side is grouped by `{label}`"
