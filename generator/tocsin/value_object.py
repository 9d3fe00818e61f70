"""Immutable values that cost no more than mutable ones: the type checker guards them, not Python."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value_object(cls: type[T]) -> type[T]:
    """A dataclass with slots that can be a key, and of which no field is set after it was made.

    mypy enforces that. A guard at run time, as `dataclass(frozen=True)` has, makes each value five times as
    slow to create, and the parts of queries and plans are created by the million.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
