"""The part of a document around an edit, without the alerts and rules that did not change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.lsp.edit import find_edit
from tocsin.source.document import Document
from tocsin.source.node import MappingNode, SequenceNode
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.existing.files import Input
    from tocsin.lsp.edit import Edit
    from tocsin.source.node import Node

_STARTS_LINE = re.compile(r"[ \t]*(?:-[ \t]+)*")
_ENDS_LINE = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|$)")
_MOST = 20
"""The alerts that are kept of a group in which something changed but none of them."""

Part = tuple[int, int]


@value_object
class Focus:
    """The surroundings of an edit, as a document of their own, and where its pieces are in the whole one."""

    document: Document
    left_out: tuple[Part, ...]
    """The parts of the whole that are not in it, in their order."""

    def leaves_out(self, start: int, end: int) -> bool:
        """Whether a part of the whole is among what is left out."""
        return any(first <= start and end <= last for first, last in self.left_out)

    def in_whole(self, start: int, end: int) -> Part:
        """Where a part of the surroundings is in the whole document."""
        return self._offset(start), self._offset(end - 1) + 1 if end > start else self._offset(start)

    def _offset(self, offset: int) -> int:
        for first, last in self.left_out:
            if offset < first:
                break
            offset += last - first
        return offset


def focus(document: Document, before: Input | None) -> Focus:
    """The surroundings of the edit between what was read before and the document; all of it without that."""
    edit = None if before is None else find_edit(before.document.text, document.text)
    if before is None or edit is None:
        return Focus(document, ())
    parts = [part for node in before.stream.nodes for part in _unchanged(node, before.document.text, edit)]
    left_out = _joined(moved for part in parts if (moved := edit.carry(*part)) is not None)
    kept: list[str] = []
    at = 0
    for start, end in left_out:
        kept.append(document.text[at:start])
        at = end
    return Focus(Document(document.name, "".join((*kept, document.text[at:]))), tuple(left_out))


def _joined(parts: Iterable[Part]) -> list[Part]:
    """The parts in their order, of which those that meet are one."""
    found: list[Part] = []
    for start, end in sorted(parts):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _unchanged(root: Node, text: str, edit: Edit) -> Iterator[Part]:
    """What of a file can be left out: whole lines with groups, or alerts and rules of groups."""
    if isinstance(root, MappingNode) and "groups" not in root.entries and "spec" in root.entries:
        root = root.entries["spec"].value
    if not isinstance(root, MappingNode):
        return
    for name in ("groups", "recordings"):
        if (section := root.entries.get(name)) is None:
            continue
        groups = list(_children(section.value, text))
        changed = [(part, node) for part, node in groups if edit.touches(*part)]
        if not changed:
            if (whole := _lines(section.key.start, section.value.end, text)) is not None:
                yield whole
            continue
        yield from (part for part, _ in groups if not edit.touches(*part))
        for _, group in changed:
            yield from _unchanged_in_group(group, text, edit)


def _unchanged_in_group(group: Node, text: str, edit: Edit) -> Iterator[Part]:
    if isinstance(group, MappingNode):
        for key in ("alerts", "rules"):
            if key in group.entries:
                parts = [part for part, _ in _children(group.entries[key].value, text)]
                same = [part for part in parts if not edit.touches(*part)]
                yield from same[_MOST:] if len(same) == len(parts) else same


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
    first = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    if _STARTS_LINE.fullmatch(text, first, start) is None:
        return None
    if text[end - 1 : end] in ("\r", "\n"):
        return first, end
    rest = _ENDS_LINE.match(text, end)
    return None if rest is None else (first, rest.end())
