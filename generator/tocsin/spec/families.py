"""One alert for several label sets: `for_each:` becomes an alert for each of its members.

A member is the alert with the labels of its item, and with whatever else stands there in place of what the
alert says. All of it is written where the author wrote it: in the alert or in the item.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.diagnostics.members import MEMBER
from tocsin.diagnostics.model import Diagnostic, Level, Note
from tocsin.lang.names import is_alert_key
from tocsin.source.node import Entry, FilledNode, MappingNode, Node, ScalarNode, SequenceNode, scalars
from tocsin.source.scalar_map import source_piece
from tocsin.spec.exceptions import BRANCHES
from tocsin.spec.node_edits import child_node, scalar_beside
from tocsin.spec.overlay import QUERIES, overlaid
from tocsin.text.suggest import suggest
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

FOR_EACH = "for_each"
_NOT_WRITTEN = (MEMBER, BRANCHES)
"""Keys of an alert that no author can write."""
_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_]\w*)\}")
_MERGED = frozenset({"labels", "annotations", "thresholds", "panel"})
"""Mappings of which an item may name some keys only."""
_AS_WRITTEN = frozenset({"runbook", "allow", "missing_data", "depends_on", "related"})
"""A page is for all members, so that its texts are not filled in."""


@value_object
class _Member:
    """A member: the name of its alert, its labels, and the item that it is written in."""

    name: str
    labels: Mapping[str, str]
    item: MappingNode


Families = dict[str, tuple[_Member, ...]]


def has_families(groups: object) -> bool:
    """Whether an alert among the values of `groups` is one for several label sets."""
    if not isinstance(groups, dict):
        return False
    alerts = [group.get("alerts") for group in groups.values() if isinstance(group, dict)]
    return any(
        isinstance(alert, dict) and not {FOR_EACH, *_NOT_WRITTEN}.isdisjoint(alert)
        for named in alerts
        if isinstance(named, dict)
        for alert in named.values()
    )


def expand_families(root: MappingNode, found: list[Diagnostic]) -> MappingNode:
    """The spec with an alert for each member; what is wrong with names is added to what was `found`.

    An alert whose `for_each` has another form stays as it is.
    """
    groups = child_node(root, "groups")
    if not isinstance(groups, MappingNode):
        return root
    families: Families = {}
    for _, alerts in _alerts_of(groups):
        for name, entry in alerts.entries.items():
            own = entry.value.entries if isinstance(entry.value, MappingNode) else {}
            found += [_not_written(own[key].key) for key in _NOT_WRITTEN if key in own]
            if members := _members(name, entry.value):
                families[name] = members
    if not families:
        return root
    expanded = {}
    for name, entry in groups.entries.items():
        written = child_node(entry.value, "alerts")
        if isinstance(entry.value, MappingNode) and isinstance(written, MappingNode):
            made = _with_entries(written, _expanded(written, families, found))
            group = entry.value.entries | {"alerts": Entry(entry.value.entries["alerts"].key, made)}
            expanded[name] = Entry(entry.key, _with_entries(entry.value, group))
        else:
            expanded[name] = entry
    entries = dict(root.entries)
    entries["groups"] = Entry(entries["groups"].key, _with_entries(groups, expanded))
    for section, edit in (("slos", _slo), ("routing", _routing)):
        if section in entries:
            entries[section] = Entry(entries[section].key, edit(entries[section].value, families))
    return _with_entries(root, entries)


def _alerts_of(groups: MappingNode) -> Iterator[tuple[str, MappingNode]]:
    for name, entry in groups.entries.items():
        alerts = child_node(entry.value, "alerts")
        if isinstance(alerts, MappingNode):
            yield name, alerts


def _members(family: str, alert: Node) -> tuple[_Member, ...]:
    """The members of an alert; none where it is a single one or its `for_each` has another form."""
    items = child_node(alert, FOR_EACH)
    found = []
    for item in items.items if isinstance(items, SequenceNode) else ():
        labels = child_node(item, "labels")
        if not isinstance(item, MappingNode) or not isinstance(labels, MappingNode) or not labels.entries:
            return ()
        values = {name: entry.value for name, entry in labels.entries.items()}
        texts = {name: node.text for name, node in values.items() if isinstance(node, ScalarNode)}
        if len(texts) != len(values):
            return ()
        named = child_node(item, "name")
        name = named.text if isinstance(named, ScalarNode) else _member_name(family, texts.values())
        if not is_alert_key(name):
            return ()
        found.append(_Member(name, texts, item))
    return tuple(found)


def _member_name(family: str, values: Iterable[str]) -> str:
    name, at, apart = family.partition("@")
    return "".join((name, *map(_camel, values), at, apart))


def _camel(value: str) -> str:
    """`mail-out` as it stands in a name: `MailOut`."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", value))


