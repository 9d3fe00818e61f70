"""The route tree: explicit routes first, then teams, then severities, and the catch-all at its root."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.compile.route_branches import matchers_without_off, route_branches
from tocsin.lang.alertmanager.matchers import Matcher, parse_matcher
from tocsin.lang.regexes import quote_regex
from tocsin.plan.model import Route, TimeInterval, Timing
from tocsin.source.place import Place
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tocsin.spec import routing
    from tocsin.spec.model import Spec
    from tocsin.spec.routing import Severity, Team

NO_TIMING = Timing(None, None, None)


@value_object
class _Terms:
    """How and when a route notifies; what is empty is left to others."""

    timing: Timing = NO_TIMING
    mute: tuple[str, ...] = ()
    active: tuple[str, ...] = ()

    def otherwise(self, other: _Terms) -> _Terms:
        """These terms, with the other's wherever they say nothing."""
        return _Terms(_first(self.timing, other.timing), self.mute or other.mute, self.active or other.active)


def route_tree(spec: Spec) -> Route:
    """The whole tree as Alertmanager loads it."""
    root = spec.routing
    return Route(
        matchers=(),
        receiver=root.catch_all,
        group_by=tuple(root.group_by),
        timing=_timing(root),
        continues=False,
        mute_time_intervals=(),
        active_time_intervals=(),
        routes=(
            *(
                _explicit(spec, route, NO_TIMING, ("routing", "routes", number))
                for number, route in enumerate(root.routes)
            ),
            *(route for name, team in spec.teams.items() for route in _of_team(spec, name, team)),
            *_of_severities(spec),
        ),
        place=Place(("routing",), key=True),
        labels=root.labels,
    )


def time_intervals(spec: Spec) -> tuple[TimeInterval, ...]:
    """The named time intervals as Alertmanager writes them, by name."""
    return tuple(
        TimeInterval(
            name,
            tuple(
                {**period.model_dump(exclude_defaults=True), **_location(period, spec)} for period in periods
            ),
            Place(("routing", "time_intervals", name), key=True),
        )
        for name, periods in sorted(spec.routing.time_intervals.items())
    )


def _location(period: routing.Period, spec: Spec) -> dict[str, str]:
    """The time zone of the project, where a period names none; Alertmanager would take UTC."""
    zone = spec.project.timezone
    return {} if zone is None or period.location is not None else {"location": zone}


def any_of(label: str, values: Sequence[str]) -> Matcher:
    """The matcher for one value of a label or several."""
    if len(values) == 1:
        return Matcher(label, "=", values[0])
    return Matcher(label, "=~", "|".join(quote_regex(value) for value in values))


def _explicit(spec: Spec, route: routing.Route, above: Timing, path: tuple[str | int, ...]) -> Route:
    """A route that the author wrote; `above` is what its ancestors say, which severities do not change."""
    severities = _names(route.severity)
    matchers = [any_of("severity", severities)] if severities else []
    written = [Place((*path, "severity"))] if severities else []
    if teams := _names(route.team):
        matchers.append(any_of("team", teams))
        written.append(Place((*path, "team")))
    matchers += [parse_matcher(text) for text in route.matchers]
    written += [Place((*path, "matchers", number)) for number in range(len(route.matchers))]
    for matcher, place in matchers_without_off(route, path):
        matchers.append(matcher)
        written.append(place)
    said = _first(_timing(route), above)
    own = _Terms(_timing(route), *_intervals(route))
    children = [
        *_elsewhere(spec, route, above, path),
        *(_explicit(spec, one, said, (*path, "routes", number)) for number, one in enumerate(route.routes)),
    ]
    if len(severities) == 1:
        own = own.otherwise(_unsaid(spec.severities[severities[0]], said))
    else:
        children += _severity_terms(spec, own, severities or spec.severities, said)
    return Route(
        matchers=tuple(matchers),
        receiver=route.receiver,
        group_by=None if route.group_by is None else tuple(route.group_by),
        timing=own.timing,
        continues=route.continue_,
        mute_time_intervals=own.mute,
        active_time_intervals=own.active,
        routes=tuple(children),
        place=Place(path),
        written=tuple(written),
        labels=route.labels,
    )


