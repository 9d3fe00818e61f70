"""Alerts with labels that have one of few values: what is left of trees for each of these values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diff.route_dag import COMMON, NO_ASKS
from tocsin.lang.alertmanager.matchers import Matcher

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.diff.build_dag import Trees
    from tocsin.diff.route_dag import DagNode
    from tocsin.routing.alert_labels import AlertLabels

_MOST = 64
"""So many combinations of values are gone through; labels with more stay open."""


def restrict_node(trees: Trees, node: DagNode, labels: Mapping[str, str]) -> DagNode:
    """What is left of a node when some labels are known."""
    # An alert's name is distinguished last: by then there is little left.
    for label in sorted(labels, key=lambda one: (one == "alertname", one)):
        if label in node.inner:
            node = trees.forest.given(node, trees.space.at(label, labels[label]))
    return node


def only_possible(
    trees: Trees, nodes: tuple[DagNode, DagNode], alert: AlertLabels
) -> tuple[DagNode, DagNode]:
    """The nodes for those alerts alone whose labels can be so; the others stop at what is common to both."""
    asked = sorted(nodes[0].inner | nodes[1].inner)
    asks = frozenset(
        trees.space.literal(Matcher(label, op, value))
        for label in asked
        for op, value in alert.values(label).conditions
    )
    forest = trees.forest
    old, new = (
        forest.node(COMMON, NO_ASKS, False, [forest.node(node.stop, asks, False, node.children)])
        if asks
        else node
        for node in nodes
    )
    return old, new


def by_value(
    trees: Trees, nodes: tuple[DagNode, ...], alert: AlertLabels, most: int = _MOST
) -> Iterator[tuple[tuple[DagNode, ...], dict[str, str]]]:
    """What is left of nodes for all that such labels can be, as far as the nodes ask, with these values."""
    for label in sorted(frozenset[str]().union(*(node.inner for node in nodes))):
        listed = alert.values(label).listed
        if listed is None or not 0 < len(listed) <= most:
            continue
        for value in sorted(listed):
            left = tuple(restrict_node(trees, node, {label: value}) for node in nodes)
            for rest, values in by_value(trees, left, alert, most // len(listed)):
                yield rest, {label: value, **values}
        return
    yield nodes, {}
