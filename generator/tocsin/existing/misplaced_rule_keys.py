"""Keys and items of a rule file that stand at another level than the one they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.source.node import MappingNode, ScalarNode

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tocsin.existing.node_reader import Reader
    from tocsin.source.node import Entry, Node

_SECTIONS = ("labels", "annotations")
_BELOW = {
    **dict.fromkeys(("summary", "description", "message", "runbook", "runbook_url"), "annotations"),
    "severity": "labels",
}
"""Below which key of a rule others have what was not indented."""


def note_misplaced_keys(
    rule: MappingNode, known: Collection[str], program: str | None, reader: Reader, *, is_slip: bool
) -> frozenset[str]:
    """Note the keys that belong below `labels:` or `annotations:`, and keys of the rule that stand there.

    Gives back all that were noted, at either level. `known` are those that belong to a rule, or are told
    otherwise. What a chart reads (without `is_slip`) may have the names of annotations beside others; where
    no `program` is sure to refuse them, they are a slip where the section is there.
    """
    noted: set[str] = set()
    for section in _SECTIONS:
        entry = rule.entries.get(section)
        is_empty = entry is not None and isinstance(entry.value, ScalarNode) and entry.value.value is None
        beside = [
            one.key
            for name, one in rule.entries.items()
            if name not in known
            and isinstance(one.value, ScalarNode)
            and (
                (is_empty and entry is not None and one.key.start > entry.key.start)
                or (_BELOW.get(name) == section and is_slip and (program is not None or entry is not None))
            )
            and name not in noted
        ]
        if beside:
            noted.update(key.text for key in beside)
            names = " and ".join(f"`{key.text}`" for key in beside)
            keys, them = ("key", "it") if len(beside) == 1 else ("keys", "them")
            message = f"a rule has no {keys} {names}"
            reader.error("file/unknown-key", message, beside[0].span, f"indent {them} below `{section}:`")
        if entry is not None and isinstance(entry.value, MappingNode):
            for name, inner in entry.value.entries.items():
                if name in known and isinstance(inner.value, MappingNode):
                    noted.add(name)
                    message = f"`{name}` is a key of the rule, and stands among its {section}"
                    reader.error("file/type", message, inner.key.span, _as(entry, section))
    return frozenset(noted)


def note_group_among_rules(group: MappingNode, rule: MappingNode, reader: Reader) -> bool:
    """Note a group that stands among the rules of the one before it."""
    if "rules" not in rule.entries or {"alert", "record", "expr"} & rule.entries.keys():
        return False
    first = next(iter(group.entries.values())).key
    help_ = (
        f"indent it as the group in line {first.span.line}: start its first key in column {first.span.column}"
    )
    reader.error("file/group", "this group stands among the rules of another", rule.span, help_)
    return True


def note_split_group(group: MappingNode, before: MappingNode | None, reader: Reader) -> bool:
    """Note the rules of a group that became an item of its own, by a `-` too many."""
    if before is None or before.entries.keys() != {"name"} or "name" in group.entries:
        return False
    name = before.entries["name"]
    message = "this is an item of its own, without a name"
    reader.error("file/group", message, group.span, f"leave its `-` out: {_as(name, 'name')}")
    return True


def continued(rules: Sequence[Node], own: Collection[str]) -> dict[int, int]:
    """The items that only go on with a rule before them, by a `-` too many, each with that rule's number.

    `own` are the keys that say which kind of rule an item is.
    """
    found: dict[int, int] = {}
    keys: set[str] = set()
    rule: int | None = None
    for number, item in enumerate(rules):
        here = item.entries.keys() if isinstance(item, MappingNode) else set[str]()
        if here & set(own):
            rule, keys = number, {*here}
        elif rule is not None and here and not here & keys and here <= _REST:
            found[number] = rule
            keys |= here
        else:
            rule = None
    return found


_REST = frozenset({"expr", "for", "keep_firing_for", "labels", "annotations"})


def note_continued(item: Node, before: Node, reader: Reader) -> None:
    """Note the first item that goes on with a rule."""
    if isinstance(before, MappingNode):
        first = next(iter(before.entries.values())).key
        help_ = f"leave its `-` out, and start it in column {first.span.column}, as `{first.text}` in line "
        message = "this is an item of its own, with neither `alert` nor `record`"
        reader.error("file/rule", message, item.span, f"{help_}{first.span.line}")


def _as(entry: Entry, name: str) -> str:
    return f"start it in column {entry.key.span.column}, as `{name}:` in line {entry.key.span.line}"
