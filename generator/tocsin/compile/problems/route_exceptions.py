"""Exceptions of routes for values of labels: those that nothing reaches, and what cannot be kept out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.label_parts import label_sets, parts_of
from tocsin.compile.route_branches import left_by_off
from tocsin.diagnostics.problem import Problem
from tocsin.lang.alertmanager.matchers import parse_matcher
from tocsin.lang.errors import LangError
from tocsin.source.place import Place
from tocsin.spec.exceptions import BRANCHES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.lang.listed_labels import ListedValues
    from tocsin.spec.model import Spec
    from tocsin.spec.routing import Route

    Path = tuple[str | int, ...]


def impossible_route_exceptions(spec: Spec) -> Iterator[Problem]:
    """What is wrong with exceptions by labels of routes."""
    yield from _of_routes(spec.routing.routes, ("routing", "routes"))


def _of_routes(routes: Iterable[Route], path: Path) -> Iterator[Problem]:
    for number, route in enumerate(routes):
        here = (*path, number)
        yield from _of_route(route, here)
        yield from _of_routes(route.routes, (*here, "routes"))


def _of_route(route: Route, path: Path) -> Iterator[Problem]:
    for number, sets in parts_of(route.branches):
        if number is None:
            continue
        place = Place((*path, BRANCHES, number, "where"), key=True)
        if not sets:
            message = "nothing reaches this exception: those before it take all of its values"
            yield Problem("except/unreached", message, place, help="remove it, or write it before them")
            continue
        for label, values in label_sets(route.branches[number].where).items():
            own = [one for one in _matchers(route) if one.name == label]
            taken = [text for text in values.texts if all(one.matches({label: text}) for one in own)]
            if not taken:
                message = f"nothing reaches this exception: the route takes no such values of `{label}`"
                yield Problem("except/unreached", message, place, help="correct the values, or remove it")
            elif len(label_sets(route.branches[number].where)) == 1 and _is_all(values, own):
                yield Problem(
                    "except/takes-all",
                    "this exception takes all alerts of the route: what the route itself says is never used",
                    place,
                    help="write in the route what the exception says, and take the exception away",
                )
    if len(left_by_off(route)) > 1:
        off = [number for number, branch in enumerate(route.branches) if branch.off is not None]
        yield Problem(
            "except/off-of-route",
            "no matchers of one route keep out these alerts alone, and two routes would divide the groups of "
            "its notifications",
            Place((*path, BRANCHES, off[-1], "where"), key=True),
            help="name one label beside `off:`, and write it before the other exceptions",
        )


def _is_all(values: ListedValues, own: Iterable[Matcher]) -> bool:
    """Whether the matchers of a route let only such values through, as one `=` says."""
    return any(one.op == "=" and values.allows(one.value) for one in own)


def _matchers(route: Route) -> Iterator[Matcher]:
    for text in route.matchers:
        try:
            yield parse_matcher(text)
        except LangError:
            continue
