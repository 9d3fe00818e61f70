"""What somebody says instead of something: two trees of a spec become one."""

from __future__ import annotations

from tocsin.source.node import Entry, MappingNode, Node, ScalarNode
from tocsin.spec.alerts import COMPARISONS
from tocsin.spec.slos import INDICATORS

NONE = "none"
"""Stands for a threshold that is not there."""
QUERIES = ("promql", "logql", "expr", "rules")
_ONE_OF = (frozenset(COMPARISONS), frozenset(QUERIES), frozenset(INDICATORS), frozenset({"good", "bad"}))
"""Keys of which a mapping has one: another one takes its place."""


_FREE = frozenset({"labels", "annotations", "thresholds", "allow"})
"""Mappings whose keys are the author's own names."""


def overlaid(known: Node, own: Node, key: str = "") -> Node:
    """What is known with what somebody says of their own: mappings key by key, all else as a whole.

    `key` is the one under which both stand.
    """
    if not isinstance(known, MappingNode) or not isinstance(own, MappingNode):
        return own
    exclusive = () if key in _FREE else _ONE_OF
    replaced = {one for keys in exclusive if keys & own.entries.keys() for one in keys}
    entries = {
        name: one for name, one in known.entries.items() if name not in replaced or name in own.entries
    }
    for name, entry in own.entries.items():
        before = entries.get(name)
        value = entry.value if before is None else overlaid(before.value, entry.value, name)
        entries[name] = Entry(entry.key, value)
    return MappingNode(own.document, own.start, own.end, entries)


def without_none(thresholds: Node) -> Node:
    """Thresholds without those that are `none`."""
    if not isinstance(thresholds, MappingNode):
        return thresholds
    kept = {name: entry for name, entry in thresholds.entries.items() if not _is_none(entry.value)}
    return MappingNode(thresholds.document, thresholds.start, thresholds.end, kept)


def _is_none(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.text == NONE
