"""Dividing what is too much for one file or group, so that one more thing changes one part.

A thing goes to a part by the checksum of its key: the parts of a whole are those of the remainders modulo 2,
and only a part that is still too large is divided further, modulo 4, 8, and so on. `3of4` are the things
whose checksum leaves 2 modulo 4.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")


class Bucket(NamedTuple):
    """The things whose checksum leaves a remainder; all of them where the modulus is 1."""

    modulus: int
    remainder: int

    @property
    def suffix(self) -> str:
        """What to add to the name of the whole, behind a dash; empty where this is all of it."""
        return "" if self.modulus == 1 else f"{self.remainder + 1}of{self.modulus}"


def divide(
    things: Sequence[T], key: Callable[[T], str], size: Callable[[T], int], most: int
) -> Iterator[tuple[Bucket, list[T]]]:
    """The parts that have anything, each with its things in their order.

    None is larger than `most`, unless all in it have the same checksum.
    """
    checked = [(zlib.crc32(key(thing).encode()), size(thing), thing) for thing in things]
    found: dict[Bucket, list[T]] = {}
    waiting = [(0, 0, checked)]
    while waiting:
        bits, remainder, held = waiting.pop()
        if sum(one[1] for one in held) > most and len({one[0] for one in held}) > 1:
            for bit in (0, 1):
                half = remainder | bit << bits
                mask = (2 << bits) - 1
                waiting.append((bits + 1, half, [one for one in held if one[0] & mask == half]))
        elif held:
            found[Bucket(1 << bits, remainder)] = [one[2] for one in held]
    yield from sorted(found.items())
