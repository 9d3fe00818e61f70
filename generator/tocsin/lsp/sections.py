"""The lines of a file on which its groups stand, and the alerts and rules in these."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.source.node import MappingNode, SequenceNode
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.existing.input import Input
    from tocsin.source.document import Document
    from tocsin.source.node import Node

_STARTS_LINE = re.compile(r"[ \t]*(?:-[ \t]+)*")
_ENDS_LINE = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|$)")

Part = tuple[int, int]


@value_object
class Group:
    """The lines of a group, and those of each of its alerts and of its rules."""

    lines: Part
    entries: tuple[tuple[Part, ...], ...]


@value_object
class Section:
    """The groups or recordings of a file; `lines` is None where something else stands on theirs."""

    lines: Part | None
    groups: tuple[Group, ...]


@value_object
class SoundText:
    """A text that could be read as YAML."""

    document: Document
    sections: tuple[Section, ...]


def sound_text(file: Input) -> SoundText:
    """The text of a file, with the places of its groups, alerts and rules."""
    text = file.document.text
    return SoundText(
        file.document, tuple(section for node in file.stream.nodes for section in _sections(node, text))
    )


def _sections(root: Node, text: str) -> Iterator[Section]:
    if isinstance(root, MappingNode) and "groups" not in root.entries and "spec" in root.entries:
        root = root.entries["spec"].value
    if not isinstance(root, MappingNode):
        return
    for name in ("groups", "recordings"):
        if (section := root.entries.get(name)) is not None:
            groups = tuple(
                Group(part, _entries(group, text)) for part, group in _children(section.value, text)
            )
            yield Section(_lines(section.key.start, section.value.end, text), groups)


def _entries(group: Node, text: str) -> tuple[tuple[Part, ...], ...]:
    if not isinstance(group, MappingNode):
        return ()
    return tuple(
        tuple(part for part, _ in _children(group.entries[key].value, text))
        for key in ("alerts", "rules")
        if key in group.entries
    )


def _children(node: Node, text: str) -> Iterator[tuple[Part, Node]]:
    """The values of a mapping or a list that stand on lines of their own, with these."""
    pairs: Iterable[tuple[int, Node]] = ()
    if isinstance(node, MappingNode):
        pairs = ((entry.key.start, entry.value) for entry in node.entries.values())
    elif isinstance(node, SequenceNode):
        pairs = ((item.start, item) for item in node.items)
    for start, value in pairs:
        if (part := _lines(start, value.end, text)) is not None:
            yield part, value


def _lines(start: int, end: int, text: str) -> Part | None:
    """The lines of a part, if nothing else stands on them."""
    first = text.rfind("\n", 0, start) + 1
    # The line may end with a carriage return alone; no text is searched twice for one.
    first = max(first, text.rfind("\r", first, start) + 1)
    if _STARTS_LINE.fullmatch(text, first, start) is None:
        return None
    if text[end - 1 : end] in ("\r", "\n"):
        return first, end
    rest = _ENDS_LINE.match(text, end)
    return None if rest is None else (first, rest.end())
