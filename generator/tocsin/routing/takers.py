"""Which routes end the search of alerts that would meet a route further on."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from tocsin.routing.possible_labels import divide_by_matchers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Route
    from tocsin.routing.possible_labels import PossibleLabels

    Path = tuple[Route, ...]

_MOST_PARTS = 1_000


def asked_before(path: Path) -> Iterator[Route]:
    """The routes that are asked before those of a path from the root, and that end the search."""
    for parent, child in pairwise(path):
        for route in parent.routes:
            if route is child:
                break
            if not route.continues:
                yield route


def takers(path: Path, sets: PossibleLabels) -> tuple[Route, ...] | None:
    """The routes that end the search of alerts that meet a whole path, before its last route is asked.

    `sets` are what the labels can be that the path and these routes ask for. None where no alert with such
    labels meets the whole path; empty where no route ends the search of any. Where one route
    ends that of all, it is the only one.
    """
    met: PossibleLabels | None = sets
    for route in path:
        met = None if met is None else divide_by_matchers(met, route.matchers)[0]
    if met is None:
        return None
    before = [*asked_before(path)]
    for route in before:
        if not divide_by_matchers(met, route.matchers)[1]:
            return (route,)
    found: list[Route] = []
    waiting = [met]
    for route in before:
        parts = [divide_by_matchers(part, route.matchers) for part in waiting]
        if any(taken is not None for taken, _ in parts):
            found.append(route)
        waiting = [other for _, others in parts for other in others]
        if not 0 < len(waiting) < _MOST_PARTS:
            break
    return tuple(found)
