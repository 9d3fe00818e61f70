"""What differs between two versions of a text, and where a part of the first is in the second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable


@value_object
class Edit:
    """The part from `start` to `old_end` became the one up to `new_end`; all around it is the same."""

    start: int
    old_end: int
    new_end: int

    def carry(self, start: int, end: int) -> tuple[int, int] | None:
        """Where an old part is now; None where the edit has changed anything in it."""
        if end <= self.start:
            return start, end
        if start >= self.old_end:
            moved = self.new_end - self.old_end
            return start + moved, end + moved
        return None

    def touches(self, start: int, end: int) -> bool:
        """Whether an old part holds a place at which something changed, or borders on it."""
        return start <= self.old_end and self.start <= end


def find_edit(old: str, new: str) -> Edit | None:
    """The smallest edit from one text to the other; None where they are the same."""
    if old == new:
        return None
    shorter = min(len(old), len(new))
    start = _same(shorter, lambda size: old[:size] == new[:size])
    rest = shorter - start
    end = _same(rest, lambda size: size == 0 or old[-size:] == new[-size:])
    return Edit(start, len(old) - end, len(new) - end)


def _same(most: int, is_same: Callable[[int], bool]) -> int:
    """The largest size up to which all is the same; slices are compared faster than single letters."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if is_same(middle):
            low = middle
        else:
            high = middle - 1
    return low
