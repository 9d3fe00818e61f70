"""Who is notified of each severity of an alert, by all that its labels can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import Told
from tocsin.routing.alert_labels import AlertLabels
from tocsin.routing.reachability import RouteTree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tocsin.plan.model import Route, Rule
    from tocsin.plan.query_flows import QueryFlows


def teller(root: Route, flows: QueryFlows) -> Callable[[tuple[Rule, ...]], tuple[Told, ...]]:
    """A function from an alert's rules to the receivers that are notified, the most urgent severity first."""
    tree = RouteTree(root)

    def told(rules: tuple[Rule, ...]) -> tuple[Told, ...]:
        return tuple(one for rule in rules for one in _told(tree, rule, flows))

    return told


def _told(tree: RouteTree, rule: Rule, flows: QueryFlows) -> Iterator[Told]:
    for way in tree.ways(AlertLabels(rule, flows)).ways:
        for stop in way.stops:
            yield Told(
                rule.severity,
                way.chosen,
                stop.receiver,
                stop.timing,
                stop.route.mute_time_intervals,
                stop.route.active_time_intervals,
            )