def _expanded(alerts: MappingNode, families: Families, found: list[Diagnostic]) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    # Single alerts keep their names, wherever they stand.
    taken = {name: entry.key for name, entry in alerts.entries.items() if name not in families}
    for name, entry in alerts.entries.items():
        if not isinstance(entry.value, MappingNode) or name not in families:
            entries[name] = Entry(entry.key, _with_references(entry.value, families, name, {}))
            continue
        for member in families[name]:
            if member.name in taken:
                found.append(_twice(member, taken[member.name]))
                continue
            taken[member.name] = _item_key(member)
            made = _member_alert(name, entry.value, member)
            found += _unknown_labels(made, member.labels)
            own = member.item.entries
            found += [_not_written(own[key].key) for key in (FOR_EACH, *_NOT_WRITTEN) if key in own]
            entries[member.name] = Entry(
                entry.key, _with_references(made, families, member.name, member.labels)
            )
    return entries


def _unknown_labels(alert: MappingNode, labels: Mapping[str, str]) -> Iterator[Diagnostic]:
    """A placeholder for each label that the member does not have; those with `__` are Grafana's own."""
    for name, entry in alert.entries.items():
        for node in () if name in (*_AS_WRITTEN, MEMBER) else scalars(entry.value):
            for match in _PLACEHOLDER.finditer(node.text):
                if not match[1].startswith("__"):
                    yield Diagnostic(
                        "spec/placeholder",
                        Level.ERROR,
                        f"`{match[0]}` is not a label of each member",
                        source_piece(node, *match.span()),
                        help=suggest(match[1], sorted(labels), 8),
                    )


def _not_written(key: ScalarNode) -> Diagnostic:
    message = f"unknown key `{key.text}`"
    return Diagnostic("spec/unknown-key", Level.ERROR, message, key.span, help="remove it")


def _item_key(member: _Member) -> ScalarNode:
    named = child_node(member.item, "name")
    return named if isinstance(named, ScalarNode) else member.item.entries["labels"].key


def _twice(member: _Member, known: ScalarNode) -> Diagnostic:
    return Diagnostic(
        "spec/defined-twice",
        Level.ERROR,
        f"another alert of the group is called `{member.name}`",
        _item_key(member).span,
        "called so by its labels" if "name" not in member.item.entries else "called so here",
        (Note(known.span, "the other one"),),
        "give the member another `name:`",
    )


def _member_alert(family: str, alert: MappingNode, member: _Member) -> MappingNode:
    entries = {name: entry for name, entry in alert.entries.items() if name != FOR_EACH}
    for name, entry in member.item.entries.items():
        if name in ("name", FOR_EACH, *_NOT_WRITTEN):
            continue
        if name in QUERIES:
            entries = {key: one for key, one in entries.items() if key not in QUERIES}
        known = entries.get(name)
        if known is not None and name in _MERGED:
            entry = Entry(entry.key, overlaid(known.value, entry.value, name))
        entries[name] = entry
    filled = {
        name: entry if name in _AS_WRITTEN else Entry(entry.key, _filled(entry.value, member.labels))
        for name, entry in entries.items()
    }
    filled[MEMBER] = Entry(scalar_beside(alert, MEMBER), _membership(family, alert, member))
    return _with_entries(alert, filled)


def _membership(family: str, alert: MappingNode, member: _Member) -> MappingNode:
    """What a page for all members says: the texts before they are filled in."""
    labels = {
        name: Entry(scalar_beside(member.item, name), scalar_beside(member.item, value))
        for name, value in member.labels.items()
    }
    values: dict[str, Node] = {
        "family": scalar_beside(alert, family),
        "labels": _with_entries(member.item, labels),
        "own_page": ScalarNode(
            alert.document, alert.start, alert.end, "plain", "", "runbook" in member.item.entries
        ),
    }
    for name in ("summary", "description", *QUERIES):
        written = child_node(alert, name)
        if isinstance(written, ScalarNode):
            values["query" if name in QUERIES else name] = scalar_beside(written, written.text)
    entries = {name: Entry(scalar_beside(member.item, name), value) for name, value in values.items()}
    return _with_entries(member.item, entries)


def _filled(node: Node, labels: Mapping[str, str]) -> Node:
    """The node with `${label}` replaced in its texts and in the keys of its mappings."""
    if isinstance(node, ScalarNode):
        return _filled_scalar(node, labels)
    if isinstance(node, SequenceNode):
        items = tuple(_filled(item, labels) for item in node.items)
        return SequenceNode(node.document, node.start, node.end, items)
    entries = {}
    for entry in node.entries.values():
        key = _filled_scalar(entry.key, labels)
        entries[key.text] = Entry(key, _filled(entry.value, labels))
    return _with_entries(node, entries)


