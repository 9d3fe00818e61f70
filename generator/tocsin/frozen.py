"""Values that nobody changes, at the cost of values that anybody may."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """A dataclass with slots that can be a key, and of which no field is set after it was made.

    mypy sees to that. A guard at run time, as of `dataclass(frozen=True)`, makes each value five times as
    dear, and the parts of queries and plans are made by the million.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
