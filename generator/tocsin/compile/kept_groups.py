"""What groups of a spec give to its plan, as earlier runs found it out: by all that it follows from.

A group follows from its own values, those of the groups on whose alerts its alerts depend, the recordings of
all groups, the values around the groups, and that the alerts exist which it names.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tocsin.compile.group_part import GroupPart, PartHead
from tocsin.compile.inhibitions import InhibitingAlert
from tocsin.plan.model import Group, RuleGroup
from tocsin.plan.outline import Texts, outline_of_group, texts_of_group, whole_group
from tocsin.plan.parts import PlanPart
from tocsin.plan.plan_json import PLAN_CLASSES, PLAN_JSON
from tocsin.result_store import compressed, digest
from tocsin.spec.known_group import digest_of_values
from tocsin.value_json import ValueJson
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from tocsin.compile.groups import CompiledGroup
    from tocsin.plan.outline import Content
    from tocsin.result_store import ResultStore

_HEAD = "head of a group of a plan"
_OUTLINE = "outline of a group of a plan"
_TEXTS = "texts of a group of a plan"
_HEAD_JSON = ValueJson((*PLAN_CLASSES, PartHead, InhibitingAlert))


@value_object
class Written:
    """A compiled group as it is kept, its contents compressed."""

    head: PartHead
    outline: bytes
    texts: bytes


class KeptGroups:
    """The groups of one spec in the store."""

    def __init__(
        self, store: ResultStore, around: Mapping[str, object], groups: Mapping[str, object]
    ) -> None:
        """`around` are the values beside the groups; TypeError where some values cannot be kept."""
        self._store = store
        self._around = digest_of_values(around)
        self._own = {name: digest_of_values(values) for name, values in groups.items()}

    def find(
        self, needed: Iterable[str], alerts: Collection[str], make: Callable[[], CompiledGroup]
    ) -> GroupPart | None:
        """The first of the needed groups; the others are those on which it depends.

        None where no earlier run kept it, or where it names an alert that is none of `alerts`. `make` makes
        it once more where its content was lost meanwhile.
        """
        head = self._store.read(_HEAD, _read_head, *self._key(needed))
        if head is None or not all(name in alerts for name in head.names):
            return None
        return self._part(head, make)

    def keep(self, needed: Iterable[str], written: Written) -> None:
        """Keep a group for later runs."""
        self._store.write(_HEAD_JSON.write(written.head), _HEAD, *self._key(needed))
        self._store.write_compressed(written.outline, _OUTLINE, bytes.fromhex(written.head.outline))
        self._store.write_compressed(written.texts, _TEXTS, bytes.fromhex(written.head.texts))

    def _part(self, head: PartHead, make: Callable[[], CompiledGroup]) -> GroupPart:
        of_outline, of_texts = bytes.fromhex(head.outline), bytes.fromhex(head.texts)

        def read_outline() -> Content | None:
            return self._store.read(_OUTLINE, _read_outline, of_outline)

        def anew() -> Content:
            made = make()
            return made.group, made.rule_groups

        def outline() -> Content:
            return read_outline() or outline_of_group(anew())

        def content() -> Content:
            kept = read_outline()
            whole = None if kept is None else self._store.read(_TEXTS, partial(_read_whole, kept), of_texts)
            return whole or anew()

        return GroupPart(
            head, PlanPart(head.facts, content, digest(of_outline + of_texts), outline, of_outline)
        )

    def _key(self, needed: Iterable[str]) -> list[bytes]:
        found = [self._around]
        for name in needed:
            found += (name.encode(), self._own.get(name, b""))
        return found


def keep_groups(
    store: ResultStore, values: Mapping[str, Any], recording: Mapping[str, object]
) -> KeptGroups | None:
    """The groups of a spec with these values in the store; None where JSON does not hold them as they are.

    `recording` are the groups with recordings, with what of them all groups may read.
    """
    around = {name: value for name, value in values.items() if name != "groups"}
    if recording:
        around["groups"] = recording
    try:
        return KeptGroups(store, around, values["groups"])
    except TypeError:
        return None


def written(compiled: CompiledGroup, names: Iterable[str]) -> Written | None:
    """A compiled group, which names these alerts, as it is kept; None where it holds what JSON does not."""
    import orjson

    content = (compiled.group, compiled.rule_groups)
    try:
        outline = orjson.dumps(PLAN_JSON.write(outline_of_group(content)))
        texts = orjson.dumps(PLAN_JSON.write(texts_of_group(content)))
        head = PartHead.of(compiled, names, digest(outline).hex(), digest(texts).hex())
        _HEAD_JSON.write(head)
    except TypeError:
        return None
    # Here, as whoever writes it to the store has that of all processes to write.
    kept = compressed(outline), compressed(texts)
    return None if kept[0] is None or kept[1] is None else Written(head, kept[0], kept[1])


def _read_head(kept: object) -> PartHead | None:
    head = _HEAD_JSON.read(kept)
    return head if isinstance(head, PartHead) else None


def _read_outline(kept: object) -> Content | None:
    group, rule_groups = PLAN_JSON.read(kept)
    is_sound = isinstance(group, Group) and all(isinstance(one, RuleGroup) for one in rule_groups)
    return (group, rule_groups) if is_sound else None


def _read_whole(outline: Content, kept: object) -> Content | None:
    texts = PLAN_JSON.read(kept)
    return whole_group(outline, texts) if isinstance(texts, Texts) else None
