"""Routes that none of the alerts can take, most often because a matcher is misspelt."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.lang.matchers import Matcher
    from tocsin.plan.model import Plan, Route


def untaken_routes(plan: Plan) -> Iterator[str]:
    """A sentence for each explicit route whose matchers contradict what every rule's own labels say."""
    labels = [
        {name: value for name, value in rule.labels.items() if "{{" not in value} | {"alertname": rule.alert}
        for group in plan.groups
        for alert in group.alerts
        for rule in alert.rules
    ]
    if plan.route is not None:
        for route in plan.route.routes:
            yield from _untaken(route, (), labels)


def _untaken(
    route: Route, above: tuple[Matcher, ...], rules: list[dict[str, str]]
) -> Iterator[str]:
    matchers = (*above, *route.matchers)
    if not any(_may_take(matchers, labels) for labels in rules):
        if route.place.path[:2] == ("routing", "routes"):
            yield _sentence(route, rules)
        return
    for child in route.routes:
        yield from _untaken(child, matchers, rules)


def _may_take(matchers: tuple[Matcher, ...], labels: Mapping[str, str]) -> bool:
    """Whether an alert may meet the matchers; what its query adds may be anything."""
    return all(matcher.name not in labels or matcher.matches(labels) for matcher in matchers)


def _sentence(route: Route, rules: list[dict[str, str]]) -> str:
    said = ", ".join(matcher.text() for matcher in route.matchers)
    receiver = f" to `{route.receiver}`" if route.receiver else ""
    for matcher in route.matchers:
        values = {labels[matcher.name]: labels["alertname"] for labels in rules if matcher.name in labels}
        near = difflib.get_close_matches(matcher.value, values, 1)
        if near and near[0] != matcher.value:
            return (
                f"no alert takes the route {said}{receiver}; "
                f'`{values[near[0]]}` has {matcher.name}="{near[0]}"'
            )
    return f"no alert takes the route {said}{receiver}"
