"""Which routes no alert gets to, as an earlier one takes all that could."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.checks.conditions import allowed, implies, impossible
from tocsin.checks.route.nodes import nodes
from tocsin.identity_key import IdentityKey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.route.nodes import Node
    from tocsin.plan.model import Route


def takers(root: Route) -> tuple[tuple[Node, Route | None], ...]:
    """The routes below the root that labels can meet, each with the earlier one that takes all its alerts.

    An earlier one is asked before it, or before a route above it, and ends the search. What is below a route
    that gets nothing is left out.
    """
    return _takers(IdentityKey(root))


@lru_cache(maxsize=2)
def _takers(key: IdentityKey[Route]) -> tuple[tuple[Node, Route | None], ...]:
    return tuple(_find_takers(key.one))


def _find_takers(root: Route) -> Iterator[tuple[Node, Route | None]]:
    reached: dict[int, Node] = {}
    for node in nodes(root):
        above = [reached.get(id(route)) for route in node.above[1:]]
        labels = allowed(node.demands)
        if not all(above) or impossible(labels):
            continue
        earlier = (other for one in (*above, node) if one is not None for other in one.earlier)
        taker = next((one for one in earlier if not one.continues and implies(labels, one.matchers)), None)
        if taker is None:
            reached[id(node.route)] = node
        yield node, taker
