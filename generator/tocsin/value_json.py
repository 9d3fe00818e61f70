"""Value objects as JSON and back: what is read again equals what was written, and shares what it shared."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from enum import Enum
from math import isfinite
from typing import TYPE_CHECKING, Any

from tocsin.value_object import attributes_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_TUPLE, _LIST, _SET, _DATE, _AGAIN, _NUMBER = range(6)
_FIRST_CLASS = 6


class ValueJson:
    """How values of some classes are written; their order numbers them.

    A value of a class is an array of its number and its fields; tuples, lists, frozen sets, dates and the
    numbers that JSON lacks are arrays behind numbers of their own. Mappings have words as keys. Objects of
    the `shared` classes are written once, and read as one object.
    """

    def __init__(self, classes: Iterable[type], shared: Iterable[type] = ()) -> None:
        self._classes = tuple(classes)
        self._shared = frozenset(shared)
        self._numbers = {one: number for number, one in enumerate(self._classes, _FIRST_CLASS)}
        self._readers: dict[type, Callable[[Any], tuple[object, ...]]] = {}

    def write(self, value: object) -> object:
        """The value as `orjson` takes it; TypeError where a part of it is of no known class."""
        return _Writer(self._numbers, self._shared, self._readers).write(value)

    def read(self, written: object) -> Any:
        """The value again."""
        return _reader(self._classes, self._shared)(written)


class _Writer:
    def __init__(
        self,
        numbers: dict[type, int],
        shared: frozenset[type],
        readers: dict[type, Callable[[Any], tuple[object, ...]]],
    ) -> None:
        self._numbers = numbers
        self._shared = shared
        self._readers = readers
        self._written: dict[int, int] = {}

    def write(self, value: Any) -> object:
        kind = type(value)
        if kind is str or kind is int or kind is bool or value is None:
            return value
        if kind is float:
            return value if isfinite(value) else [_NUMBER, str(value)]
        if kind is tuple:
            return [_TUPLE, *map(self.write, value)]
        if kind is dict:
            return self._mapping(value)
        if kind is list:
            return [_LIST, *map(self.write, value)]
        if kind is frozenset:
            return [_SET, *map(self.write, sorted(value))]
        if isinstance(value, float):
            return self.write(float(value))
        if isinstance(value, date):
            return [_DATE, value.isoformat()]
        return self._object(kind, value)

    def _mapping(self, value: dict[object, object]) -> object:
        if any(type(key) is not str for key in value):
            raise TypeError("a key is no word")
        return {key: self.write(one) for key, one in value.items()}

    def _object(self, kind: type, value: object) -> object:
        number = self._numbers.get(kind)
        if number is None:
            raise TypeError(f"{kind.__name__} is no known class")
        if kind in self._shared:
            known = self._written.get(id(value))
            if known is not None:
                return [_AGAIN, known]
            self._written[id(value)] = len(self._written)
        if isinstance(value, Enum):
            return [number, value.value]
        if kind not in self._readers:
            self._readers[kind] = attributes_reader(one.name for one in fields(kind))
        return [number, *map(self.write, self._readers[kind](value))]


def _reader(classes: tuple[type, ...], shared: frozenset[type]) -> Callable[[Any], Any]:
    """A function that reads one written value; as a closure, since values are read by the million."""
    known: list[object] = []
    is_shared = (*(False for _ in range(_FIRST_CLASS)), *(one in shared for one in classes))
    makers: tuple[Callable[..., object], ...] = (*(_unused for _ in range(_FIRST_CLASS)), *classes)

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
        if number == _AGAIN:
            return known[written[1]]
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
        return tuple(parts) if number == _TUPLE else parts if number == _LIST else frozenset(parts)

    return read


def _unused(*_: object) -> object:
    raise AssertionError
