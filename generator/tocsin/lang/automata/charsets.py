"""Sets of characters as sorted ranges of code points, both ends included."""

from __future__ import annotations

import unicodedata
from functools import cache

Ranges = tuple[tuple[int, int], ...]

LAST = 0x10FFFF
NEWLINE: Ranges = ((10, 10),)
DIGIT: Ranges = ((48, 57),)
WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
SPACE: Ranges = ((9, 10), (12, 13), (32, 32))
POSIX: dict[str, Ranges] = {
    "alnum": ((48, 57), (65, 90), (97, 122)),
    "alpha": ((65, 90), (97, 122)),
    "ascii": ((0, 127),),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (127, 127)),
    "digit": DIGIT,
    "graph": ((33, 126),),
    "lower": ((97, 122),),
    "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "space": ((9, 13), (32, 32)),
    "upper": ((65, 90),),
    "word": WORD,
    "xdigit": ((48, 57), (65, 70), (97, 102)),
}
# More characters than these are not looked at one by one.
_FEW = 3000


def union_of(*parts: Ranges) -> Ranges:
    """The characters in any of the sets."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(one for part in parts for one in part):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return tuple(found)


def complement_of(ranges: Ranges) -> Ranges:
    """All other characters."""
    found, start = [], 0
    for first, last in union_of(ranges):
        if first > start:
            found.append((start, first - 1))
        start = last + 1
    return (*found, (start, LAST)) if start <= LAST else tuple(found)


def fold_case(ranges: Ranges) -> Ranges:
    """The set with the upper and lower case of each of its characters."""
    if size(ranges) > _FEW:
        return ranges
    more = [
        (ord(other), ord(other))
        for first, last in ranges
        for code in range(first, last + 1)
        for other in _cases(chr(code))
    ]
    return union_of(ranges, tuple(more))


def size(ranges: Ranges) -> int:
    """How many characters are in the set."""
    return sum(last - first + 1 for first, last in ranges)


@cache
def category(name: str) -> Ranges | None:
    """The characters of a general category of Unicode, such as `L` or `Lu`; None when there is no such."""
    found: list[tuple[int, int]] = []
    for code in range(LAST + 1):
        if unicodedata.category(chr(code)).startswith(name):
            if found and found[-1][1] == code - 1:
                found[-1] = found[-1][0], code
            else:
                found.append((code, code))
    return tuple(found) or None


def _cases(char: str) -> set[str]:
    found = {char.lower(), char.upper(), char.swapcase()}
    # Simple folding knows two more letters of this kind.
    found |= {"k": {"\u212a"}, "s": {"\u017f"}}.get(char.lower(), set())
    return {other for other in found if len(other) == 1}
