"""The fields of the operator's resource."""

from __future__ import annotations

from tocsin.lang.kubernetes.alertmanager_config import receiver_fields
from tocsin.lang.kubernetes.resource_shapes import REFERENCE, Each, Fields, Values


def test_what_alertmanager_takes_for_a_secret_is_a_reference_even_where_a_spec_holds_it() -> None:
    _, webhook = receiver_fields()["webhook_configs"]
    _, client = webhook.keys["httpConfig"]
    assert isinstance(client, Fields)
    assert client.keys["proxyConnectHeader"] == ("proxy_connect_header", Values(Each(REFERENCE)))
