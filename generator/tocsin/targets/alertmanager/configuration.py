"""The plan's routes, receivers and inhibitions as the value of Alertmanager's configuration file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.targets.alertmanager.receiver_texts import with_default_texts

if TYPE_CHECKING:
    from tocsin.plan.model import Inhibition, Plan, Receiver, Route

_RESOLVE_TIMEOUT = "5m"
"""Alertmanager's own; written down so that a reader need not know it."""


def configuration(plan: Plan) -> dict[str, Any]:
    """The whole configuration, its keys in the order people write them."""
    value: dict[str, Any] = {"global": {"resolve_timeout": _RESOLVE_TIMEOUT, **plan.project.alertmanager}}
    value["templates"] = ["templates/*.tmpl"]
    if plan.route is not None:
        value["route"] = _route(plan.route)
    if plan.inhibitions:
        value["inhibit_rules"] = [_inhibition(inhibition) for inhibition in plan.inhibitions]
    value["receivers"] = [_receiver(receiver) for receiver in plan.receivers]
    if plan.time_intervals:
        value["time_intervals"] = [
            {"name": interval.name, "time_intervals": interval.periods} for interval in plan.time_intervals
        ]
    return value


def _route(route: Route) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "matchers": [matcher.text() for matcher in route.matchers],
        "receiver": route.receiver,
        "group_by": route.group_by,
        "group_wait": route.timing.group_wait,
        "group_interval": route.timing.group_interval,
        "repeat_interval": route.timing.repeat_interval,
        "continue": route.continues,
        "mute_time_intervals": route.mute_time_intervals,
        "active_time_intervals": route.active_time_intervals,
        "routes": [_route(child) for child in route.routes],
    }
    return {key: value for key, value in parts.items() if value}


def _inhibition(inhibition: Inhibition) -> dict[str, Any]:
    value: dict[str, Any] = {
        "source_matchers": [matcher.text() for matcher in inhibition.source],
        "target_matchers": [matcher.text() for matcher in inhibition.target],
    }
    if inhibition.equal:
        value["equal"] = inhibition.equal
    return value


def _receiver(receiver: Receiver) -> dict[str, Any]:
    return {
        "name": receiver.name,
        **{key: [with_default_texts(key, entry) for entry in entries] for key, entries in receiver.channels},
    }
