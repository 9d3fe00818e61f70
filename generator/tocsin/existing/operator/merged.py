"""Resources and the configuration that they are added to, as one (the operator's `ConfigBuilder`)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.diagnostics.problem import Problem
from tocsin.existing.alertmanager import AlertmanagerParts, Unknown, adopt_alertmanager
from tocsin.existing.operator.strategy import text_at
from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.plan.model import Route, Timing
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.existing.operator.configuration import Converted
    from tocsin.existing.operator.strategy import Strategy
    from tocsin.plan.model import Inhibition
    from tocsin.source.node import MappingNode

_LABEL = "namespace"
_SCAFFOLDED = "system"
"""The namespace in the files of Kubebuilder, in whose place Kustomize writes the real one."""


def merge_configuration(
    base: AlertmanagerParts | None,
    settings: MappingNode | Unknown,
    resources: Iterable[Converted],
    strategy: Strategy,
) -> AlertmanagerParts:
    """The configuration that Alertmanager gets.

    `settings` is the base's global section. Without a base, nobody knows who is notified of alerts that no
    resource takes: the root has no receiver.
    """
    ordered = sorted(resources, key=lambda one: one.key)
    whole = next((one for one in ordered if base is None and one.name == strategy.whole), None)
    parts = [(one, _parts(one, settings, is_root=one is whole)) for one in ordered]
    if whole is not None:
        base = next(part for one, part in parts if one is whole)
    added = [(one, part) for one, part in parts if one is not whole]
    # What a resource without a route defines is not taken over, but for its inhibitions.
    routed = [part for _, part in added if part.route is not None]
    kept = [part for part in (base, *routed) if part is not None]
    routes = tuple(_route(one, part.route, strategy) for one, part in added if part.route is not None)
    everything = [part for _, part in parts]
    if base is not None and whole is None:
        everything.insert(0, base)
    return AlertmanagerParts(
        route=_root(base, routes),
        receivers=tuple(receiver for part in kept for receiver in part.receivers),
        inhibitions=(
            *(() if base is None else base.inhibitions),
            *(_inhibition(one, rule, strategy) for one, part in added for rule in part.inhibitions),
        ),
        time_intervals=tuple(interval for part in kept for interval in part.time_intervals),
        defaults={} if base is None else base.defaults,
        sections={} if base is None else base.sections,
        templates=() if base is None else base.templates,
        secrets=tuple(place for part in everything for place in part.secrets),
        problems=tuple(problem for part in everything for problem in part.problems),
        notes=(
            *(note for part in everything for note in part.notes),
            *(note for one, part in added for note in _overridden_continue(one, part.route)),
        ),
    )


def _parts(resource: Converted, settings: MappingNode | Unknown, *, is_root: bool) -> AlertmanagerParts:
    found = adopt_alertmanager(resource.node, resource.path, settings=settings, is_root=is_root)
    problems = [resource.in_its_words(problem) for problem in found.problems]
    if found.route is not None and found.route.receiver is None and not is_root:
        message = "the first route of an AlertmanagerConfig has to name a receiver"
        problems.append(Problem("alertmanager/root", message, Place((*resource.path, "route"), key=True)))
    return replace(found, problems=tuple(problems))


def _root(base: AlertmanagerParts | None, routes: tuple[Route, ...]) -> Route | None:
    if base is None:
        if not routes:
            return None
        nothing = Timing(None, None, None)
        return Route((), None, None, nothing, False, (), (), routes, routes[0].place)
    return None if base.route is None else replace(base.route, routes=(*routes, *base.route.routes))


def _own(resource: Converted, strategy: Strategy) -> tuple[tuple[Matcher, ...], tuple[Place, ...]]:
    """The matcher of its namespace; of any, where nothing says which one it is applied in."""
    if strategy.is_for_all(resource.namespace):
        return (), ()
    matcher = Matcher(_LABEL, "=~", ".+")
    if resource.namespace not in (None, _SCAFFOLDED):
        matcher = Matcher(_LABEL, "=", resource.namespace)
    return (matcher,), (Place((*resource.path[:-1], "metadata", "namespace")),)


def _route(resource: Converted, route: Route, strategy: Strategy) -> Route:
    matchers, places = _own(resource, strategy)
    return replace(
        route,
        matchers=(*route.matchers, *matchers),
        written=(*route.written, *places),
        continues=True,
        continue_is_written=False,
    )


def _overridden_continue(resource: Converted, route: Route | None) -> Iterator[Problem]:
    """A `continue: false` of the first route, which the operator sets to true (`processRoute`)."""
    if route is not None and not route.continues and text_at(resource.node, "route", "continue") is not None:
        yield Problem(
            "alertmanager/continue",
            "the operator sets `continue: true` here: the alerts go on to the routes that follow",
            Place((*resource.path, "route", "continue")),
            help="remove the key; where an alert has to be notified only once, exclude it in those routes",
        )


def _inhibition(resource: Converted, rule: Inhibition, strategy: Strategy) -> Inhibition:
    matchers, places = _own(resource, strategy)
    if resource.namespace is None:
        # Whichever namespace it is, source and target are of the same one.
        equal = (*rule.equal, *(() if _LABEL in rule.equal or not matchers else (_LABEL,)))
        rule = replace(rule, equal=equal)
    in_source = [pair for pair in zip(matchers, places, strict=True) if pair[0] not in rule.source]
    in_target = [pair for pair in zip(matchers, places, strict=True) if pair[0] not in rule.target]
    return replace(
        rule,
        source=(*rule.source, *(matcher for matcher, _ in in_source)),
        source_written=(*rule.source_written, *(place for _, place in in_source)),
        target=(*rule.target, *(matcher for matcher, _ in in_target)),
        target_written=(*rule.target_written, *(place for _, place in in_target)),
    )
