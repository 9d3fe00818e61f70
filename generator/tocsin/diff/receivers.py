"""What receivers send, whichever way it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tocsin.lang.alertmanager.integrations import BY_LIST
from tocsin.lang.alertmanager.schema import Kind, Many, Named, Record, TextOr

if TYPE_CHECKING:
    from tocsin.lang.alertmanager.schema import Type
    from tocsin.plan.model import Receiver

_TRUE = frozenset({"true", "yes", "on", "y"})


def sent_settings(receiver: Receiver) -> object:
    """The channels of a receiver as values that are equal where Alertmanager reads the same.

    A secret in clear and one in a file are two things: nobody knows what the file holds.
    """
    channels = {
        key: [_value(entry, BY_LIST[key].record) if key in BY_LIST else entry for entry in entries]
        for key, entries in receiver.channels
        if entries
    }
    return channels, receiver.has_own_texts


def _value(value: Any, kind: Type) -> Any:
    if isinstance(kind, TextOr):
        kind = kind.whole if isinstance(value, Mapping) else Kind.TEXT
    if isinstance(kind, Record) and isinstance(value, Mapping):
        return {
            name: _value(one, kind.keys[name].type) if name in kind.keys else one
            for name, one in value.items()
            if one is not None
        }
    if isinstance(kind, Many) and isinstance(value, list | tuple):
        return [_value(one, kind.item) for one in value]
    if isinstance(kind, Named) and isinstance(value, Mapping):
        return {name: _value(one, kind.item) for name, one in value.items()}
    if kind is Kind.FLAG:
        return str(value).lower() in _TRUE
    if kind is Kind.ANYTHING or kind in (Kind.NUMBER, Kind.COUNT):
        return value
    # Alertmanager takes a number for a text, as it is written.
    return str(value).lower() if isinstance(value, bool) else str(value) if value is not None else None
