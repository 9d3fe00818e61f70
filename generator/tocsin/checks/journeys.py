"""Where alerts can go in the route tree, asked once for all alerts that the tree cannot tell apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.checks.same import Same
from tocsin.checks.sent import Sent, arriving
from tocsin.frozen import frozen
from tocsin.lang.flow.label_values import one
from tocsin.routing.tree import label_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.lang.flow.label_values import LabelValues
    from tocsin.lang.matchers import Matcher, Operator
    from tocsin.plan.model import Plan, Route

_OPPOSITE: dict[Operator, Operator] = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}
_MOST_BRANCHES = 20_000


@frozen
class Kin:
    """Alerts that the tree treats alike, and where they can go."""

    alerts: tuple[Sent, ...]
    reached: frozenset[int]
    """The identities of all routes that one of them may enter, the root included."""
    stops: Mapping[int, bool]
    """The identities of the routes at which one of them may come to rest, and whether each surely does."""

    def surely_only(self, route: Route) -> bool:
        """Whether all of them surely come to rest at this route and at no other."""
        return self.stops == {id(route): True}


@frozen
class Journeys:
    """The ways of all alerts of a plan."""

    root: Route
    kin: tuple[Kin, ...]

    def entered(self) -> frozenset[int]:
        """The identities of the routes that some alert may enter."""
        return frozenset[int]().union(*(kin.reached for kin in self.kin))

    def into(self, route: Route) -> Iterator[Kin]:
        """Those who may enter a route."""
        return (kin for kin in self.kin if id(route) in kin.reached)


def journeys(plan: Plan) -> Journeys | None:
    """The ways of the plan's alerts; None where the routes or the alerts are not known."""
    return _journeys(Same(plan))


def meeting(texts: LabelValues, matcher: Matcher) -> tuple[LabelValues, bool]:
    """What a label can be in the alerts that meet a matcher, and whether all of them do."""
    return _meeting(texts, matcher.op, matcher.value)


@lru_cache(maxsize=2)
def _journeys(key: Same[Plan]) -> Journeys | None:
    plan = key.one
    alerts = arriving(plan)
    if plan.route is None or not alerts:
        return None
    names = sorted(label_names(plan.route) - {"alertname"})
    by_name = _about_names(plan.route)
    alike: dict[tuple[object, ...], list[Sent]] = {}
    for alert in alerts:
        called = tuple(_meeting(one(alert.rule.alert), m.op, m.value)[1] for m in by_name)
        alike.setdefault((called, *map(alert.texts, names)), []).append(alert)
    return Journeys(plan.route, tuple(_kin(plan.route, tuple(same), names) for same in alike.values()))


def _about_names(root: Route) -> tuple[Matcher, ...]:
    found = {matcher: None for matcher in root.matchers if matcher.name == "alertname"}
    for route in root.routes:
        found |= dict.fromkeys(_about_names(route))
    return tuple(found)


@lru_cache(maxsize=262_144)
def _meeting(texts: LabelValues, op: Operator, value: str) -> tuple[LabelValues, bool]:
    kept = texts.narrowed(op, value)
    return kept, not kept.is_empty and texts.always_matches(op, value)


@dataclass(slots=True)
class _Walk:
    reached: set[int] = field(default_factory=set)
    stops: dict[int, bool] = field(default_factory=dict)
    left: int = _MOST_BRANCHES

    def enter(self, route: Route, labels: dict[str, LabelValues], sure: bool) -> None:
        """Go through the children as Alertmanager does; a child that may match splits the alerts in two."""
        self.reached.add(id(route))
        self.left -= 1
        met = maybe_met = maybe_gone = False
        for child in route.routes:
            kept, always = _through(labels, child.matchers)
            if kept is None:
                continue
            if self.left > 0:
                self.enter(child, kept, sure and always and not maybe_gone)
            else:
                self.all_below(child)
            if always and not child.continues:
                return
            met = met or always
            maybe_met = True
            if always:
                continue
            if not child.continues:
                maybe_gone = True
                if len(child.matchers) == 1:
                    labels = _without(labels, child.matchers[0])
        if not met:
            self.stops[id(route)] = self.stops.get(id(route), False) or (sure and not maybe_met)

    def all_below(self, route: Route) -> None:
        """Give up on telling: an alert may go anywhere below."""
        self.reached.add(id(route))
        self.stops.setdefault(id(route), False)
        for child in route.routes:
            self.all_below(child)


def _kin(root: Route, alerts: tuple[Sent, ...], names: list[str]) -> Kin:
    walk = _Walk()
    labels = {name: alerts[0].texts(name) for name in (*names, "alertname")}
    walk.enter(root, labels, True)
    return Kin(alerts, frozenset(walk.reached), walk.stops)


def _through(
    labels: dict[str, LabelValues], matchers: tuple[Matcher, ...]
) -> tuple[dict[str, LabelValues] | None, bool]:
    """The labels of those who meet the matchers, None where nobody does; and whether all do."""
    kept, all_of_them = labels, True
    for matcher in matchers:
        before = kept[matcher.name].listed
        # Most routes ask for another value than an alert has: that is told without any set.
        if before is not None and matcher.op == "=" and matcher.value not in before:
            return None, False
        texts, always = _meeting(kept[matcher.name], matcher.op, matcher.value)
        if texts.is_empty:
            return None, False
        if not always:
            all_of_them = False
            kept = {**kept, matcher.name: texts}
    return kept, all_of_them


def _without(labels: dict[str, LabelValues], matcher: Matcher) -> dict[str, LabelValues]:
    texts, _ = _meeting(labels[matcher.name], _OPPOSITE[matcher.op], matcher.value)
    return labels if texts.is_empty else {**labels, matcher.name: texts}
