"""Immutable values that cost no more than mutable ones: the type checker guards them, not Python."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, make_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value_object(cls: type[T]) -> type[T]:
    """A dataclass with slots that can be a key, and of which no field is set after it was made.

    mypy enforces that. A guard at run time, as `dataclass(frozen=True)` has, makes each value five times as
    slow to create, and the parts of queries and plans are created by the million.

    The methods are written when the first of them is called: a run uses few of the four hundred classes that
    it loads, and writing the methods of all takes longer than checking a small spec.
    """
    made = dataclass(slots=True, init=False, repr=False, eq=False)(cls)
    for name in _METHODS:
        if name not in vars(cls) or (name == "__hash__" and vars(cls)[name] is None):
            setattr(made, name, _written_on_use(made, name))
    return made


_METHODS = ("__init__", "__repr__", "__eq__", "__hash__")


def _written_on_use(cls: type, name: str) -> Callable[..., Any]:
    def method(self: object, *args: object, **kwargs: object) -> object:
        written = _method(cls, name)
        # Somebody may have put a method around this one.
        if vars(cls)[name] is method:
            setattr(cls, name, written)
        return written(self, *args, **kwargs)

    method.__name__ = name
    method.__qualname__ = f"{cls.__qualname__}.{name}"
    return method


@cache
def _method(cls: type, name: str) -> Callable[..., Any]:
    """The method that a plain dataclass with the same fields has."""
    namespace = {"__post_init__": post} if (post := getattr(cls, "__post_init__", None)) else {}
    plain = make_dataclass(
        cls.__name__,
        [(one.name, one.type, one) for one in fields(cls)],
        namespace=namespace,
        init=name == "__init__",
        repr=name == "__repr__",
        eq=name == "__eq__",
        unsafe_hash=name == "__hash__",
        match_args=False,
    )
    found: Callable[..., Any] = vars(plain)[name]
    return found
