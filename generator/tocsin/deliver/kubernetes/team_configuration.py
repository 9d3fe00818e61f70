"""Routes, receivers and inhibitions as an `AlertmanagerConfig` of the Prometheus operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.answers import answered_once
from tocsin.deliver.errors import DeliveryError
from tocsin.deliver.kubernetes.objects import MOST_BYTES, check_size, config_map, metadata, object_file
from tocsin.deliver.kubernetes.resource_values import ResourceValues
from tocsin.lang.alertmanager.integrations import BY_LIST
from tocsin.lang.alertmanager.settings import taken_settings
from tocsin.lang.kubernetes.alertmanager_config import receiver_fields
from tocsin.plan.channel_places import channel_path
from tocsin.plan.model import ON_NAMESPACE
from tocsin.source.place import Place
from tocsin.targets.alertmanager.configuration import configuration
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tocsin.deliver.kubernetes.resource_values import Unheld
    from tocsin.files import File
    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.plan.model import Inhibition, Kubernetes, Objects, Plan, Route, TimeInterval

_TEMPLATES = "alertmanager/templates/"
_GENERAL: tuple[str | int, ...] = ("project", "alertmanager")
_USUAL_TIMEOUT = "5m"
_ELSEWHERE = "leave it out, and set it in the Alertmanager's own configuration"
_STRATEGY = "alertmanagerConfigMatcherStrategy"


@value_object
class TeamConfiguration:
    """What stands under `spec` of the resource, and what of the plan has no place in it."""

    spec: Mapping[str, Any]
    unheld: tuple[Unheld, ...]
    fields: Mapping[tuple[str, str], Place]
    """The fields of receivers that are written, each with the key around it, and where they come from."""


@answered_once
def team_configuration(plan: Plan) -> TeamConfiguration:
    """The resource that a plan makes."""
    values = ResourceValues()
    made: dict[str, Any] = {}
    if plan.route is not None:
        made["route"] = _route(plan.route, values, is_first=True)
    if plan.inhibitions:
        made["inhibitRules"] = [_inhibition(one) for one in plan.inhibitions]
    made["receivers"] = list(_receivers(plan, values))
    if plan.time_intervals:
        made["muteTimeIntervals"] = [_interval(one, values) for one in plan.time_intervals]
    timeout = plan.project.alertmanager.get("resolve_timeout", _USUAL_TIMEOUT)
    if timeout != _USUAL_TIMEOUT:
        message = "an AlertmanagerConfig has no `resolve_timeout`: it is that of the whole Alertmanager"
        place = Place((*_GENERAL, "resolve_timeout"), key=True)
        values.refuse(message, place, _ELSEWHERE)
    for name in plan.project.sections:
        message = f"an AlertmanagerConfig has no `{name}`: it is that of the whole Alertmanager"
        values.refuse(message, Place(("project", name), key=True), _ELSEWHERE)
    return TeamConfiguration(made, tuple(values.unheld), values.used)


def team_configuration_objects(
    plan: Plan, asked: Kubernetes, how: Objects, files: Sequence[File]
) -> Iterator[File]:
    """The resource, and the ConfigMap with the templates that its receivers call.

    DeliveryError where the resource cannot hold something.
    """
    assert how.name is not None
    made = team_configuration(plan)
    for one in made.unheld:
        raise DeliveryError(f"{one.message}: {one.help}")
    templates = {
        file.path.removeprefix(_TEMPLATES): file.content.decode()
        for file in files
        if file.path.startswith(_TEMPLATES)
    }
    held = f"{how.name}-templates"
    yield object_file(
        plan,
        "alertmanagerconfig",
        "monitoring.coreos.com/v1alpha1/AlertmanagerConfig",
        metadata(asked, how.name, how.labels),
        {"spec": made.spec},
        note="\n".join(_note(asked, how, held if templates else None)),
    )
    if templates:
        size = sum(len(text.encode()) for text in templates.values())
        check_size(size, MOST_BYTES, f"the ConfigMap {held}", "divide the spec")
        yield config_map(plan, "templates", metadata(asked, held, {}), templates)


def _note(asked: Kubernetes, how: Objects, templates: str | None) -> Iterator[str]:
    """What the operator adds to the resource, and what the Alertmanager needs besides."""
    if how.matcher_strategy == ON_NAMESPACE:
        yield f'The operator adds the matcher namespace="{asked.namespace}" to the first route and to both'
        yield f"sides of each inhibition, unless the Alertmanager resource has another {_STRATEGY}."
    elif how.matcher_strategy != "None":
        yield f'The operator adds the matcher namespace="{asked.namespace}" to the first route and to both'
        yield "sides of each inhibition, unless the Alertmanager resource is in the same namespace."
    else:
        yield f"For an Alertmanager resource with {_STRATEGY}: {{type: None}}, or one that"
        yield "names this resource under alertmanagerConfiguration: the operator adds no matcher."
    yield f"It puts {asked.namespace}/{how.name}/ before the names of receivers and time intervals."
    if templates is not None:
        yield f"The Alertmanager has to load the templates of the ConfigMap {templates}."


def _route(route: Route, values: ResourceValues, *, is_first: bool = False) -> dict[str, Any]:
    if route.group_by == () and not is_first:
        # The operator leaves an empty list out, so that the route would inherit another one.
        message = "an AlertmanagerConfig holds no empty `group_by` below the first route"
        help_ = "write a label that all of these alerts have alike, such as the one the route asks for"
        values.refuse(message, Place((*route.place.path, "group_by"), key=True), help_)
    if route.labels:
        place = Place((*route.place.path, "labels"), key=True)
        values.refuse("an AlertmanagerConfig has no labels of routes", place, "leave them out")
    parts: dict[str, Any] = {
        "receiver": route.receiver,
        "matchers": [_matcher(one) for one in route.matchers],
        "groupBy": list(route.group_by or ()),
        "groupWait": route.timing.group_wait,
        "groupInterval": route.timing.group_interval,
        "repeatInterval": route.timing.repeat_interval,
        "continue": route.continues and not is_first,
        "muteTimeIntervals": list(route.mute_time_intervals),
        "activeTimeIntervals": list(route.active_time_intervals),
        "routes": [_route(child, values) for child in route.routes],
    }
    return {key: value for key, value in parts.items() if value}


def _matcher(matcher: Matcher) -> dict[str, str]:
    return {"name": matcher.name, "matchType": matcher.op, "value": matcher.value}


def _inhibition(inhibition: Inhibition) -> dict[str, Any]:
    parts = {
        "sourceMatch": [_matcher(one) for one in inhibition.source],
        "targetMatch": [_matcher(one) for one in inhibition.target],
        "equal": list(inhibition.equal),
    }
    return {key: value for key, value in parts.items() if value}


def _interval(interval: TimeInterval, values: ResourceValues) -> dict[str, Any]:
    place = interval.place or Place(())
    for period in interval.periods:
        if period.get("location") not in (None, "UTC"):
            message = "an AlertmanagerConfig has no `location` of a time interval: its times are in UTC"
            help_ = "use the Secret with the whole configuration, `form: secret`, or write the times in UTC"
            values.refuse(message, place, help_)
    periods = [
        {
            key: value
            for key, value in (
                ("weekdays", period.get("weekdays")),
                ("times", [_times(one) for one in period.get("times") or ()]),
                ("daysOfMonth", [_days(str(one)) for one in period.get("days_of_month") or ()]),
                ("months", [str(one) for one in period.get("months") or ()]),
                ("years", [str(one) for one in period.get("years") or ()]),
            )
            if value
        }
        for period in interval.periods
    ]
    return {"name": interval.name, "timeIntervals": periods}


def _times(times: Mapping[str, Any]) -> dict[str, Any]:
    return {"startTime": times["start_time"], "endTime": times["end_time"]}


def _days(text: str) -> dict[str, int]:
    start, _, end = text.partition(":")
    return {"start": int(start), "end": int(end or start)}


def _receivers(plan: Plan, values: ResourceValues) -> Iterator[dict[str, Any]]:
    """The receivers, each of whose channels has what it took from the global section."""
    fields, general = receiver_fields(), plan.project.alertmanager
    written = configuration(plan)["receivers"]
    for receiver, value in zip(plan.receivers, written, strict=True):
        made: dict[str, Any] = {"name": receiver.name}
        by_author = dict(receiver.channels)
        if receiver.labels:
            place = Place(channel_path(receiver.place or Place(()), "labels"), key=True)
            values.refuse("an AlertmanagerConfig has no labels of receivers", place, "leave them out")
        for key, entries in ((key, value[key]) for key, _ in receiver.channels):
            path = channel_path(receiver.place or Place(()), key)
            if key not in fields:
                kind = key.removesuffix("_configs")
                help_ = "use the Secret with the whole configuration: `form: secret`"
                values.refuse(
                    f"an AlertmanagerConfig has no receiver of `{kind}`", Place(path, key=True), help_
                )
                continue
            name, shape = fields[key]
            values.used.setdefault(("receivers", name), Place(path, key=True))
            made[name] = []
            for number, entry in enumerate(entries):
                settings = taken_settings(BY_LIST[key], entry, general)
                whole = {**entry, **{own: general[one] for own, one in settings.items()}}
                item = Place((*path, number))
                taken = {own: item for own in entry if own not in by_author[key][number]}
                taken |= {own: Place((*_GENERAL, one), key=True) for own, one in settings.items()}
                made[name].append(values.record(whole, shape, name, (*path, number), taken))
        yield made
