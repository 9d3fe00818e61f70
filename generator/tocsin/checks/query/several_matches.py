"""The check of joins that fail at run time, as several series of one side have the same matching labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_units import is_comparison, query_parts
from tocsin.checks.framework.rules import rules_with_groups
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.lang.promql.flow.conventions import LABELS_OF_SERVERS
from tocsin.lang.promql.label_sources import source_of
from tocsin.lang.promql.types import is_scalar
from tocsin.lang.regexes import literal_texts, matches_whole
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeGuard

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.lang.promql.flow import Flows
    from tocsin.plan.query_flows import QueryFlows

_OF_HOSTS = regex_on_use(r"up$|(?:node|container|process|go|kube_pod|kube_node|kubelet|windows)_")
_OF_ONE_HOST = frozenset({"instance", "node", "nodename", "host", "hostname", "pod", "container", "device"})
_OF_KINDS = {
    **dict.fromkeys((f"kube_node_status_{what}" for what in ("capacity", "allocatable")), "resource"),
    **dict.fromkeys((f"kube_pod_container_resource_{what}" for what in ("requests", "limits")), "resource"),
    "kube_node_status_condition": "condition",
    "kube_pod_status_phase": "phase",
    "kube_namespace_status_phase": "phase",
    "kube_persistentvolumeclaim_status_phase": "phase",
    "kube_resourcequota": "resource",
    "node_cpu_seconds_total": "mode",
}
"""Metrics that have a series for each value of one label, whatever they are about."""
_SETS = frozenset({"and", "or", "unless"})
_ANY_HOST = "b7.example:9100"
"""A pattern that takes this one takes every host."""


@check_shares("query/several-matches", Level.WARNING)
def several_matches(share: Share) -> Iterator[Finding]:
    """A join compares none of the labels that one side is grouped by, and allows this side one series.

    Why:
        `sum by (queue) (…)` is a series for each queue. Where the join compares no `queue`, they all have the
        same matching labels, and Prometheus evaluates the rule with an error as soon as there are two
        queues: "many-to-many matching not allowed". The alert never fires. It rests on a convention: what
        a query is grouped by has several values.

    Fix:
        Aggregate that side without the label, compare the label as well, or allow many series on that
        side with `group_left ()` or `group_right ()`.

    Bad:
        - alert: Full
          expr: sum by (queue) (jobs_waiting) / on () sum(jobs_limit) > 0.9

    Good:
        - alert: Full
          expr: |
            sum by (queue) (jobs_waiting)
              / on () group_left () sum(jobs_limit) > 0.9
    """
    known = share.around.flows
    for _, rule in rules_with_groups(share):
        if rule.engine is not Engine.PROMETHEUS or not any(map(_names_labels, query_parts(rule))):
            continue
        flows = known.flows(rule.expr, conventions=True)
        if flows is None or flows.result.empty is not None:
            continue
        for node in promql.walk(flows.tree):
            found = _several(node, flows, known) if _names_labels(node) else None
            if found is not None and isinstance(node, promql.Binary):
                side, labels = found
                named = " and ".join(f"`{label}`" for label in labels)
                yield Finding(
                    f"this side has a series for each {named}, and the join allows it one: the rule fails",
                    at=expr_piece(rule, side.span),
                    also=((expr_piece(rule, node.op_span), f"no {named} is compared here"),),
                    help=_help(node, side, flows, known),
                    about=rule.place,
                )


def _names_labels(node: object) -> TypeGuard[promql.Binary]:
    """Whether an operator pairs the series of two sides by labels that are written."""
    return (
        isinstance(node, promql.Binary)
        and node.matching.how is not None
        and node.op not in _SETS
        and not is_scalar(node.left)
        and not is_scalar(node.right)
    )


def _several(
    node: promql.Binary, flows: Flows, known: QueryFlows
) -> tuple[promql.Node, tuple[str, ...]] | None:
    """The side that has several series with the same matching labels, and the labels that differ."""
    if flows.of(node).empty is not None:
        return None
    if (turned := _turned(node, known)) is not None:
        return turned
    for side, other, name in ((node.right, node.left, "right"), (node.left, node.right, "left")):
        source = source_of(side, known.recordings)
        is_chosen = any(map(is_comparison, promql.walk(side))) or any(
            isinstance(part, promql.Binary) and part.op in _SETS for part in promql.walk(side)
        )
        if node.matching.many == name or is_chosen:
            continue
        if isinstance(source, promql.Selector) and _is_of_many(source, node):
            return side, ("instance",)
        if isinstance(source, promql.Selector) and (of_kinds := _kinds(source, node)) is not None:
            return side, (of_kinds,)
        if not isinstance(source, promql.Aggregation):
            continue
        grouping = source.grouping
        if grouping is None or grouping.how != "by":
            continue
        flow = flows.of(side)
        labels = [label for label in grouping.labels if not flow.label(label).is_impossible]
        compared = [label for label in labels if _is_compared(node, label)]
        # A label that is taken over differs with those that are compared, as the node of a pod does.
        single = {label for label in labels if len(flow.label(label).values or "ab") == 1}
        kept = (*single, *compared, *node.matching.include)
        lost = tuple(label for label in labels if label not in kept)
        # What the other side is told apart by as well has several values beside those that are compared.
        if lost and (not compared or set(lost) <= _grouped_by(other, known)):
            return side, lost
    return None


def _turned(node: promql.Binary, known: QueryFlows) -> tuple[promql.Node, tuple[str, ...]] | None:
    """The side that is finer than the other one, where `group_left` or `group_right` says the opposite."""
    if node.matching.many is None or node.matching.how != "on":
        return None
    many, one = (node.left, node.right) if node.matching.many == "left" else (node.right, node.left)
    its, compared = _grouped_by(many, known), frozenset(node.matching.labels)
    finer = _grouped_by(one, known) - compared - {*node.matching.include}
    return (one, tuple(sorted(finer))) if its and its <= compared and finer else None


def _grouped_by(node: promql.Node, known: QueryFlows) -> frozenset[str]:
    source = source_of(node, known.recordings)
    grouping = source.grouping if isinstance(source, promql.Aggregation) else None
    return frozenset(grouping.labels) if grouping is not None and grouping.how == "by" else frozenset()


def _is_of_many(selector: promql.Selector, node: promql.Binary) -> bool:
    """Whether a join on nothing meets a metric that, by its name, every host has."""
    is_of_all = node.matching.how == "on" and not {*node.matching.labels} - LABELS_OF_SERVERS
    # A kind, such as CPU among resources, is one of each host.
    kind = _OF_KINDS.get(selector.name or "")
    is_chosen = any(_names_one(one) for one in selector.matchers if one.name != kind)
    return is_of_all and not is_chosen and _OF_HOSTS.match(selector.name or "") is not None


def _names_one(matcher: promql.LabelMatcher) -> bool:
    """Whether it may choose one host; a pattern of another label, such as a version, is met by several."""
    if matcher.op != "=~" or matches_whole(matcher.value, _ANY_HOST):
        return matcher.op == "="
    return matcher.name in _OF_ONE_HOST or len(literal_texts(matcher.value) or "ab") == 1


def _kinds(selector: promql.Selector, node: promql.Binary) -> str | None:
    """The label of which a well-known metric has several values for each object, and nobody chooses one."""
    label = _OF_KINDS.get(selector.name or "")
    is_chosen = any(one.name == label and one.op in ("=", "=~") for one in selector.matchers)
    is_free = label is not None and not is_chosen and not _is_compared(node, label)
    return label if is_free and node.matching.how == "on" and label not in node.matching.include else None


def _is_compared(node: promql.Binary, label: str) -> bool:
    named = label in node.matching.labels
    return named if node.matching.how == "on" else not named


def _help(node: promql.Binary, side: promql.Node, flows: Flows, known: QueryFlows) -> str:
    other, group = (node.left, "right") if side is node.right else (node.right, "left")
    shared = sorted(
        (_grouped_by(node.left, known) & _grouped_by(node.right, known)) - {*node.matching.labels}
    )
    if shared and node.matching.how == "on":
        labels = (*node.matching.labels, *shared)
        finer = [bool(_grouped_by(one, known) - {*labels}) for one in (node.left, node.right)]
        group = {(True, False): " group_left ()", (False, True): " group_right ()"}.get(
            (finer[0], finer[1]), ""
        )
        group = group if node.matching.many is None else ""
        return f"compare what both sides are grouped by: `on ({', '.join(labels)}){group}`"
    if node.matching.many is not None and node.matching.many != group and _grouped_by(other, known):
        return f"write `group_{group}`: it names the side with several series"
    if node.matching.many is None and flows.of(other).has_one_series:
        return f"write `group_{group} ()` behind the labels that are compared"
    return "aggregate this side without the label, or compare the label as well"
