"""Plans and routes as keys of caches: they are large, and equal only when they are one object."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class IdentityKey(Generic[T]):
    """An object as the key of a cache, looked up by its identity."""

    __slots__ = ("one",)

    def __init__(self, one: T) -> None:
        self.one = one

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdentityKey) and other.one is self.one

    def __hash__(self) -> int:
        return id(self.one)
