"""The plan's routes, receivers and inhibitions as the value of Alertmanager's configuration file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.targets.alertmanager.receiver_texts import with_default_texts
from tocsin.targets.alertmanager.templates import has_generated_templates

if TYPE_CHECKING:
    from tocsin.plan.model import Inhibition, Plan, Receiver, Route

_RESOLVE_TIMEOUT = "5m"
"""Alertmanager's own; written down so that a reader need not know it."""


_USUAL = ".tmpl"


def configuration(plan: Plan) -> dict[str, Any]:
    """The whole configuration, its keys in the order people write them."""
    value: dict[str, Any] = {"global": {"resolve_timeout": _RESOLVE_TIMEOUT, **plan.project.alertmanager}}
    if patterns := template_patterns(plan, "templates"):
        value["templates"] = patterns
    if plan.route is not None:
        value["route"] = _route(plan.route)
    if plan.inhibitions:
        value["inhibit_rules"] = [_inhibition(inhibition) for inhibition in plan.inhibitions]
    value["receivers"] = [_receiver(receiver) for receiver in plan.receivers]
    if plan.time_intervals:
        value["time_intervals"] = [
            {"name": interval.name, "time_intervals": interval.periods} for interval in plan.time_intervals
        ]
    return {**value, **plan.project.sections}


def template_patterns(plan: Plan, folder: str) -> list[str]:
    """The patterns of the template files, of which those that are written stand in a folder."""
    names = [glob.pattern.rpartition("/")[2] for glob in plan.templates if glob.files is not None]
    usual = has_generated_templates(plan) or any(name.endswith(_USUAL) for name in names)
    return [
        *([f"{folder}/*{_USUAL}"] if usual else []),
        *(f"{folder}/{name}" for name in names if not name.endswith(_USUAL)),
        *(glob.pattern for glob in plan.templates if glob.files is None),
    ]


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
        "labels": route.labels,
        "routes": [_route(child) for child in route.routes],
    }
    # An empty list groups all alerts below the root as well, where it is not the default.
    return {
        key: value
        for key, value in parts.items()
        if value or (key == "group_by" and value is not None and route.matchers)
    }


def _inhibition(inhibition: Inhibition) -> dict[str, Any]:
    value: dict[str, Any] = {
        key: [matcher.text() for matcher in matchers]
        for key, matchers in (
            ("source_matchers", inhibition.source),
            ("target_matchers", inhibition.target),
        )
        if matchers
    }
    if inhibition.equal:
        value["equal"] = inhibition.equal
    return value if inhibition.name is None else {"name": inhibition.name, **value}


def _receiver(receiver: Receiver) -> dict[str, Any]:
    return {
        "name": receiver.name,
        **({"labels": receiver.labels} if receiver.labels else {}),
        **{
            key: [*entries] if receiver.has_own_texts else [with_default_texts(key, one) for one in entries]
            for key, entries in receiver.channels
        },
    }
