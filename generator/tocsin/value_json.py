"""Value objects as JSON and back: what is read again equals what was written, and shares what it shared."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from enum import Enum
from functools import cached_property, partial
from math import isfinite
from typing import TYPE_CHECKING, Any

import orjson

from tocsin.value_object import ReadOnUse, attributes_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_TUPLE, _LIST, _SET, _DATE, _AGAIN, _NUMBER = range(6)
_FIRST_CLASS = 6


class ValueJson:
    """How values of some classes are written; their order numbers them.

    A value of a class is an array of its number and its fields; tuples, lists, frozen sets, dates and the
    numbers that JSON lacks are arrays behind numbers of their own. Mappings have words as keys. Objects of
    the `shared` classes are written once, and read as one object. The fields of classes that are
    `ReadOnUse`, which hold no shared objects, are JSON in a text.
    """

    def __init__(self, classes: Iterable[type], shared: Iterable[type] = ()) -> None:
        self._classes = tuple(classes)
        self._shared = frozenset(shared)
        self._numbers = {one: number for number, one in enumerate(self._classes, _FIRST_CLASS)}
        self._readers: dict[type, Callable[[Any], tuple[object, ...]]] = {}

    def write(self, value: object) -> object:
        """The value as `orjson` takes it; TypeError where a part of it is of no known class."""
        return _writer(self._numbers, self._shared, self._readers)(value)

    def read(self, written: object) -> Any:
        """The value again."""
        return _reader(self._classes, self._shared, self._read_fields)(written)

    def _read_fields(self, text: str) -> Iterable[object]:
        return map(self._read_unshared, orjson.loads(text))

    @cached_property
    def _read_unshared(self) -> Callable[[Any], Any]:
        return _reader(self._classes, frozenset(), self._read_fields)


def _writer(
    numbers: dict[type, int],
    shared: frozenset[type],
    readers: dict[type, Callable[[Any], tuple[object, ...]]],
) -> Callable[[Any], object]:
    """A function that writes one value; as a closure, since values are written by the million."""
    known: dict[int, int] = {}

    def write(value: Any) -> object:
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is tuple:
            return [_TUPLE, *[one if type(one) in _PLAIN else write(one) for one in value]]
        if kind is dict:
            if any(type(key) is not str for key in value):
                raise TypeError("a key is no word")
            return {key: one if type(one) in _PLAIN else write(one) for key, one in value.items()}
        number = numbers.get(kind)
        return write_other(value) if number is None else write_object(number, kind, value)

    def write_object(number: int, kind: type, value: object) -> object:
        if kind in shared:
            again = known.get(id(value))
            if again is not None:
                return [_AGAIN, again]
            known[id(value)] = len(known)
        if isinstance(value, Enum):
            return [number, value.value]
        read = readers.get(kind)
        if read is None:
            read = readers[kind] = attributes_reader(one.name for one in fields(kind))
        parts = [one if type(one) in _PLAIN else write(one) for one in read(value)]
        return [number, orjson.dumps(parts).decode()] if issubclass(kind, ReadOnUse) else [number, *parts]

    def write_other(value: object) -> object:
        if isinstance(value, float):
            return float(value) if isfinite(value) else [_NUMBER, str(float(value))]
        if type(value) is list:
            return [_LIST, *map(write, value)]
        if type(value) is frozenset:
            return [_SET, *map(write, sorted(value))]
        if isinstance(value, date):
            return [_DATE, value.isoformat()]
        raise TypeError(f"{type(value).__name__} is no known class")

    return write


_NESTED = (list, dict)
_PLAIN = frozenset({str, int, bool, type(None)})


def _reader(
    classes: tuple[type, ...], shared: frozenset[type], read_fields: Callable[[str], Iterable[object]]
) -> Callable[[Any], Any]:
    """A function that reads one written value; as a closure, since values are read by the million.

    `read_fields` reads the fields of an object that is `ReadOnUse`. It knows nothing of this function: the
    object would hold whatever was read beside it.
    """
    known: list[object] = []
    is_shared = (*(False for _ in range(_FIRST_CLASS)), *(one in shared for one in classes))
    makers: tuple[Callable[..., object], ...] = (*(_unused for _ in range(_FIRST_CLASS)), *classes)
    readers_on_use = {
        number: one for number, one in enumerate(classes, _FIRST_CLASS) if issubclass(one, ReadOnUse)
    }

    def read(written: Any) -> Any:
        kind = type(written)
        if kind is list:
            return read_array(written)
        if kind is dict:
            return {
                key: one if (of := type(one)) is not list and of is not dict else read(one)
                for key, one in written.items()
            }
        return written

    def read_array(written: list[Any]) -> Any:
        number = written[0]
        if number == _TUPLE:
            return tuple(
                [
                    one if (of := type(one)) is not list and of is not dict else read(one)
                    for one in written[1:]
                ]
            )
        if number == _AGAIN:
            return known[written[1]]
        if (on_use := readers_on_use.get(number)) is not None:
            [text] = written[1:]
            if type(text) is not str:
                raise TypeError("the fields are no text")
            return on_use.later(partial(read_fields, text))
        place = -1
        if is_shared[number]:
            # Numbered before its parts, as they are written.
            place = len(known)
            known.append(None)
        parts = [
            one if (of := type(one)) is not list and of is not dict else read(one) for one in written[1:]
        ]
        if number >= _FIRST_CLASS:
            value = makers[number](*parts)
            if place >= 0:
                known[place] = value
            return value
        if number == _DATE:
            return date.fromisoformat(parts[0])
        if number == _NUMBER:
            return float(parts[0])
        return parts if number == _LIST else frozenset(parts)

    return read


def _unused(*_: object) -> object:
    raise AssertionError
