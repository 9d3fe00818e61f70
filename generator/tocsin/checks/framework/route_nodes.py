"""The nodes of a route tree with what is above each, and where to point at them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from tocsin.checks.framework.matcher_sets import matchers_in_words
from tocsin.source.place import Place
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.plan.model import Route


@value_object
class RouteNode:
    """A route below the root."""

    route: Route
    above: tuple[Route, ...]
    """From the root to the parent."""
    number: int
    """Its place among its siblings."""

    @property
    def earlier(self) -> tuple[Route, ...]:
        """Its siblings that are asked before it, in their order."""
        return self.above[-1].routes[: self.number]

    @property
    def later(self) -> Iterator[Route]:
        """Its siblings that are asked after it, in their order."""
        return islice(self.above[-1].routes, self.number + 1, None)

    @property
    def demands(self) -> tuple[Matcher, ...]:
        """All matchers on the way to it, its own at the end."""
        return tuple(one for route in (*self.above, self.route) for one in route.matchers)


def routes_below(root: Route, above: tuple[Route, ...] = ()) -> Iterator[RouteNode]:
    """Every route below the root, in the order of the tree."""
    above = (*above, root)
    for number, route in enumerate(root.routes):
        yield RouteNode(route, above, number)
        yield from routes_below(route, above)


def is_authored(route: Route) -> bool:
    """Whether somebody wrote this very route; others follow from severities and teams."""
    return bool(route.written) or not route.matchers


def is_of_exception(place: Place) -> bool:
    """Whether a matcher's place is a value of an exception by labels: such values are judged elsewhere."""
    return place.path[-2:-1] == ("where",)


def at_matcher(route: Route, number: int | None = None) -> Place:
    """The place of one of the route's matchers; of the first one where none is meant."""
    if number is not None and number < len(route.written):
        return route.written[number]
    return route.written[0] if route.written else at_key(route, "receiver")


def at_key(route: Route, *key: str | int) -> Place:
    """The place of what stands under a key of a route."""
    return route.place if route.place.key and key == ("receiver",) else Place((*route.place.path, *key))


def describe_matchers(route: Route) -> str:
    """What the route takes, as its matchers say it."""
    return f"`{matchers_in_words(route.matchers)}`" if route.matchers else "everything"
