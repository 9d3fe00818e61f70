"""The exceptions of a spec, resolved: what each part of it is in one environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tocsin.diagnostics.model import Diagnostic, Level
from tocsin.source.node import Entry, MappingNode, Node, ScalarNode, SequenceNode, plain_data
from tocsin.spec.node_edits import child_node, scalar_beside
from tocsin.spec.overlay import overlaid, rules_giving_way, thresholds_giving_way, without_none

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tocsin.source.document import Span

EXCEPT, IN, WHERE, OFF, UNTIL = "except", "in", "where", "off", "until"
BRANCHES = ".branches"
"""The internal key of an alert's variant for some label values; no author can write it."""
_ABOUT = frozenset({IN, WHERE, OFF, UNTIL})
_OF_THRESHOLDS = frozenset({"for", "keep_firing_for"})


def has_exceptions(values: Mapping[str, object]) -> bool:
    """Whether any part of a file has exceptions."""
    groups = _dicts(values.get("groups"))
    alerts = [alert for group in groups for alert in _dicts(group.get("alerts"))]
    if any(EXCEPT in one for one in (*groups, *alerts, *_dicts(values.get("slos")))):
        return True
    routing = values.get("routing")
    waiting = [routing] if isinstance(routing, dict) else []
    while waiting:
        one = waiting.pop()
        if EXCEPT in one:
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

    if "groups" in entries:
        before = entries["groups"].value
        groups = _kept(before, name)
        if isinstance(before, MappingNode) and isinstance(groups, MappingNode):
            for gone in before.entries.keys() - groups.entries.keys():
                written = child_node(before.entries[gone].value, "alerts")
                off.update(written.entries if isinstance(written, MappingNode) else ())
        made = _edited(groups, lambda one: _at(one, "alerts", alerts))
        entries["groups"] = Entry(entries["groups"].key, made)
    if "slos" in entries:
        entries["slos"] = Entry(entries["slos"].key, _kept(entries["slos"].value, name))
    if "routing" in entries:
        entries["routing"] = Entry(
            entries["routing"].key, _at(entries["routing"].value, "routes", lambda one: _routes(one, name))
        )
    return _without_references(_with(root, entries), off) if off else _with(root, entries)


def wrong_exceptions(root: MappingNode, names: Sequence[str]) -> Iterator[Diagnostic]:
    """Exceptions that apply in no environment, and those that change nothing.

    Of several alerts that are written once, one has to be changed.
    """
    reached: dict[Span, bool] = {}
    changed: dict[Span, bool] = {}
    for holder in holders(root):
        original, items = _taken_apart(holder)
        seen = {number for name in (names or (None,)) for number in _matching(items, name)}
        for number, item in enumerate(items):
            before = _effective(plain_data(original))
            said = _instead(original, item)
            span = _place(item)
            reached[span] = reached.get(span, False) or number in seen
            changed[span] = changed.get(span, False) or said is None or _effective(plain_data(said)) != before
    for span, is_reached in reached.items():
        if not is_reached:
            message = "nothing reaches this exception: one before it matches wherever it does"
            yield Diagnostic(
                "except/unreached", Level.ERROR, message, span, help="remove it, or write it before the other"
            )
        elif not changed[span]:
            message = "this exception changes nothing: what it says holds without it"
            yield Diagnostic("except/no-change", Level.ERROR, message, span, help="remove it")


def _effective(data: Any) -> Any:
    """What a part says, with the times of an alert at each of its thresholds."""
    thresholds = data.get("thresholds")
    if (
        not isinstance(thresholds, dict)
        or not thresholds
        or not all(isinstance(one, dict) for one in thresholds.values())
    ):
        return data
    times = {key: data[key] for key in _OF_THRESHOLDS if data.get(key)}
    at_each = {name: times | one for name, one in thresholds.items()}
    return {key: value for key, value in data.items() if key not in times} | {"thresholds": at_each}


def holders(root: MappingNode) -> Iterator[MappingNode]:
    """The parts of a spec that have exceptions."""
    groups = _values(child_node(root, "groups"))
    parts = [*groups, *(alert for group in groups for alert in _values(child_node(group, "alerts")))]
    parts += _values(child_node(root, "slos"))
    waiting = [node for node in (child_node(root, "routing"),) if node is not None]
    while waiting:
        below = child_node(waiting.pop(), "routes")
        found = below.items if isinstance(below, SequenceNode) else ()
        parts += found
        waiting += found
    yield from (part for part in parts if isinstance(part, MappingNode) and EXCEPT in part.entries)


def names_in(node: Node) -> list[ScalarNode]:
    """The environments that an exception or a test names."""
    written = child_node(node, IN)
    items = written.items if isinstance(written, SequenceNode) else (written,)
    return [item for item in items if isinstance(item, ScalarNode)]


def is_in(item: Node, name: str | None) -> bool:
    """Whether something is for an environment: it names it, or none."""
    return child_node(item, IN) is None or name in {one.text for one in names_in(item)}


class _Parts(NamedTuple):
    original: MappingNode
    """Without the exceptions."""
    items: tuple[MappingNode, ...]


def _taken_apart(node: MappingNode) -> _Parts:
    written = child_node(node, EXCEPT)
    items = written.items if isinstance(written, SequenceNode) else ()
    kept = {key: entry for key, entry in node.entries.items() if key != EXCEPT}
    return _Parts(_with(node, kept), tuple(item for item in items if isinstance(item, MappingNode)))


