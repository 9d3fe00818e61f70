"""The fields of `AlertmanagerConfig` resources, v1alpha1 and v1beta1, beside those of Alertmanager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.http_client import HTTP_CLIENT
from tocsin.lang.alertmanager.integrations import INTEGRATIONS
from tocsin.lang.alertmanager.schema import Kind, Many, Named, Record
from tocsin.lang.kubernetes.resource_shapes import (
    PAIRS,
    REFERENCE,
    SAME,
    Each,
    Fields,
    Reference,
    Values,
    record_fields,
    snake_case,
)

if TYPE_CHECKING:
    from tocsin.lang.alertmanager.schema import Integration, Type
    from tocsin.lang.kubernetes.resource_shapes import Shape


def _fields(record: Record) -> Fields:
    """The fields of a record that its resource has, each with Alertmanager's name for it."""
    resource = record.resource
    assert resource is not None
    kinds = {
        **dict.fromkeys(resource.keys.split()),
        **dict.fromkeys(resource.references.split(), REFERENCE),
        **dict.fromkeys(resource.either.split(), Reference(or_config_map=True)),
        **dict.fromkeys(resource.pairs.split(), PAIRS),
    }
    names = {key: resource.named.get(key, snake_case(key)) for key in kinds}
    return Fields(
        {
            key: (names[key], _shape(record.keys[names[key]].type) if shape is None else shape)
            for key, shape in kinds.items()
        }
    )


def _shape(kind: Type) -> Shape:
    """The shape of a value whose key is not named as a reference or as pairs."""
    if isinstance(kind, Record):
        return _fields(kind)
    if isinstance(kind, Many) and kind.item is not Kind.TEXT:
        return Each(REFERENCE if kind.item in (Kind.SECRET, Kind.PUBLIC) else _shape(kind.item))
    if isinstance(kind, Named) and isinstance(kind.item, Many):
        return Values(_shape(kind.item))
    return SAME


def _items(integration: Integration) -> Each:
    """The items of an integration: its own fields, and those that all integrations have."""
    fields = {"sendResolved": ("send_resolved", SAME), **_fields(integration.record).keys}
    if integration.has_client:
        fields["httpConfig"] = ("http_config", _fields(HTTP_CLIENT))
    return Each(Fields(fields))


_LISTS: dict[str, tuple[str, Shape]] = {
    f"{name}Configs": (f"{name}_configs", _items(integration))
    for name, integration in INTEGRATIONS.items()
    if integration.record.resource is not None
}
_RECEIVERS = Each(Fields({"name": ("name", SAME), **_LISTS}))
_ROUTE_KEYS: dict[str, tuple[str, Shape]] = dict(
    record_fields(
        "receiver groupBy groupWait groupInterval repeatInterval continue matchers "
        "muteTimeIntervals activeTimeIntervals"
    ).keys
)
_ROUTE = Fields(_ROUTE_KEYS)
_ROUTE_KEYS["routes"] = ("routes", Each(_ROUTE))
TIME_INTERVALS = Each(
    record_fields(
        "name",
        timeIntervals=Each(
            record_fields(
                "weekdays months years",
                times=Each(record_fields("startTime endTime")),
                daysOfMonth=("days_of_month", SAME),
            )
        ),
    )
)
"""All time intervals of a resource; their key depends on its version."""
_INHIBITION = record_fields(
    "equal", sourceMatch=("source_matchers", SAME), targetMatch=("target_matchers", SAME)
)
_SPEC = record_fields(route=_ROUTE, receivers=_RECEIVERS, inhibitRules=Each(_INHIBITION))
_BY_VERSION = {
    "v1alpha1": ("muteTimeIntervals", "mute_time_intervals"),
    "v1beta1": ("timeIntervals", "time_intervals"),
}


def resource_fields(version: str) -> Fields:
    """What stands under `spec` of a resource, by the version of its API; v1beta1 where it is unknown."""
    intervals, name = _BY_VERSION.get(version, _BY_VERSION["v1beta1"])
    return Fields({**_SPEC.keys, intervals: (name, TIME_INTERVALS)})


def receiver_fields() -> dict[str, tuple[str, Fields]]:
    """By Alertmanager's key, such as `slack_configs`: the key of a resource, and the fields of its items."""
    return {
        name: (key, shape.item)
        for key, (name, shape) in _LISTS.items()
        if isinstance(shape, Each) and isinstance(shape.item, Fields)
    }
