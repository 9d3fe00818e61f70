"""A route that is otherwise for alerts with some values of labels.

What is otherwise becomes a route below it that is asked first, so that the others stay together in their
groups of notifications. What is switched off is kept out by matchers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.label_parts import label_sets, parts_of
from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.lang.listed_labels import label_sets_without
from tocsin.lang.regexes import quote_regex
from tocsin.source.place import Place
from tocsin.spec.exceptions import BRANCHES, INSTEAD
from tocsin.spec.routing import RouteKeys
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.lang.listed_labels import LabelSets, ListedValues
    from tocsin.spec.routing import Route

    Path = tuple[str | int, ...]


@value_object
class BranchOfRoute:
    """A route as it is for alerts with some values of labels."""

    route: Route
    path: Path
    sets: LabelSets
    written: tuple[Place, ...]
    """Of each matcher."""

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        """What its alerts are told from the route's others by."""
        return tuple(_matcher(label, values) for label, values in self.sets.items())

    def may_reach(self, matchers: Iterable[Matcher]) -> bool:
        """Whether a route below it can take any alert with its values."""
        asked = list(matchers)
        return all(
            any(
                all(one.matches({label: text}) for one in asked if one.name == label) for text in values.texts
            )
            for label, values in self.sets.items()
        )


def route_branches(route: Route, path: Path) -> Iterator[BranchOfRoute]:
    """What a route at a path is where its exceptions by labels hold, in the order in which they are asked."""
    for number, branch in enumerate(route.branches):
        if branch.instead is not None:
            said = {name: getattr(branch.instead, name) for name in RouteKeys.model_fields}
            at = (*path, BRANCHES, number)
            yield BranchOfRoute(
                route.model_copy(update={**said, "branches": []}),
                (*at, INSTEAD),
                label_sets(branch.where),
                tuple(Place((*at, "where", label)) for label in branch.where),
            )


def left_by_off(route: Route) -> list[LabelSets]:
    """The alerts that its exceptions do not switch off, as sets that have nothing in common."""
    left: list[LabelSets] = [{}]
    for number, sets in parts_of(route.branches):
        if number is not None and route.branches[number].off is not None:
            for taken in sets:
                left = [rest for one in left for rest in label_sets_without(one, taken)]
    return left


def matchers_without_off(route: Route, path: Path) -> Iterator[tuple[Matcher, Place]]:
    """The matchers, with the places that they come from, that keep out what is switched off in a route."""
    left = left_by_off(route)
    for label, values in left[0].items() if len(left) == 1 else ():
        numbers = [
            number for number, one in enumerate(route.branches) if one.off is not None and label in one.where
        ]
        yield _matcher(label, values), Place((*path, BRANCHES, numbers[0], "where", label))


def _matcher(label: str, values: ListedValues) -> Matcher:
    if len(values.texts) == 1:
        return Matcher(label, "!=" if values.is_all_but else "=", next(iter(values.texts)))
    pattern = "|".join(map(quote_regex, sorted(values.texts)))
    return Matcher(label, "!~" if values.is_all_but else "=~", pattern)
