"""Reading the entries of a mapping, of which none is overlooked."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from tocsin.importing.refused import RefusedError
from tocsin.importing.sourced import Sourced
from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.source.node import Entry, MappingNode, Node, ScalarNode, SequenceNode
from tocsin.source.scalar_map import source_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?")


class Fields:
    """The entries of a mapping: each that is asked for counts as read, the rest is `unread`."""

    def __init__(self, node: MappingNode, what: str, all_: list[Fields] | None = None) -> None:
        self.node = node
        self.what = what
        self.all = [] if all_ is None else all_
        """This mapping and those below it that were read."""
        self.all.append(self)
        self._read: set[str] = set()

    def entry(self, *names: str) -> Entry | None:
        """The entry under the first of the names that is there and holds something."""
        self._read.update(names)
        for name in names:
            found = self.node.entries.get(name)
            if found is not None and not _is_null(found.value):
                return found
        return None

    def ignore(self, *names: str) -> None:
        """Count keys as read that have no meaning for a spec."""
        self._read.update(names)

    def unread(self) -> Iterator[Entry]:
        """The entries that nobody asked for and that hold something."""
        for name, entry in self.node.entries.items():
            if name not in self._read and not _is_null(entry.value):
                yield entry

    def required(self, *names: str) -> Entry:
        """The entry under one of the names; RefusedError where there is none."""
        found = self.entry(*names)
        if found is None:
            raise RefusedError(
                f"{self.what} has no `{names[0]}`", self.node.span, f"add the key `{names[0]}` to it"
            )
        return found

    def text(self, *names: str) -> Sourced | None:
        """The string under one of the names."""
        found = self.entry(*names)
        return None if found is None else Sourced(scalar(found).text, found.key, found.value)

    def required_text(self, *names: str) -> Sourced:
        """The string under one of the names; RefusedError where there is none."""
        found = self.required(*names)
        return Sourced(scalar(found).text, found.key, found.value)

    def fields(self, name: str, what: str, *others: str) -> Fields | None:
        """The mapping under one of the names."""
        found = self.entry(name, *others)
        return None if found is None else Fields(mapping(found.value), what, self.all)

    def required_fields(self, name: str, what: str, *others: str) -> Fields:
        """The mapping under one of the names; RefusedError where there is none."""
        return Fields(mapping(self.required(name, *others).value), what, self.all)

    def inside(self, node: Node, what: str) -> Fields:
        """Another mapping that belongs to this one, such as one that it refers to."""
        return Fields(mapping(node), what, self.all)

    def items(self, *names: str) -> tuple[Node, ...]:
        """The items of the list under one of the names; none where there is none."""
        found = self.entry(*names)
        if found is None:
            return ()
        if not isinstance(found.value, SequenceNode):
            raise RefusedError(f"`{found.key.text}` is not a list", found.value.span, "write a list")
        return tuple(item for item in found.value.items if not _is_null(item))

    def texts(self, *names: str) -> dict[str, Sourced]:
        """The mapping of strings under one of the names, such as labels."""
        found = self.entry(*names)
        if found is None:
            return {}
        entries = mapping(found.value).entries
        return {
            name: Sourced(scalar(entry).text, entry.key, entry.value)
            for name, entry in entries.items()
            if not _is_null(entry.value)
        }

    def flag(self, name: str) -> bool | None:
        """The truth value under a name."""
        found = self.entry(name)
        if found is None:
            return None
        value = scalar(found).value
        if not isinstance(value, bool):
            raise RefusedError(f"`{name}` is neither true nor false", found.value.span, "write true or false")
        return value

    def duration(self, *names: str) -> Sourced | None:
        """The Prometheus duration under one of the names, as it is written."""
        found = self.text(*names)
        if found is not None:
            duration_ms(found)
        return found


def scalar(entry: Entry) -> ScalarNode:
    """The scalar of an entry; RefusedError where something else stands there."""
    if not isinstance(entry.value, ScalarNode):
        raise RefusedError(f"`{entry.key.text}` is not a string", entry.value.span, "write a string")
    return entry.value


def mapping(node: Node) -> MappingNode:
    """The mapping that belongs here; RefusedError where something else stands here."""
    if not isinstance(node, MappingNode):
        raise RefusedError("a mapping belongs here", node.span, "write keys and values")
    return node


def duration_ms(value: Sourced) -> int:
    """The milliseconds of a Prometheus duration; RefusedError where it is not one."""
    assert isinstance(value.node, ScalarNode), "it was read as a string"
    try:
        return parse_duration(value.node.text)
    except LangError as error:
        span = source_piece(value.node, *error.span)
        raise RefusedError(error.reason, span, error.help or "write for example `30d`") from None


def number(value: Sourced) -> Decimal:
    """The number that a value is; RefusedError where it is none."""
    assert isinstance(value.node, ScalarNode), "it was read as a string"
    text = value.node.text.strip()
    if not _NUMBER.fullmatch(text):
        raise RefusedError(f"`{text}` is not a number", value.node.span, "write a number such as 99.9")
    return Decimal(text)


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is None
