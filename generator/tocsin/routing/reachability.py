"""Where alerts can go in the route tree, by all that their labels can be.

This is the one model of it. The walk is Alertmanager's (`routing/tree.py`), with sets of values in the place
of labels: where some alerts match a route and others do not, it follows both. Each way that it finds is one
that labels take, as long as the sets are exact and labels do not depend on each other.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.lang.flow.label_values import NOTHING, single_value
from tocsin.routing.alert_labels import sent_alerts
from tocsin.routing.possible_labels import UNDECIDED, divide, divide_by_matchers, is_possible, least_value
from tocsin.routing.route_children import RouteChildren
from tocsin.routing.tree import MANY, MatchedNode, label_names, matching_nodes, stop_at
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.lang.flow.label_values import LabelValues
    from tocsin.plan.model import Plan, Route
    from tocsin.routing.alert_labels import AlertLabels
    from tocsin.routing.possible_labels import PossibleLabels

    Path = tuple[Route, ...]

_MOST_BRANCHES = 20_000
_NO_LABELS: Mapping[str, str] = MappingProxyType({})


@value_object
class RoutePath:
    """Nodes at which an alert comes to rest, and labels with which it does."""

    labels: Mapping[str, str]
    """Those that decide it, and all others of which the value is known."""
    chosen: Mapping[str, str]
    """Those of them that differ between the alerts of the rule."""
    stops: tuple[MatchedNode, ...]
    """In the order of the tree."""

    @property
    def receivers(self) -> tuple[str, ...]:
        """Who is notified, as often as the tree leads there."""
        return tuple(stop.receiver for stop in self.stops)


@value_object
class Ways:
    """The ways of the alerts of one rule, the one with the fewest labels first."""

    ways: tuple[RoutePath, ...]
    complete: bool
    """False where there are more than can be listed."""

    @property
    def receivers(self) -> tuple[str, ...]:
        """All who may be notified, each once, in the order of the ways."""
        return tuple(dict.fromkeys(name for way in self.ways for name in way.receivers))


class RouteTree:
    """One route tree, asked for the ways of many alerts: it treats most of them alike."""

    def __init__(self, root: Route) -> None:
        self.root = root
        self.names = sorted(label_names(root) - {"alertname"})
        self._about_names = _about_names(root)
        self._branches: dict[tuple[object, ...], _Branches] = {}

    def ways(self, alert: AlertLabels, given: Mapping[str, str] = _NO_LABELS) -> Ways:
        """The ways of a rule's alerts, where samples bring no label that nothing names.

        `given` are labels that they have, whatever the rule says. Where nodes differ in nothing that a person
        notices, ways to them are one.
        """
        sets = self.sets(alert) | {
            name: single_value(value) for name, value in given.items() if name in self.names
        }
        open_ = [name for name, values in sets.items() if values.listed is None or len(values.listed) > 1]
        found = self._of(alert, sets)
        known = {name: value for name, value in {**alert.known, **given}.items() if value}
        ways: dict[object, RoutePath] = {}
        complete = found.complete
        if not complete:
            return Ways((RoutePath(known, {}, matching_nodes(self.root, known)),), False)
        for branch in found.branches:
            example = _example({**sets, **branch.sets})
            if example is None:
                complete = False
                continue
            chosen = {name: example[name] for name in open_ if name in example}
            way = RoutePath({**example, **known}, chosen, tuple(map(stop_at, branch.paths)))
            key = tuple(map(_noticed, way.stops))
            if key not in ways or _rank(way) < _rank(ways[key]):
                ways[key] = way
        return Ways(tuple(sorted(ways.values(), key=_rank)), complete)

    def sets(self, alert: AlertLabels) -> dict[str, LabelValues]:
        """What each label that the tree asks for usually can be in a rule's alerts.

        Where the usual ones are all dropped by their server, only what samples bring is left.
        """
        usual = {name: alert.usual_values(name) for name in self.names}
        return {name: values if is_possible(values) else alert.values(name) for name, values in usual.items()}

    def alike(self, alert: AlertLabels) -> tuple[object, ...]:
        """What is equal in all alerts that the tree treats alike, whatever samples and servers add."""
        return (self._called(alert), *map(alert.values, self.names))

    def reach(self, alert: AlertLabels) -> Reach:
        """Where a rule's alerts can go, whatever samples and servers add."""
        found = self._of(alert, {name: alert.values(name) for name in self.names})
        if not found.complete:
            everything = _all_below(self.root)
            return Reach(frozenset(everything), dict.fromkeys(everything, False))
        reached: set[int] = set()
        counts: dict[int, int] = {}
        for branch in found.branches:
            for path in branch.paths:
                reached.update(map(id, path))
            for number in {id(path[-1]) for path in branch.paths}:
                counts[number] = counts.get(number, 0) + 1
        return Reach(
            frozenset(reached), {number: count == len(found.branches) for number, count in counts.items()}
        )

    def _of(self, alert: AlertLabels, sets: PossibleLabels) -> _Branches:
        key = (self._called(alert), *sets.values())
        if key not in self._branches:
            self._branches[key] = _branches(self.root, {**sets, "alertname": single_value(alert.rule.alert)})
        return self._branches[key]

    def _called(self, alert: AlertLabels) -> tuple[bool, ...]:
        """Which of the tree's matchers on names of alerts the alert may meet."""
        name = single_value(alert.rule.alert)
        return tuple(divide(name, asked.op, asked.value)[0] is not NOTHING for asked in self._about_names)