def _filled_scalar(node: ScalarNode, labels: Mapping[str, str]) -> ScalarNode:
    if not isinstance(node.value, str) or "${" not in node.text:
        return node
    parts: list[str] = []
    pieces: list[tuple[int, int, int, int]] = []
    end = length = 0
    for match in _PLACEHOLDER.finditer(node.text):
        if match[1] not in labels:
            continue
        value = labels[match[1]]
        start = length + match.start() - end
        pieces.append((start, start + len(value), match.start(), match.end()))
        parts += [node.text[end : match.start()], value]
        end, length = match.end(), start + len(value)
    text = "".join((*parts, node.text[end:]))
    return FilledNode(node.document, node.start, node.end, node.style, text, text, node, tuple(pieces))


def _with_references(alert: Node, families: Families, own: str, labels: Mapping[str, str]) -> Node:
    """An alert whose references to a family lead to the members with which its labels agree."""
    if not isinstance(alert, MappingNode):
        return alert
    entries = dict(alert.entries)
    for key in ("depends_on", "related"):
        if key in entries:
            made = _with_names(entries[key].value, families, own, labels)
            entries[key] = Entry(entries[key].key, made)
    return _with_entries(alert, entries)


def _with_names(node: Node, families: Families, own: str, labels: Mapping[str, str]) -> Node:
    if not isinstance(node, SequenceNode):
        return node
    items: list[Node] = []
    for item in node.items:
        named = child_node(item, "alert") if isinstance(item, MappingNode) else item
        members = families.get(named.text) if isinstance(named, ScalarNode) else None
        if members is None or not isinstance(named, ScalarNode):
            items.append(item)
            continue
        for name in _agreeing(members, labels):
            if name == own:
                continue
            scalar = scalar_beside(named, name)
            if isinstance(item, MappingNode):
                entry = Entry(item.entries["alert"].key, scalar)
                items.append(_with_entries(item, item.entries | {"alert": entry}))
            else:
                items.append(scalar)
    return SequenceNode(node.document, node.start, node.end, tuple(items))


def _agreeing(members: Iterable[_Member], labels: Mapping[str, str]) -> list[str]:
    """The members that have no label with another value."""
    return [
        member.name
        for member in members
        if all(labels.get(name, value) == value for name, value in member.labels.items())
    ]


def _slo(slos: Node, families: Families) -> Node:
    if not isinstance(slos, MappingNode):
        return slos
    entries = dict(slos.entries)
    for name, entry in slos.entries.items():
        if isinstance(entry.value, MappingNode) and "alerts" in entry.value.entries:
            alerts = entry.value.entries["alerts"]
            made = Entry(alerts.key, _with_names(alerts.value, families, "", {}))
            entries[name] = Entry(
                entry.key, _with_entries(entry.value, entry.value.entries | {"alerts": made})
            )
    return _with_entries(slos, entries)


def _routing(routing: Node, families: Families) -> Node:
    """The tests name the one member that has their labels."""
    tests = child_node(routing, "tests")
    if not isinstance(routing, MappingNode) or not isinstance(tests, SequenceNode):
        return routing
    made = SequenceNode(
        tests.document, tests.start, tests.end, tuple(_firing(test, families) for test in tests.items)
    )
    entry = Entry(routing.entries["tests"].key, made)
    return _with_entries(routing, routing.entries | {"tests": entry})


def _firing(test: Node, families: Families) -> Node:
    if not isinstance(test, MappingNode):
        return test
    entries = dict(test.entries)
    named, labels = child_node(test, "alert"), child_node(test, "labels")
    if isinstance(named, ScalarNode) and named.text in families and isinstance(labels, MappingNode):
        values = {name: one.value for name, one in labels.entries.items()}
        given = {name: node.text for name, node in values.items() if isinstance(node, ScalarNode)}
        fitting = [one for one in families[named.text] if one.labels.items() <= given.items()]
        if len(fitting) == 1:
            entries["alert"] = Entry(entries["alert"].key, scalar_beside(named, fitting[0].name))
    active = entries.get("active")
    if active is not None and isinstance(active.value, SequenceNode):
        node = active.value
        items = tuple(_firing(one, families) for one in node.items)
        entries["active"] = Entry(active.key, SequenceNode(node.document, node.start, node.end, items))
    return _with_entries(test, entries)


def _with_entries(node: MappingNode, entries: Mapping[str, Entry]) -> MappingNode:
    return MappingNode(node.document, node.start, node.end, dict(entries))
