"""Findings about alerts that are written once for several label sets: one cause is one finding."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.diagnostics.model import Diagnostic, Note
from tocsin.source.node import MappingNode, ScalarNode
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.source.document import Span
    from tocsin.source.place import Sources

MEMBER = ".member"
"""The key below an alert of what it knows of the others that are written with it; no author can write it."""
_MOST_NAMED = 4


@value_object
class _Member:
    name: str
    family: str
    item: Span
    """Where its labels are written."""


def join_members(found: Iterable[Diagnostic], sources: Sources) -> list[Diagnostic]:
    """The findings, those about the same lines of several members as one, which names the members."""
    kept: list[Diagnostic] = []
    joined: dict[tuple[object, ...], list[tuple[_Member, Diagnostic]]] = {}
    known: dict[tuple[str, str], _Member | None] = {}
    for one in found:
        subject = one.subject
        member = None
        if subject is not None and subject.kind == "alert":
            key = (subject.within, subject.name)
            if key not in known:
                known[key] = _member(subject.within, subject.name, sources)
            member = known[key]
        if member is None:
            kept.append(one)
        else:
            joined.setdefault((one.id, one.span, member.family), []).append((member, one))
    if joined:
        families = _families(sources)
        kept += [_joined(same, families) for same in joined.values()]
    return kept


def _member(group: str, alert: str, sources: Sources) -> _Member | None:
    node = sources.node(("groups", group, "alerts", alert, MEMBER))
    if not isinstance(node, MappingNode):
        return None
    family = node.entries["family"].value
    return _Member(alert, family.text if isinstance(family, ScalarNode) else "", node.span)


def _families(sources: Sources) -> Mapping[str, tuple[str, ...]]:
    """The names of the members of all families."""
    found: dict[str, tuple[str, ...]] = {}
    groups = sources.node(("groups",))
    for group in groups.entries if isinstance(groups, MappingNode) else ():
        alerts = sources.node(("groups", group, "alerts"))
        for alert in alerts.entries if isinstance(alerts, MappingNode) else ():
            member = _member(group, alert, sources)
            if member is not None:
                found[member.family] = (*found.get(member.family, ()), member.name)
    return found


def _joined(same: list[tuple[_Member, Diagnostic]], families: Mapping[str, tuple[str, ...]]) -> Diagnostic:
    """One finding of several members; where it is about all of them, it names what they share."""
    members = list(dict.fromkeys(member for member, _ in same))
    first, one = same[0]
    if any(note.span == first.item for note in one.related):
        return one  # It was joined before.
    message, help_ = one.message, one.help
    in_item = one.span is not None and any(_lies_in(one.span, member.item) for member in members)
    every = len(members) > 1 and len(members) == len(families[first.family])
    if not in_item:
        # What is written once is put right once, for all of them.
        help_ = help_ and _in_general(help_, families)
    if every:
        message = _in_general(message, families)
        note = Note(first.item, f"so it is for each of the {len(members)} members of `{first.family}`")
    else:
        names = [f"`{member.name}`" for member in members]
        more = len(names) - _MOST_NAMED
        if more > 0:
            names[_MOST_NAMED:] = [f"{more} more"]
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        note = Note(first.item, f"for the labels of {listed}")
    related = one.related if in_item and len(members) == 1 else (*one.related, note)
    return replace(one, message=message, help=help_, related=related)


def _in_general(text: str, families: Mapping[str, tuple[str, ...]]) -> str:
    """The text with the name of the family in place of those of its members."""
    names = {member: family for family, members in families.items() for member in members}
    return re.sub(r"[A-Za-z_][\w:.-]*", lambda word: names.get(word[0], word[0]), text)


def _lies_in(span: Span, outer: Span) -> bool:
    return span.document is outer.document and outer.start <= span.start and span.end <= outer.end
