"""The integrations of Alertmanager: one module for each, which is all that Tocsin knows of it.

Every module has an `INTEGRATION`; its name is the key in a spec, and with `_configs` the one of Alertmanager.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.http_client import HTTP_CLIENT
from tocsin.lang.alertmanager.schema import Key, Kind

if TYPE_CHECKING:
    from tocsin.lang.alertmanager.schema import Integration


def _with_common_keys(integration: Integration) -> Integration:
    record = integration.record
    keys = {"send_resolved": Key(Kind.FLAG, "Whether to notify again when the alerts are resolved.")}
    if integration.has_client:
        description = "HTTP client for these notifications, in place of the global one."
        keys["http_config"] = Key(HTTP_CLIENT, description)
    return replace(integration, record=replace(record, keys={**keys, **record.keys}))


INTEGRATIONS: dict[str, Integration] = {
    module.name: _with_common_keys(import_module(f"{__name__}.{module.name}").INTEGRATION)
    for module in sorted(iter_modules(__path__), key=lambda module: module.name)
}
"""All of them by the key in a spec, in the order of the alphabet."""

BY_LIST: dict[str, Integration] = {f"{name}_configs": one for name, one in INTEGRATIONS.items()}
"""The same by Alertmanager's key, such as `slack_configs`."""