def _matching(items: Sequence[MappingNode], name: str | None) -> list[int]:
    """The exceptions that something reaches in an environment: up to one that is for everything there."""
    found = []
    for number, item in enumerate(items):
        if is_in(item, name):
            found.append(number)
            if WHERE not in item.entries:
                break
    return found


def _instead(original: MappingNode, item: MappingNode) -> MappingNode | None:
    """A part where an exception applies; None where it is switched off."""
    if OFF in item.entries:
        return None
    own = _with(item, {key: entry for key, entry in item.entries.items() if key not in _ABOUT})
    made = overlaid(thresholds_giving_way(rules_giving_way(original, own), own), own)
    assert isinstance(made, MappingNode)
    thresholds = made.entries.get("thresholds")
    if thresholds is None:
        return made
    return _with(made, made.entries | {"thresholds": Entry(thresholds.key, without_none(thresholds.value))})


def _in(node: Node, name: str | None) -> Node | None:
    """A part as it is in an environment; None where it is switched off."""
    if not isinstance(node, MappingNode) or EXCEPT not in node.entries:
        return node
    original, items = _taken_apart(node)
    base: MappingNode | None = original
    branches: list[Node] = []
    for number in _matching(items, name):
        if WHERE not in items[number].entries:
            base = _instead(original, items[number])
        else:
            branches.append(_branch(original, items[number]))
    if base is None or not branches:
        return base
    found = SequenceNode(node.document, node.start, node.end, tuple(branches))
    return _with(base, base.entries | {BRANCHES: Entry(scalar_beside(node, BRANCHES), found)})


def _branch(original: MappingNode, item: MappingNode) -> MappingNode:
    """What an alert is for some values of labels; nothing, where it is switched off."""
    entries = {key: entry for key, entry in item.entries.items() if key in (WHERE, OFF)}
    made = _instead(original, item)
    if made is not None:
        entries["alert"] = Entry(scalar_beside(item, "alert"), made)
    return _with(item, entries)


def _kept(node: Node, name: str | None) -> Node:
    """A mapping with its values as they are in an environment, without those that are switched off."""
    if not isinstance(node, MappingNode):
        return node
    made = {key: (entry.key, _in(entry.value, name)) for key, entry in node.entries.items()}
    return _with(node, {key: Entry(at, value) for key, (at, value) in made.items() if value is not None})


def _routes(node: Node, name: str | None) -> Node:
    if not isinstance(node, SequenceNode):
        return node
    made = (_in(item, name) for item in node.items)
    items = (_at(one, "routes", lambda below: _routes(below, name)) for one in made if one is not None)
    return SequenceNode(node.document, node.start, node.end, tuple(items))


def _without_references(root: MappingNode, off: set[str]) -> MappingNode:
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
        return _at(_at(node, "related", without), "depends_on", without)

    def tests(node: Node) -> Node:
        kept = without(node)
        if not isinstance(kept, SequenceNode):
            return kept
        items = tuple(one for one in kept.items if not _is_of(child_node(one, "active"), named, off))
        return SequenceNode(kept.document, kept.start, kept.end, items)

    def slo(node: Node) -> Node:
        return _at(_at(node, "related", without), "alerts", without)

    def recordings(node: Node) -> Node:
        if not isinstance(node, SequenceNode):
            return node
        items = tuple(map(recording, node.items))
        return SequenceNode(node.document, node.start, node.end, items)

    def recording(node: Node) -> Node:
        after = child_node(node, "after")
        if not isinstance(node, MappingNode) or not isinstance(after, ScalarNode) or after.text not in off:
            return node
        return _with(node, {key: entry for key, entry in node.entries.items() if key != "after"})

    def group(node: Node) -> Node:
        with_alerts = _at(node, "alerts", lambda alerts: _edited(alerts, alert))
        return _at(with_alerts, "recordings", recordings)

    made = _at(root, "groups", lambda groups: _edited(groups, group))
    made = _at(made, "slos", lambda slos: _edited(slos, slo))
    made = _at(made, "routing", lambda routing: _at(routing, "tests", tests))
    assert isinstance(made, MappingNode)
    return made


def _is_of(active: Node | None, named: Callable[[Node], str | None], off: set[str]) -> bool:
    return isinstance(active, SequenceNode) and any((named(one) or "") in off for one in active.items)


def _place(item: MappingNode) -> Span:
    first = next(iter(item.entries.values()), None)
    return item.span if first is None else first.key.span


def _values(node: Node | None) -> list[Node]:
    return [entry.value for entry in node.entries.values()] if isinstance(node, MappingNode) else []


def _at(node: Node, key: str, edit: Callable[[Node], Node]) -> Node:
    """A mapping whose value under a key is edited, if it has one."""
    if not isinstance(node, MappingNode) or key not in node.entries:
        return node
    entry = node.entries[key]
    return _with(node, node.entries | {key: Entry(entry.key, edit(entry.value))})


def _edited(node: Node, edit: Callable[[Node], Node]) -> Node:
    """A mapping each of whose values is edited."""
    if not isinstance(node, MappingNode):
        return node
    return _with(node, {key: Entry(entry.key, edit(entry.value)) for key, entry in node.entries.items()})


def _with(node: MappingNode, entries: Mapping[str, Entry]) -> MappingNode:
    return MappingNode(node.document, node.start, node.end, dict(entries))
