"""What to call each estate of a repository: a name that its readers know, and that no other one has."""

from __future__ import annotations

import posixpath
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def name_estates(estates: Sequence[Sequence[str]], known_by: Sequence[Sequence[str]]) -> list[str]:
    """The names of estates, by the names of their files and of those that they are known by.

    That is the folder of the files which no other estate has. Where that is the folder of everything, or
    that of another estate too, it is the first of those which they are known by and no other one has.
    """
    number = Counter(name for names in estates for name in names)
    own = [[name for name in names if number[name] == 1] or [*names] for names in estates]
    folders = [posixpath.commonpath([posixpath.dirname(name) for name in names]) for names in own]
    held = Counter(folders)
    named = [
        folder if folder and held[folder] == 1 else _first_of(configured, names)
        for folder, names, configured in zip(folders, own, known_by, strict=True)
    ]
    again = Counter(named)
    # Estates that have nothing for themselves: all that they have are others' files.
    return [
        name if again[name] == 1 else f"{name} ({named[:at].count(name) + 1})"
        for at, name in enumerate(named)
    ]


def _first_of(configured: Sequence[str], names: Sequence[str]) -> str:
    return next((one for one in configured if one in names), names[0])
