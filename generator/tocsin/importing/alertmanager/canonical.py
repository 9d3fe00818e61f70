"""Receivers and settings of Alertmanager in one form, whichever way they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.importing.alertmanager.values import AWS_KEYS, receiver_labels, scalar_value
from tocsin.lang.alertmanager.integrations import BY_LIST
from tocsin.lang.alertmanager.schema import Kind, Many, Named, Record, TextOr
from tocsin.lang.alertmanager.settings import SETTINGS
from tocsin.lang.durations import parse_duration
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode, plain_data
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tocsin.lang.alertmanager.schema import Type
    from tocsin.source.node import Node

    FileOf = Callable[[ScalarNode], str | None]
    """The path of the file that a secret in clear has become."""

_DEFAULTS = {"resolve_timeout": parse_duration("5m")}


@value_object
class Item:
    """One item of an integration of a receiver."""

    value: Any
    node: Node


def canonical_settings(node: Node | None, file_of: FileOf) -> dict[str, Any]:
    """The global section, with what holds where it says nothing."""
    return {**_DEFAULTS, **(_record(node, SETTINGS, file_of) if isinstance(node, MappingNode) else {})}


def canonical_section(node: Node | None, record: Record, file_of: FileOf) -> dict[str, Any]:
    """A section about Alertmanager itself."""
    return _record(node, record, file_of) if isinstance(node, MappingNode) else {}


def canonical_channels(node: Node | None, file_of: FileOf) -> Iterator[tuple[str, list[Item]]]:
    """What a receiver has, by Alertmanager's keys; `labels` and unknown keys are one item.

    The label `name` is there whether it is written or not.
    """
    for key, entry in sorted(node.entries.items()) if isinstance(node, MappingNode) else ():
        value = entry.value
        if key == "name" or _is_null(value) or (isinstance(value, SequenceNode) and not value.items):
            continue
        if key == "labels" and isinstance(value, MappingNode):
            if labels := receiver_labels(value):
                yield key, [Item({name: one.text for name, one in labels.items()}, value)]
        elif key in BY_LIST and isinstance(value, SequenceNode):
            yield key, [Item(_value(one, BY_LIST[key].record, file_of), one) for one in value.items]
        else:
            yield key, [Item(plain_data(value), value)]


def _record(node: MappingNode, record: Record, file_of: FileOf) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, entry in node.entries.items():
        key, value = record.keys.get(name), entry.value
        if _is_null(value) or (name == "profile" and AWS_KEYS[0] in node.entries):
            # The keys of AWS become those of a profile, which has the name of the one beside them.
            continue
        if key is None:
            found[name] = plain_data(value)
        elif isinstance(value, ScalarNode) and (file := file_of(value)) is not None:
            if name in AWS_KEYS and "profile" in record.keys:
                found["profile"] = file
            elif name == "bearer_token":
                found["authorization"] = {"credentials_file": file}
            else:
                found[key.instead or f"{name}_file"] = file
        elif key.instead is not None and isinstance(value, ScalarNode) and not value.text:
            continue
        elif name == "secrets" and isinstance(value, SequenceNode):
            files = [file_of(one) or one.text for one in value.items if isinstance(one, ScalarNode)]
            found["files"] = [*files, *found.get("files", ())]
        elif name in found and isinstance(value, SequenceNode):
            found[name] = [*found[name], *_value(value, key.type, file_of)]
        else:
            found[name] = _value(value, key.type, file_of)
    return found


def _value(node: Node, kind: Type, file_of: FileOf) -> Any:
    if isinstance(kind, TextOr):
        kind = Kind.TEXT if isinstance(node, ScalarNode) else kind.whole
    if isinstance(kind, Record) and isinstance(node, MappingNode):
        return _record(node, kind, file_of)
    if isinstance(kind, Many) and isinstance(node, SequenceNode):
        return [
            _value(one, kind.item, file_of) for one in node.items if kind.checks_null or not _is_null(one)
        ]
    if isinstance(kind, Named) and isinstance(node, MappingNode):
        return {
            name: _value(one.value, kind.item, file_of)
            for name, one in node.entries.items()
            if not _is_null(one.value)
        }
    if not isinstance(node, ScalarNode) or not isinstance(kind, Kind) or kind is Kind.ANYTHING:
        return node.text if isinstance(node, ScalarNode) else plain_data(node)
    return parse_duration(node.text) if kind is Kind.DURATION else scalar_value(node, kind)


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is None