def _elsewhere(
    spec: Spec, route: routing.Route, above: Timing, path: tuple[str | int, ...]
) -> Iterator[Route]:
    """What a route is for alerts with some values of labels: routes below it, which are asked first."""
    for branch in route_branches(route, path):
        made = _explicit(spec, branch.route, above, branch.path)
        yield replace(
            made,
            matchers=branch.matchers,
            written=branch.written,
            continues=False,
            routes=tuple(map(_copied, (one for one in made.routes if branch.may_reach(one.matchers)))),
        )


def _copied(route: Route) -> Route:
    """A route that its author wrote once more: what is wrong with it is told of the other."""
    return replace(route, written=(), routes=tuple(map(_copied, route.routes)))


def _severity_terms(spec: Spec, own: _Terms, severities: Iterable[str], said: Timing) -> list[Route]:
    """A severity's terms hold wherever its alerts are notified, unless a route has its own."""
    found = []
    for name in _by_rank(spec, severities):
        terms = _unsaid(spec.severities[name], said)
        # Alertmanager hands time intervals down to no child, so these are written again.
        there = _Terms(terms.timing, own.mute or terms.mute, own.active or terms.active)
        if there != _Terms(NO_TIMING, own.mute, own.active):
            found.append(_leaf(name, None, there))
    return found


def _of_team(spec: Spec, name: str, team: Team) -> list[Route]:
    """A team's route; with neither a receiver for everything nor times of its own it takes only the
    severities that it names."""
    matcher, place = Matcher("team", "=", name), Place(("teams", name), key=True)
    own = _Terms(NO_TIMING, *_intervals(team))
    whole = team.receiver is not None or own != _Terms()
    children = []
    for severity in _by_rank(spec, spec.severities):
        receiver = team.receivers.get(severity)
        if whole and receiver is None and team.receiver is None:
            receiver = spec.severities[severity].receiver
        terms = own.otherwise(_terms(spec.severities[severity]))
        if receiver is not None or (whole and terms != own):
            children.append(_leaf(severity, receiver, terms, place if own != _Terms() else None))
    if whole:
        return [_route((matcher,), team.receiver, own, place, tuple(children))]
    return [
        _route(
            (matcher, *child.matchers),
            child.receiver,
            _Terms(child.timing, child.mute_time_intervals, child.active_time_intervals),
            place,
        )
        for child in children
    ]


def _of_severities(spec: Spec) -> list[Route]:
    return [
        _leaf(name, spec.severities[name].receiver, terms)
        for name in _by_rank(spec, spec.severities)
        if (terms := _terms(spec.severities[name])) != _Terms() or spec.severities[name].receiver
    ]


def _leaf(severity: str, receiver: str | None, terms: _Terms, place: Place | None = None) -> Route:
    matcher = Matcher("severity", "=", severity)
    return _route((matcher,), receiver, terms, place or Place(("severities", severity), key=True))


def _route(
    matchers: tuple[Matcher, ...],
    receiver: str | None,
    terms: _Terms,
    place: Place,
    routes: tuple[Route, ...] = (),
) -> Route:
    return Route(matchers, receiver, None, terms.timing, False, terms.mute, terms.active, routes, place)


def _by_rank(spec: Spec, names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: spec.severities[name].rank)


def _names(names: str | list[str] | None) -> list[str]:
    return [names] if isinstance(names, str) else list(names or ())


def _timing(said: routing.Timing) -> Timing:
    return Timing(said.group_wait, said.group_interval, said.repeat_interval)


def _first(timing: Timing, otherwise: Timing) -> Timing:
    return Timing(
        timing.group_wait or otherwise.group_wait,
        timing.group_interval or otherwise.group_interval,
        timing.repeat_interval or otherwise.repeat_interval,
    )


def _terms(severity: Severity) -> _Terms:
    return _Terms(_timing(severity.notify), *_intervals(severity))


def _intervals(said: Severity | Team | routing.Route) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(said.mute_time_intervals), tuple(said.active_time_intervals)


def _unsaid(severity: Severity, said: Timing) -> _Terms:
    """What the severity adds where no explicit route has said anything."""
    own = _terms(severity)
    timing = Timing(
        None if said.group_wait else own.timing.group_wait,
        None if said.group_interval else own.timing.group_interval,
        None if said.repeat_interval else own.timing.repeat_interval,
    )
    return _Terms(timing, own.mute, own.active)
