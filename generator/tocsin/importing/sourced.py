"""Values of a spec that know what they were made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.source.node import Entry, Node, ScalarNode


@value_object
class Sourced:
    """A value of the spec, and the key and value that it was made of; an item of a list has no key."""

    value: object
    key: ScalarNode | None
    node: Node


def sourced(value: object, entry: Entry) -> Sourced:
    """A value that was made of an entry."""
    return Sourced(value, entry.key, entry.value)


def plain_value(value: object) -> object:
    """The value itself."""
    return value.value if isinstance(value, Sourced) else value


def plain_text(value: object) -> str:
    """The string that a value is."""
    found = plain_value(value)
    assert isinstance(found, str), "only strings are asked for"
    return found
