"""Routes that none of the alerts can take, most often because a matcher is misspelt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.text.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.lang.matchers import Matcher
    from tocsin.plan.model import Plan, Route


def untaken_routes(plan: Plan) -> Iterator[str]:
    """A sentence for each explicit route that nearly fits an alert, and that no alert can take.

    Labels that the rules set are known. A label that some rules set and others do not is taken to be missing
    from those: their queries could return it, but then a value would not be misspelt so closely.
    """
    labels = [
        {name: value for name, value in rule.labels.items() if "{{" not in value} | {"alertname": rule.alert}
        for group in plan.groups
        for alert in group.alerts
        for rule in alert.rules
    ]
    own = {name for rule in labels for name in rule}
    if plan.route is not None:
        for route in plan.route.routes:
            yield from _untaken(route, (), [{name: rule.get(name, "") for name in own} for rule in labels])


def _untaken(route: Route, above: tuple[Matcher, ...], rules: list[dict[str, str]]) -> Iterator[str]:
    matchers = (*above, *route.matchers)
    if any(_may_take(matchers, labels) for labels in rules):
        for child in route.routes:
            yield from _untaken(child, matchers, rules)
    elif near := next((near for matcher in route.matchers if (near := _near(matcher, rules))), None):
        said = ", ".join(matcher.text() for matcher in route.matchers)
        receiver = f" to `{route.receiver}`" if route.receiver else ""
        yield f"no alert takes the route {said}{receiver}; {near}"


def _may_take(matchers: tuple[Matcher, ...], labels: Mapping[str, str]) -> bool:
    return all(matcher.name not in labels or matcher.matches(labels) for matcher in matchers)


def _near(matcher: Matcher, rules: list[dict[str, str]]) -> str | None:
    """An alert whose label is nearly what the matcher wants."""
    names = {labels[matcher.name]: labels["alertname"] for labels in rules if labels.get(matcher.name)}
    near = nearest(matcher.value, names)
    if near is None or near == matcher.value or matcher.op != "=":
        return None
    return f'`{names[near]}` has {matcher.name}="{near}"'
