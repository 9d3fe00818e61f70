"""What refers to alerts that an exception switches off, and forgets them there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.source.node import MappingNode, Node, ScalarNode, SequenceNode
from tocsin.spec.node_edits import child_node, each_value, mapping_at, with_entries

if TYPE_CHECKING:
    from collections.abc import Callable


def without_references(root: MappingNode, off: set[str]) -> MappingNode:
    """The spec in which nothing refers to alerts that are switched off, and no test is of one of them."""

    def named(item: Node) -> str | None:
        alert = child_node(item, "alert") if isinstance(item, MappingNode) else item
        return alert.text if isinstance(alert, ScalarNode) else None

    def without(node: Node) -> Node:
        if not isinstance(node, SequenceNode):
            return node
        items = tuple(item for item in node.items if named(item) not in off)
        return SequenceNode(node.document, node.start, node.end, items)

    def alert(node: Node) -> Node:
        return mapping_at(mapping_at(node, "related", without), "depends_on", without)

    def tests(node: Node) -> Node:
        kept = without(node)
        if not isinstance(kept, SequenceNode):
            return kept
        items = tuple(one for one in kept.items if not _is_of(child_node(one, "active"), named, off))
        return SequenceNode(kept.document, kept.start, kept.end, items)

    def slo(node: Node) -> Node:
        return mapping_at(mapping_at(node, "related", without), "alerts", without)

    def recordings(node: Node) -> Node:
        if not isinstance(node, SequenceNode):
            return node
        items = tuple(map(recording, node.items))
        return SequenceNode(node.document, node.start, node.end, items)

    def recording(node: Node) -> Node:
        after = child_node(node, "after")
        if not isinstance(node, MappingNode) or not isinstance(after, ScalarNode) or after.text not in off:
            return node
        return with_entries(node, {key: entry for key, entry in node.entries.items() if key != "after"})

    def group(node: Node) -> Node:
        with_alerts = mapping_at(node, "alerts", lambda alerts: each_value(alerts, alert))
        return mapping_at(with_alerts, "recordings", recordings)

    made = mapping_at(root, "groups", lambda groups: each_value(groups, group))
    made = mapping_at(made, "slos", lambda slos: each_value(slos, slo))
    made = mapping_at(made, "routing", lambda routing: mapping_at(routing, "tests", tests))
    assert isinstance(made, MappingNode)
    return made


def _is_of(active: Node | None, named: Callable[[Node], str | None], off: set[str]) -> bool:
    return isinstance(active, SequenceNode) and any((named(one) or "") in off for one in active.items)
