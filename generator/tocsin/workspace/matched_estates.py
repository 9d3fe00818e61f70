"""Which estate of one side of a comparison is which one of the other."""

from __future__ import annotations

import posixpath
from collections import Counter
from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.workspace.load import Planned

_ONE_OF_EACH_SIDE = 2


@value_object
class MatchedEstates:
    """Estates of both sides, and those that only one of them has."""

    both: tuple[tuple[Planned, Planned], ...]
    added: tuple[Planned, ...]
    removed: tuple[Planned, ...]


def match_estates(
    old: Planned, new: Planned, old_paths: Sequence[str], new_paths: Sequence[str]
) -> MatchedEstates:
    """The estates that have the same name, and then those that have the most files in common.

    Files that several estates of a side have do not count. The paths are those of the sides: where these
    differ, names are compared from the one folder that each side is.
    """
    same = [*old_paths] == [*new_paths]
    before, after = old.each_estate, new.each_estate
    was = [_named(one, None if same else old_paths) for one in before]
    now = [_named(one, None if same else new_paths) for one in after]
    holders = Counter(file for _, files in (*was, *now) for file in files)
    is_single = 1 in (len(before), len(after))
    pairs = sorted(
        (name != other, -len(common), at, further)
        for at, (name, files) in enumerate(was)
        for further, (other, others) in enumerate(now)
        for common in [{one for one in files & others if is_single or holders[one] == _ONE_OF_EACH_SIDE}]
        # A side that is one estate has become, or was, one of the others.
        if common or name == other or is_single
    )
    of_old: dict[int, int] = {}
    of_new: dict[int, int] = {}
    for _, _, at, further in pairs:
        if at not in of_old and further not in of_new:
            of_old[at], of_new[further] = further, at
    return MatchedEstates(
        tuple((before[of_new[at]], after[at]) for at in sorted(of_new)),
        tuple(one for at, one in enumerate(after) if at not in of_new),
        tuple(one for at, one in enumerate(before) if at not in of_old),
    )


def _named(made: Planned, paths: Sequence[str] | None) -> tuple[str | None, frozenset[str]]:
    """What an estate and its files are called."""
    root = f"{posixpath.normpath(paths[0])}/" if paths is not None and len(paths) == 1 else ""
    files = frozenset(posixpath.normpath(document.name).removeprefix(root) for document in made.documents)
    return None if made.estate is None else made.estate.removeprefix(root), files
