"""What somebody says instead of something: two trees of a spec become one."""

from __future__ import annotations

from tocsin.source.node import Entry, MappingNode, Node, ScalarNode, SequenceNode
from tocsin.spec.conditions import COMPARISONS
from tocsin.spec.slos import INDICATORS

NONE = "none"
"""Stands for a threshold that is not there."""
QUERIES = ("promql", "logql", "expr", "rules")
_ONE_OF = (frozenset(COMPARISONS), frozenset(QUERIES), frozenset(INDICATORS), frozenset({"good", "bad"}))
"""Keys of which a mapping has one: another one takes its place."""


_FREE = frozenset({"labels", "annotations", "thresholds", "allow"})
"""Mappings whose keys are the author's own names."""
_TIMES = frozenset({"for", "keep_firing_for"})
_OF_ONE_RULE = frozenset({"for", "keep_firing_for", "summary", "description"})
_NAMED_OF_ONE_RULE = frozenset({"labels", "annotations"})
"""What each of an alert's `rules` may have of its own: a value, or some under the author's names."""


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


def thresholds_giving_way(alert: MappingNode, own: MappingNode) -> MappingNode:
    """An alert whose thresholds have no time of their own that somebody says for all of them."""
    thresholds = alert.entries.get("thresholds")
    said = _TIMES & own.entries.keys()
    if thresholds is None or not isinstance(thresholds.value, MappingNode) or not said:
        return alert
    written = thresholds.value

    def without(node: Node) -> Node:
        if not isinstance(node, MappingNode):
            return node
        kept = {key: one for key, one in node.entries.items() if key not in said}
        return MappingNode(node.document, node.start, node.end, kept)

    entries = {name: Entry(one.key, without(one.value)) for name, one in written.entries.items()}
    made = Entry(thresholds.key, MappingNode(written.document, written.start, written.end, entries))
    return MappingNode(alert.document, alert.start, alert.end, alert.entries | {"thresholds": made})


def rules_giving_way(alert: MappingNode, own: MappingNode) -> MappingNode:
    """An alert whose `rules` have nothing of their own that somebody says for all of them."""
    rules = alert.entries.get("rules")
    if rules is None or not isinstance(rules.value, SequenceNode):
        return alert
    written = rules.value
    items = tuple(_rule_giving_way(rule, own) for rule in written.items)
    made = SequenceNode(written.document, written.start, written.end, items)
    entries = alert.entries | {"rules": Entry(rules.key, made)}
    return MappingNode(alert.document, alert.start, alert.end, entries)


def _rule_giving_way(rule: Node, own: MappingNode) -> Node:
    if not isinstance(rule, MappingNode):
        return rule
    said = own.entries
    entries = {key: one for key, one in rule.entries.items() if key not in _OF_ONE_RULE & said.keys()}
    for key in _NAMED_OF_ONE_RULE & entries.keys() & said.keys():
        known, names = entries[key].value, said[key].value
        if isinstance(known, MappingNode) and isinstance(names, MappingNode):
            kept = {name: one for name, one in known.entries.items() if name not in names.entries}
            entries[key] = Entry(entries[key].key, MappingNode(known.document, known.start, known.end, kept))
    made = MappingNode(rule.document, rule.start, rule.end, entries)
    return thresholds_giving_way(made, own)


def without_none(thresholds: Node) -> Node:
    """Thresholds without those that are `none`."""
    if not isinstance(thresholds, MappingNode):
        return thresholds
    kept = {name: entry for name, entry in thresholds.entries.items() if not _is_none(entry.value)}
    return MappingNode(thresholds.document, thresholds.start, thresholds.end, kept)


def _is_none(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.text == NONE