@value_object
class Reach:
    """Where alerts can go."""

    reached: frozenset[int]
    """The identities of all routes that one of them may enter, the root included."""
    stops: Mapping[int, bool]
    """The identities of the routes at which one of them may come to rest, and whether each surely does."""


@value_object
class AlertClass:
    """Alerts that the tree treats alike, and where they can go."""

    alerts: tuple[AlertLabels, ...]
    reach: Reach

    def surely_only(self, route: Route) -> bool:
        """Whether all of them surely come to rest at this route and at no other."""
        return self.reach.stops == {id(route): True}


@value_object
class Reachability:
    """Where all alerts of a plan can go."""

    root: Route
    classes: tuple[AlertClass, ...]

    def entered(self) -> frozenset[int]:
        """The identities of the routes that some alert may enter."""
        return frozenset[int]().union(*(alert_class.reach.reached for alert_class in self.classes))

    def into(self, route: Route) -> Iterator[AlertClass]:
        """Those who may enter a route."""
        return (alert_class for alert_class in self.classes if id(route) in alert_class.reach.reached)


@answered_once
def reachability(plan: Plan) -> Reachability | None:
    """Where the plan's alerts can go; None where the routes or the alerts are not known."""
    alerts = sent_alerts(plan)
    if plan.route is None or not alerts:
        return None
    tree = RouteTree(plan.route)
    alike: dict[tuple[object, ...], list[AlertLabels]] = {}
    for alert in alerts:
        alike.setdefault(tree.alike(alert), []).append(alert)
    return Reachability(
        plan.route,
        tuple(AlertClass(tuple(same), tree.reach(same[0])) for same in alike.values()),
    )


@value_object
class _Branch:
    """Alerts that took the same decisions so far: what their labels can be, and where they came to rest."""

    sets: PossibleLabels
    paths: tuple[Path, ...]


@value_object
class _Branches:
    branches: tuple[_Branch, ...]
    complete: bool


class _TooManyError(Exception):
    """There are more branches than can be followed."""


def _branches(root: Route, sets: PossibleLabels) -> _Branches:
    try:
        return _Branches(tuple(_Walk().through((root,), sets)), True)
    except _TooManyError:
        return _Branches((), False)


class _Walk:
    """One walk through a tree, with a limit of branches."""

    def __init__(self) -> None:
        self._left = _MOST_BRANCHES

    def through(self, path: Path, sets: PossibleLabels) -> list[_Branch]:
        """The branches of alerts that have entered the last route of the path."""
        ended: list[_Branch] = []
        waiting = [_Branch(sets, ())]
        for child in _children_of(path[-1], sets):
            going: list[_Branch] = []
            for branch in waiting:
                met, others = divide_by_matchers(branch.sets, child.matchers)
                if met is None:
                    going.append(branch)
                    continue
                going += [_Branch(other, branch.paths) for other in others]
                below = [
                    _Branch(inner.sets, (*branch.paths, *inner.paths))
                    for inner in self.through((*path, child), met)
                ]
                self._left -= len(below) + len(others)
                if self._left < 0:
                    raise _TooManyError
                (going if child.continues else ended).extend(below)
            waiting = going
            if not waiting:
                break
        return [*ended, *(branch if branch.paths else _Branch(branch.sets, (path,)) for branch in waiting)]


def _children_of(route: Route, sets: PossibleLabels) -> Iterable[Route]:
    """The children that alerts with these labels may enter: their sets get no larger on the way."""
    if len(route.routes) < MANY:
        return route.routes
    return _children(route).entered({name: values.listed for name, values in sets.items()})


@answered_once
def _children(route: Route) -> RouteChildren:
    return RouteChildren(route.routes, _may_meet)


def _may_meet(matcher: Matcher, value: str) -> bool:
    return divide(single_value(value), matcher.op, matcher.value)[0] is not NOTHING


def _example(sets: PossibleLabels) -> dict[str, str] | None:
    """The fewest labels that are in all sets; None where some set could not be decided."""
    found: dict[str, str] = {}
    for name, values in sets.items():
        value = least_value(values)
        if value is None or (value == UNDECIDED and not values.allows(value)):
            return None
        if value and name != "alertname":
            found[name] = value
    return found


def _noticed(stop: MatchedNode) -> tuple[object, ...]:
    """What people notice of the node at which their alert comes to rest."""
    route = stop.route
    return (
        stop.receiver,
        stop.group_by,
        stop.timing,
        route.mute_time_intervals,
        route.active_time_intervals,
    )


def _rank(way: RoutePath) -> tuple[int, list[tuple[str, str]]]:
    return len(way.labels), sorted(way.labels.items())


def _about_names(root: Route) -> tuple[Matcher, ...]:
    found = {matcher: None for matcher in root.matchers if matcher.name == "alertname"}
    for route in root.routes:
        found |= dict.fromkeys(_about_names(route))
    return tuple(found)


def _all_below(root: Route) -> Iterable[int]:
    found = [id(root)]
    for route in root.routes:
        found += _all_below(route)
    return found
