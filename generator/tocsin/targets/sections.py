"""What a target writes of each part of a plan: as an earlier run kept it, or written by several processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from tocsin.parallel import parallel_results, useful_processes
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

T = TypeVar("T")


@value_object
class Section(Generic[T]):
    """What is written of one part, and kept together."""

    found: list[T] | None
    """As it was kept; None where it has to be written."""
    writing: Sequence[Callable[[], Sequence[T]]]
    """What writes it, in pieces that several processes may take."""
    keep: Callable[[list[T]], None]
    size: int
    """How many alerts there are in it."""


def write_sections(sections: Iterable[Section[T]], much: int) -> Iterator[list[T]]:
    """What is written of each part, in their order.

    `much` is the number of alerts to write from which on a second process saves more time than it costs.
    """
    sections = list(sections)
    fresh = [one for section in sections if section.found is None for one in section.writing]
    size = sum(section.size for section in sections if section.found is None)
    written = parallel_results(_call, fresh, useful_processes(size, much))
    for section in sections:
        found = section.found
        if found is None:
            found = [one for _ in section.writing for one in next(written)]
            section.keep(found)
        yield found


def _call(write: Callable[[], Sequence[T]]) -> Sequence[T]:
    return write()
