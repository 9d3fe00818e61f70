"""Exceptions of objectives by labels that say another objective, and nothing else: objectives by group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.source.node import Entry, MappingNode, Node, ScalarNode, SequenceNode, plain_data
from tocsin.spec.exceptions import BRANCHES, INSTEAD
from tocsin.spec.node_edits import child_node, scalar_beside, with_entries

if TYPE_CHECKING:
    from collections.abc import Iterator

_BESIDE = ("team", "burn", "labels")


def with_objectives_by_label(slo: Node) -> Node:
    """An objective whose exceptions by labels come down to `objective: {default, by, values}`, as that."""
    branches = child_node(slo, BRANCHES)
    if not isinstance(slo, MappingNode) or not isinstance(branches, SequenceNode):
        return slo
    general = child_node(slo, "objective")
    values: dict[str, Entry] = {}
    labels: dict[str, ScalarNode] = {}
    for branch in branches.items:
        where, instead = child_node(branch, "where"), child_node(branch, INSTEAD)
        own = None if instead is None else child_node(instead, "objective")
        is_plain = isinstance(own, ScalarNode) and isinstance(general, ScalarNode)
        if instead is None or own is None or not is_plain or not isinstance(where, MappingNode):
            return slo
        if any(_said(slo, key) != _said(instead, key) for key in _BESIDE):
            return slo
        for label, entry in where.entries.items():
            labels[label] = entry.key
            for text in _texts(entry.value):
                values.setdefault(text.text, Entry(text, own))
        if len(where.entries) != 1:
            return slo
    if len(labels) != 1 or general is None:
        return slo
    [by_label] = labels.values()
    entries = {
        "default": Entry(scalar_beside(general, "default"), general),
        "by": Entry(scalar_beside(by_label, "by"), by_label),
        "values": Entry(scalar_beside(by_label, "values"), with_entries(slo, values)),
    }
    kept = {key: entry for key, entry in slo.entries.items() if key != BRANCHES}
    at = kept["objective"].key
    made = MappingNode(general.document, general.start, general.end, entries)
    return with_entries(slo, kept | {"objective": Entry(at, made)})


def _said(node: Node, key: str) -> object:
    inner = child_node(node, key)
    return None if inner is None else plain_data(inner)


def _texts(node: Node) -> Iterator[ScalarNode]:
    for item in node.items if isinstance(node, SequenceNode) else (node,):
        if isinstance(item, ScalarNode):
            yield item
