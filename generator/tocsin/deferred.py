"""Sequences whose items are made when somebody first asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T_co = TypeVar("T_co", covariant=True)


class Deferred(Sequence[T_co]):
    """The items that a function gives, which is called at most once; equal to any sequence with the same."""

    def __init__(self, make: Callable[[], Iterable[T_co]]) -> None:
        self._make = make

    @cached_property
    def _items(self) -> tuple[T_co, ...]:
        return tuple(self._make())

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T_co]:
        return iter(self._items)

    def __getitem__(self, at: Any) -> Any:
        return self._items[at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._items == tuple(other)

    def __hash__(self) -> int:
        return hash(self._items)

    def __repr__(self) -> str:
        return repr(self._items)
