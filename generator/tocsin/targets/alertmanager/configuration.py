"""The configuration file: global section, route tree, receivers, time intervals and inhibitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.targets.alertmanager.channels import channel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.lang.matchers import Matcher
    from tocsin.plan.model import Inhibition, Plan, Receiver, Route


def configuration(plan: Plan) -> dict[str, Any]:
    """The whole file as the value that is written."""
    written: dict[str, Any] = {}
    if plan.project.alertmanager:
        written["global"] = plan.project.alertmanager
    written["templates"] = ["templates/*.tmpl"]
    written["route"] = _route(plan.route)
    if plan.time_intervals:
        written["time_intervals"] = [
            {"name": interval.name, "time_intervals": interval.periods} for interval in plan.time_intervals
        ]
    if plan.inhibitions:
        written["inhibit_rules"] = [_inhibition(one) for one in plan.inhibitions]
    written["receivers"] = [_receiver(receiver) for receiver in plan.receivers]
    return written


def _route(route: Route) -> dict[str, Any]:
    written: dict[str, Any] = {}
    if route.matchers:
        written["matchers"] = _matchers(route.matchers)
    if route.receiver is not None:
        written["receiver"] = route.receiver
    if route.group_by is not None:
        written["group_by"] = route.group_by
    for key in ("group_wait", "group_interval", "repeat_interval"):
        if (value := getattr(route.timing, key)) is not None:
            written[key] = value
    for key in ("mute_time_intervals", "active_time_intervals"):
        if value := getattr(route, key):
            written[key] = value
    if route.continues:
        written["continue"] = True
    if route.routes:
        written["routes"] = [_route(child) for child in route.routes]
    return written


def _inhibition(inhibition: Inhibition) -> dict[str, Any]:
    written: dict[str, Any] = {
        "source_matchers": _matchers(inhibition.source),
        "target_matchers": _matchers(inhibition.target),
    }
    if inhibition.equal:
        written["equal"] = inhibition.equal
    return written


def _receiver(receiver: Receiver) -> dict[str, Any]:
    channels = {key: [channel(key, entry) for entry in entries] for key, entries in receiver.channels}
    return {"name": receiver.name, **channels}


def _matchers(matchers: Iterable[Matcher]) -> list[str]:
    return [matcher.text() for matcher in matchers]
