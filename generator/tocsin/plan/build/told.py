"""Who is told of each severity of an alert, by the labels that its rules set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import Told
from tocsin.routing.tree import label_names, stops

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Route, Rule
    from tocsin.routing.tree import Stop


def teller(root: Route) -> Callable[[str, tuple[Rule, ...]], tuple[Told, ...]]:
    """A function from an alert's name and rules to the receivers that are told of it.

    The most urgent severity comes first. Labels whose value only the engines know, from the query or from a
    template, count as missing.
    """
    names = sorted(label_names(root))
    known: dict[tuple[str, ...], tuple[Stop, ...]] = {}

    def told(alert: str, rules: tuple[Rule, ...]) -> tuple[Told, ...]:
        found = []
        for rule in rules:
            labels = {name: value for name, value in rule.labels.items() if "{{" not in value}
            labels["alertname"] = alert
            key = tuple(labels.get(name, "") for name in names)
            if key not in known:
                known[key] = stops(root, labels)
            for stop in known[key]:
                route = stop.route
                found.append(
                    Told(
                        rule.severity,
                        stop.receiver,
                        stop.timing,
                        route.mute_time_intervals,
                        route.active_time_intervals,
                    )
                )
        return tuple(found)

    return told
