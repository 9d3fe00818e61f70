"""Many routes of one level: which of them the labels of an alert may enter is decided once for each value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.regexes import is_regex, literal_prefix, literal_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.plan.model import Route

    Meets = Callable[[Matcher, str], bool]

_MOST_KNOWN = 100_000
_EMPTY = frozenset({""})


class RouteChildren:
    """The routes below one, asked by what a label of an alert can be.

    Sets of routes are numbers with a bit for each: of three thousand routes, an alert may mostly enter a few,
    and teams, namespaces and services come again with every alert.
    """

    def __init__(self, routes: Sequence[Route], meets: Meets) -> None:
        """`meets` says whether an alert may meet a matcher that has this value of its label."""
        self._routes = routes
        self._labels: dict[str, _LabelAsked] = {}
        for number, route in enumerate(routes):
            for matcher in route.matchers:
                if matcher.name not in self._labels:
                    self._labels[matcher.name] = _LabelAsked(meets)
                self._labels[matcher.name].add(1 << number, matcher)

    def entered(self, values: Mapping[str, frozenset[str] | None]) -> Iterator[Route]:
        """Those that may be entered, in their order; None is any value, and a missing label an empty one."""
        left = (1 << len(self._routes)) - 1
        for name, label in self._labels.items():
            listed = values.get(name, _EMPTY)
            # No alert has a label without any value: whatever is left of it is decided on the way.
            if not listed:
                continue
            refused = left
            for value in listed:
                refused &= label.refused(value)
            left &= ~refused
        while left:
            lowest = left & -left
            yield self._routes[lowest.bit_length() - 1]
            left ^= lowest


class _LabelAsked:
    """What routes of one level ask of one label."""

    def __init__(self, meets: Meets) -> None:
        self._meets = meets
        self._naming = 0
        """The routes with a matcher that lists the values it meets."""
        self._by_value: dict[str, int] = {}
        self._by_prefix: dict[str, list[tuple[int, Matcher]]] = {}
        """Other matchers, by what all values begin with that they meet."""
        self._prefixed = 0
        self._known: dict[str, int] = {}

    def add(self, bit: int, matcher: Matcher) -> None:
        """Note a matcher of a route."""
        values = _values(matcher)
        if values is not None and not self._naming & bit:
            self._naming |= bit
            for value in values:
                self._by_value[value] = self._by_value.get(value, 0) | bit
            return
        prefix = literal_prefix(matcher.value) if matcher.op == "=~" and is_regex(matcher.value) else ""
        self._by_prefix.setdefault(prefix, []).append((bit, matcher))
        self._prefixed |= bit if prefix else 0

    def refused(self, value: str) -> int:
        """The routes that no alert with this value enters."""
        if value not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[value] = self._decided(value)
        return self._known[value]

    def _decided(self, value: str) -> int:
        met = missed = 0
        for length in range(len(value) + 1):
            for bit, matcher in self._by_prefix.get(value[:length], ()):
                if self._meets(matcher, value):
                    met |= bit
                else:
                    missed |= bit
        return self._naming & ~self._by_value.get(value, 0) | self._prefixed & ~met | missed


def _values(matcher: Matcher) -> frozenset[str] | None:
    """The values that meet a matcher, where it lists them."""
    if matcher.op == "=":
        return frozenset({matcher.value})
    return literal_texts(matcher.value) if matcher.op == "=~" else None
