"""Which fields of the spec's models a release of Alertmanager does not know."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, get_args

from tocsin.lang.alertmanager.releases import newer_integrations, newer_keys
from tocsin.spec.integrations.defaults import Global
from tocsin.spec.integrations.http import HttpConfig
from tocsin.spec.integrations.receiver import Receiver

if TYPE_CHECKING:
    from pydantic import BaseModel


def unknown_to(version: str, model: type[BaseModel]) -> frozenset[str]:
    """The keys of a model that a version does not know."""
    if model is Receiver:
        return frozenset(newer_integrations(version))
    where = {Global: "global", HttpConfig: "http_config"}.get(model) or _integration(model)
    return frozenset(path for path, _ in newer_keys(where, version)) if where else frozenset()


@cache
def _integration(model: type[BaseModel]) -> str | None:
    for name, field in Receiver.model_fields.items():
        if any(model in get_args(option) for option in get_args(field.annotation)):
            return name
    return None
