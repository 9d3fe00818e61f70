"""A compiled group on its way between processes, which is unpacked where somebody asks for it."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

from tocsin.compile.group_part import GroupPart, PartHead
from tocsin.plan.outline import outline_of_group
from tocsin.plan.parts import PlanPart
from tocsin.result_store import digest
from tocsin.value_object import value_object
from tocsin.value_pickle import pickle_value

if TYPE_CHECKING:
    from tocsin.compile.groups import CompiledGroup
    from tocsin.compile.kept_groups import Written
    from tocsin.plan.outline import Content


@value_object
class PackedGroup:
    """A group whose content takes a tenth of the memory, and is unpacked faster than it is kept."""

    head: PartHead
    content: bytes
    written: Written | None
    """As it is kept for later runs; None where it is not."""

    @staticmethod
    def of(compiled: CompiledGroup, written: Written | None) -> PackedGroup:
        """A compiled group, which may be written as it is kept."""
        head = PartHead.of(compiled) if written is None else written.head
        return PackedGroup(head, pickle_value((compiled.group, compiled.rule_groups)), written)

    def part(self) -> GroupPart:
        """The group as a part of the plan."""
        packed = self.content

        def content() -> Content:
            found: Content = pickle.loads(packed)
            return found

        outline, texts = bytes.fromhex(self.head.outline), bytes.fromhex(self.head.texts)
        part = PlanPart(
            self.head.facts,
            content,
            digest(outline + texts) if self.written is not None else b"",
            lambda: outline_of_group(content()),
            outline,
            is_packed=True,
        )
        return GroupPart(self.head, part)
