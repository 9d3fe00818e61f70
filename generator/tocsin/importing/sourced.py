"""Values of a spec that know what they were made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tocsin.text.yaml import Folded, OnOneLine
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


def bare_value(value: object) -> Any:
    """The value without any sources, also of what is inside of it."""
    value = plain_value(value)
    if isinstance(value, Folded):
        return value.text
    if isinstance(value, OnOneLine):
        return bare_value(value.value)
    if isinstance(value, Mapping):
        return {name: bare_value(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [bare_value(one) for one in value]
    return value


def plain_text(value: object) -> str:
    """The string that a value is."""
    found = plain_value(value)
    assert isinstance(found, str), "only strings are asked for"
    return found
