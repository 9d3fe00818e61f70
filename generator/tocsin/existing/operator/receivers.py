"""The fields of receivers in `AlertmanagerConfig` resources, v1alpha1 and v1beta1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.existing.operator.keys import PAIRS, REFERENCE, SAME, Each, Fields, Values, snake_case
from tocsin.lang.alertmanager.http_client import HTTP_CLIENT
from tocsin.lang.alertmanager.integrations import INTEGRATIONS
from tocsin.lang.alertmanager.schema import Kind, Many, Named, Record

if TYPE_CHECKING:
    from tocsin.existing.operator.keys import Shape
    from tocsin.lang.alertmanager.schema import Integration, Type


def _fields(record: Record) -> Fields:
    """The fields of a record that its resource has, each with Alertmanager's name for it."""
    resource = record.resource
    assert resource is not None
    kinds = {
        **dict.fromkeys(resource.keys.split()),
        **dict.fromkeys(resource.references.split(), REFERENCE),
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
        return Each(REFERENCE if kind.item is Kind.SECRET else _shape(kind.item))
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
RECEIVERS = Each(Fields({"name": ("name", SAME), **_LISTS}))
"""All receivers of a resource."""
