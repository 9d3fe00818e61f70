"""Alertmanager's `global` section: what integrations take when they say nothing themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.constraints import given
from tocsin.lang.alertmanager.http_client import HTTP_CLIENT
from tocsin.lang.alertmanager.integrations import INTEGRATIONS
from tocsin.lang.alertmanager.schema import Key, Kind, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.alertmanager.constraints import Written
    from tocsin.lang.alertmanager.schema import Fallback, Integration

SETTINGS = Record(
    "Global",
    "Defaults for all receivers of this Alertmanager.",
    {
        "resolve_timeout": Key(Kind.DURATION, "How long an alert is kept firing if it is not sent again."),
        "http_config": Key(HTTP_CLIENT, "HTTP client of integrations without their own."),
        **{name: key for one in INTEGRATIONS.values() for name, key in one.settings.items()},
    },
    rules=tuple(rule for one in INTEGRATIONS.values() for rule in one.settings_rules),
)


def missing_fallbacks(integration: Integration, own: Written, general: Written) -> Iterator[Fallback]:
    """What an integration needs and neither it nor the global section says.

    The conditions are those under which Alertmanager's `config.Config.UnmarshalYAML` refuses a file.
    """
    client = own.get("http_config")
    is_identified = isinstance(client, Mapping) and client.get("authorization") is not None
    for fallback in integration.fallbacks:
        dropped = fallback.dropped if is_identified else ()
        taken = (key for key in fallback.general if key not in dropped)
        if not given(own, *fallback.own) and not given(general, *taken):
            yield fallback


def taken_settings(integration: Integration, own: Written, general: Written) -> dict[str, str]:
    """The keys that an entry of an integration takes from the global section, each with its name there."""
    client = own.get("http_config")
    is_identified = isinstance(client, Mapping) and client.get("authorization") is not None
    chosen: dict[str, bool] = {}
    for fallback in integration.fallbacks:
        dropped = fallback.dropped if is_identified else ()
        offered = given(general, *(key for key in fallback.general if key not in dropped))
        first = offered[0] if offered and not given(own, *fallback.own) else None
        chosen |= {key: key == first for key in fallback.general}
    found: dict[str, str] = {}
    for name in integration.settings:
        key = _own_key(integration, name)
        if name in general and key not in own and chosen.get(name, True):
            found[key] = name
    if integration.has_client and "http_config" in general and client is None:
        found["http_config"] = "http_config"
    return found


def _own_key(integration: Integration, name: str) -> str:
    """The key of an integration that a setting stands for: `smtp_from` for the `from` of a mail."""
    return max((key for key in integration.record.keys if name.endswith(f"_{key}")), key=len)
