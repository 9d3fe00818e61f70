"""The exceptions of a spec, resolved: what each part of it is in one environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tocsin.source.node import Entry, MappingNode, Node, ScalarNode, SequenceNode
from tocsin.spec.exceptions import BRANCHES, INSTEAD
from tocsin.spec.node_edits import child_node, each_value, mapping_at, scalar_beside, with_entries
from tocsin.spec.overlay import overlaid, rules_giving_way, thresholds_giving_way, without_none
from tocsin.spec.slo_exceptions import with_objectives_by_label
from tocsin.spec.switched_off import without_references

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

EXCEPT, IN, WHERE, OFF, UNTIL = "except", "in", "where", "off", "until"
_ABOUT = frozenset({IN, WHERE, OFF, UNTIL})
_OF_GROUP, _OF_PROJECT = frozenset({"team", "labels"}), frozenset({"labels"})
"""What a group and the project say of their alerts, which may be otherwise for some label values."""
_OF_SLO = frozenset({"objective", "team", "burn", "labels"})
"""What an objective may say otherwise for some label values."""
_OF_ROUTE = frozenset(
    {"severity", "team", "matchers", "receiver", "group_by", "group_wait", "group_interval"}
    | {"repeat_interval", "continue", "mute_time_intervals", "active_time_intervals"}
)
"""What a route says itself, beside the routes below it."""


def has_exceptions(values: Mapping[str, object]) -> bool:
    """Whether any part of a file has exceptions, or what only they are made into."""
    groups = _dicts(values.get("groups"))
    alerts = [alert for group in groups for alert in _dicts(group.get("alerts"))]
    project = _dicts({"": values.get("project")})
    made = {EXCEPT, BRANCHES}
    if any(not made.isdisjoint(one) for one in (*project, *groups, *alerts, *_dicts(values.get("slos")))):
        return True
    routing = values.get("routing")
    waiting = [routing] if isinstance(routing, dict) else []
    while waiting:
        one = waiting.pop()
        if not made.isdisjoint(one):
            return True
        below = one.get("routes")
        waiting += [route for route in below if isinstance(route, dict)] if isinstance(below, list) else []
    return False


def _dicts(value: object) -> list[dict[str, object]]:
    return [one for one in value.values() if isinstance(one, dict)] if isinstance(value, dict) else []


def with_exceptions(root: MappingNode, name: str | None) -> MappingNode:
    """The spec as its exceptions make it in an environment, without what is switched off there."""
    entries = dict(root.entries)
    off: set[str] = set()

    def alerts(node: Node) -> Node:
        kept = _kept(node, name)
        if isinstance(node, MappingNode) and isinstance(kept, MappingNode):
            off.update(node.entries.keys() - kept.entries.keys())
        return kept

    if "project" in entries:
        project = project_with_exceptions(entries["project"].value, name)
        if project is not None:
            entries["project"] = Entry(entries["project"].key, project)
    if "groups" in entries:
        before = entries["groups"].value
        groups = _kept(before, name, _OF_GROUP)
        if isinstance(before, MappingNode) and isinstance(groups, MappingNode):
            for gone in before.entries.keys() - groups.entries.keys():
                written = child_node(before.entries[gone].value, "alerts")
                off.update(written.entries if isinstance(written, MappingNode) else ())
        made = each_value(groups, lambda one: mapping_at(one, "alerts", alerts))
        entries["groups"] = Entry(entries["groups"].key, made)
    if "slos" in entries:
        slos = each_value(_kept(entries["slos"].value, name, _OF_SLO), with_objectives_by_label)
        entries["slos"] = Entry(entries["slos"].key, slos)
    if "routing" in entries:
        entries["routing"] = Entry(
            entries["routing"].key,
            mapping_at(entries["routing"].value, "routes", lambda one: _routes(one, name)),
        )
    return without_references(with_entries(root, entries), off) if off else with_entries(root, entries)


def project_with_exceptions(project: Node | None, name: str | None) -> Node | None:
    """The project as its exceptions make it in an environment."""
    return None if project is None else _in(project, name, _OF_PROJECT)


def all_routes(root: MappingNode) -> Iterator[Node]:
    """All routes, those below others as well."""
    waiting = [node for node in (child_node(root, "routing"),) if node is not None]
    while waiting:
        below = child_node(waiting.pop(), "routes")
        found = below.items if isinstance(below, SequenceNode) else ()
        yield from found
        waiting += found


def holders(root: MappingNode) -> Iterator[MappingNode]:
    """The parts of a spec that have exceptions."""
    groups = values_of(child_node(root, "groups"))
    project = child_node(root, "project")
    parts = [
        *(() if project is None else (project,)),
        *groups,
        *(alert for group in groups for alert in values_of(child_node(group, "alerts"))),
    ]
    parts += [*values_of(child_node(root, "slos")), *all_routes(root)]
    yield from (part for part in parts if isinstance(part, MappingNode) and EXCEPT in part.entries)


def names_in(node: Node) -> list[ScalarNode]:
    """The environments that an exception or a test names."""
    written = child_node(node, IN)
    items = written.items if isinstance(written, SequenceNode) else (written,)
    return [item for item in items if isinstance(item, ScalarNode)]


def is_in(item: Node, name: str | None) -> bool:
    """Whether something is for an environment: it names it, or none."""
    return child_node(item, IN) is None or name in {one.text for one in names_in(item)}


class TakenApart(NamedTuple):
    """A part of a spec and what is otherwise of it."""

    original: MappingNode
    """Without the exceptions."""
    items: tuple[MappingNode, ...]


def taken_apart(node: MappingNode) -> TakenApart:
    """A part of a spec, and its exceptions in order."""
    written = child_node(node, EXCEPT)
    items = written.items if isinstance(written, SequenceNode) else ()
    kept = {key: entry for key, entry in node.entries.items() if key != EXCEPT}
    return TakenApart(
        with_entries(node, kept), tuple(item for item in items if isinstance(item, MappingNode))
    )


def matching_exceptions(items: Sequence[MappingNode], name: str | None) -> list[int]:
    """The exceptions that something reaches in an environment: up to one that is for everything there."""
    found = []
    for number, item in enumerate(items):
        if is_in(item, name):
            found.append(number)
            if WHERE not in item.entries:
                break
    return found


def what_holds_instead(original: MappingNode, item: MappingNode) -> MappingNode | None:
    """A part where an exception applies; None where it is switched off."""
    if OFF in item.entries:
        return None
    own = with_entries(item, {key: entry for key, entry in item.entries.items() if key not in _ABOUT})
    made = overlaid(thresholds_giving_way(rules_giving_way(original, own), own), own)
    assert isinstance(made, MappingNode)
    thresholds = made.entries.get("thresholds")
    if thresholds is None:
        return made
    return with_entries(
        made, made.entries | {"thresholds": Entry(thresholds.key, without_none(thresholds.value))}
    )


def _in(node: Node, name: str | None, varying: Collection[str] | None = None) -> Node | None:
    """A part as it is in an environment; None where it is switched off.

    `varying` are the keys that may be otherwise for some label values; all of them when absent.
    """
    if not isinstance(node, MappingNode) or EXCEPT not in node.entries:
        return node
    original, items = taken_apart(node)
    base: MappingNode | None = original
    branches: list[Node] = []
    for number in matching_exceptions(items, name):
        if WHERE not in items[number].entries:
            base = what_holds_instead(original, items[number])
        else:
            branches.append(_branch(original, items[number], varying))
    if base is None or not branches:
        return base
    found = SequenceNode(node.document, node.start, node.end, tuple(branches))
    return with_entries(base, base.entries | {BRANCHES: Entry(scalar_beside(node, BRANCHES), found)})


def _branch(original: MappingNode, item: MappingNode, varying: Collection[str] | None) -> MappingNode:
    """What a part is for some values of labels; nothing, where it is switched off."""
    entries = {key: entry for key, entry in item.entries.items() if key in (WHERE, OFF)}
    made = what_holds_instead(original, item)
    if made is not None:
        if varying is not None:
            made = with_entries(made, {key: entry for key, entry in made.entries.items() if key in varying})
        entries[INSTEAD] = Entry(scalar_beside(item, INSTEAD), made)
    return with_entries(item, entries)


def _kept(node: Node, name: str | None, varying: Collection[str] | None = None) -> Node:
    """A mapping with its values as they are in an environment, without those that are switched off."""
    if not isinstance(node, MappingNode):
        return node
    made = {key: (entry.key, _in(entry.value, name, varying)) for key, entry in node.entries.items()}
    return with_entries(
        node, {key: Entry(at, value) for key, (at, value) in made.items() if value is not None}
    )


def _routes(node: Node, name: str | None) -> Node:
    if not isinstance(node, SequenceNode):
        return node
    made = (_in(item, name, _OF_ROUTE) for item in node.items)
    items = (mapping_at(one, "routes", lambda below: _routes(below, name)) for one in made if one is not None)
    return SequenceNode(node.document, node.start, node.end, tuple(items))


def values_of(node: Node | None) -> list[Node]:
    """The values of a mapping; none of anything else."""
    return [entry.value for entry in node.entries.values()] if isinstance(node, MappingNode) else []
