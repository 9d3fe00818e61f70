"""Which routes no alert gets to, as an earlier one takes all that could."""

from __future__ import annotations

from heapq import merge
from itertools import takewhile
from operator import itemgetter
from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.checks.framework.matcher_sets import allowed_label_values, implies, is_impossible
from tocsin.checks.framework.route_nodes import routes_below

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.checks.framework.route_nodes import RouteNode
    from tocsin.plan.model import Route


@answered_once
def routes_with_earlier_takers(root: Route) -> tuple[tuple[RouteNode, Route | None], ...]:
    """The routes below the root that labels can meet, each with the earlier one that takes all its alerts.

    An earlier one is asked before it, or before a route above it, and ends the search. What is below a route
    that gets nothing is left out.
    """
    return tuple(_find_takers(root))


def _find_takers(root: Route) -> Iterator[tuple[RouteNode, Route | None]]:
    reached: dict[int, RouteNode] = {}

    def siblings(node: RouteNode, values: Iterable[tuple[str, ...]]) -> Iterator[Route]:
        """The earlier siblings that may take all alerts with these values, in their order."""
        groups = _asking(node.above[-1])
        ordered = merge(*(groups[key] for key in ((), *values) if key in groups), key=itemgetter(0))
        return (route for _, route in takewhile(lambda pair: pair[0] < node.number, ordered))

    for node in routes_below(root):
        above = [reached.get(id(route)) for route in node.above[1:]]
        labels = allowed_label_values(node.demands)
        if not all(above) or is_impossible(labels):
            continue
        values = {
            (name, *texts.listed) for name, texts in labels.items() if texts.listed and len(texts.listed) == 1
        }
        levels = [one for one in (*above, node) if one is not None]
        taker = next(
            (one for level in levels for one in siblings(level, values) if implies(labels, one.matchers)),
            None,
        )
        if taker is None:
            reached[id(node.route)] = node
        yield node, taker


@answered_once
def _asking(parent: Route) -> dict[tuple[str, ...], list[tuple[int, Route]]]:
    """The routes below one that end the search, by a label and its value if they ask for one."""
    groups: dict[tuple[str, ...], list[tuple[int, Route]]] = {}
    for number, route in enumerate(parent.routes):
        if not route.continues:
            asked = next(((one.name, one.value) for one in route.matchers if one.op == "="), ())
            groups.setdefault(asked, []).append((number, route))
    return groups
