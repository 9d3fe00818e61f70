"""The part of a document around an edit, without the alerts and rules that did not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lsp.edit import find_edit
from tocsin.source.document import Document
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.lsp.edit import Edit
    from tocsin.lsp.sections import Group, Part, Section, SoundText

_MOST = 20
"""The alerts that are kept of a group in which something changed but none of them."""


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


def focus(document: Document, before: SoundText | None) -> Focus:
    """The surroundings of the edit between what was read before and the document; all of it without that."""
    edit = None if before is None else find_edit(before.document.text, document.text)
    if before is None or edit is None:
        return Focus(document, ())
    parts = (part for section in before.sections for part in _unchanged(section, edit))
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


def _unchanged(section: Section, edit: Edit) -> Iterator[Part]:
    """What of a section can be left out: all of it, groups, or alerts and rules of groups."""
    changed = [group for group in section.groups if edit.touches(*group.lines)]
    if not changed:
        if section.lines is not None:
            yield section.lines
        return
    yield from (group.lines for group in section.groups if not edit.touches(*group.lines))
    for group in changed:
        yield from _unchanged_in_group(group, edit)


def _unchanged_in_group(group: Group, edit: Edit) -> Iterator[Part]:
    for parts in group.entries:
        same = [part for part in parts if not edit.touches(*part)]
        yield from same[_MOST:] if len(same) == len(parts) else same
