"""What a run met while it wrote that nobody could know when it looked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable


@value_object
class WriteOutcome:
    """Paths inside the output folder.

    `edited` are files that somebody had changed and that were written anew, `left` those that were to go and
    stay because of that, `aside` the new names of files of others that stood where a file was written.
    """

    edited: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.edited or self.left or self.aside)


def merge_paths(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    """The paths of both, sorted, each once."""
    return tuple(sorted({*first, *second}))
