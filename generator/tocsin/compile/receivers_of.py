"""Who is notified of each severity of an alert, by all that its labels can be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.plan.model import NotifiedReceiver
from tocsin.routing.alert_labels import AlertLabels
from tocsin.routing.reachability import RouteTree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tocsin.plan.model import Route, Rule
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.routing.reachability import Ways


def receiver_finder(
    root: Route, flows: QueryFlows
) -> Callable[[tuple[Rule, ...]], tuple[tuple[NotifiedReceiver, ...], bool]]:
    """A function from an alert's rules to the receivers that are notified, the most urgent severity first.

    It also says whether these are all.
    """
    tree = RouteTree(root)

    def told(rules: tuple[Rule, ...]) -> tuple[tuple[NotifiedReceiver, ...], bool]:
        found = [(rule, tree.ways(AlertLabels(rule, flows))) for rule in rules]
        said: list[NotifiedReceiver] = []
        for severity in dict.fromkeys(rule.severity for rule, _ in found):
            several = [(rule, list(_told(rule, ways))) for rule, ways in found if rule.severity == severity]
            if all(mine == several[0][1] for _, mine in several):
                said += several[0][1]
            else:
                said += (
                    replace(one, labels={**rule.apart, **one.labels})
                    for rule, mine in several
                    if not rule.number
                    for one in mine
                )
        return tuple(said), all(ways.complete for _, ways in found)

    return told


def _told(rule: Rule, ways: Ways) -> Iterator[NotifiedReceiver]:
    for way in ways.ways:
        for stop in way.stops:
            yield NotifiedReceiver(
                rule.severity,
                way.chosen,
                stop.receiver,
                stop.timing,
                stop.route.mute_time_intervals,
                stop.route.active_time_intervals,
            )
