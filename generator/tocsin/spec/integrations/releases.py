"""Which keys a release of Alertmanager knows."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, get_args

from tocsin.lang.errors import LangError
from tocsin.spec.integrations.defaults import Global
from tocsin.spec.integrations.http import HttpConfig
from tocsin.spec.integrations.receiver import FIELDS_SINCE, SINCE, Receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

OLDEST = "0.28"
"""The oldest Alertmanager that reads what Tocsin writes; what holds where a spec names none."""
_VERSION = re.compile(r"[0-9]{1,4}\.[0-9]{1,4}(?:\.[0-9]{1,6})?")


def parse_release(version: str) -> tuple[int, int]:
    """Major and minor number of a version such as `0.28` or `0.33.1`; LangError for any other text."""
    span = (0, len(version))
    if _VERSION.fullmatch(version) is None:
        meant = version.strip().lower().removeprefix("v").split("-")[0]
        if meant != version and _VERSION.fullmatch(meant):
            raise LangError(f"`{version}` is not a version", span, f'write `"{meant}"`', meant)
        raise LangError(f"`{version}` is not a version", span, f'write for example `"{OLDEST}"`')
    major, minor = version.split(".")[:2]
    return int(major), int(minor)


def check_supported(version: str) -> None:
    """LangError for an Alertmanager that is older than the oldest one that is supported."""
    if parse_release(version) < parse_release(OLDEST):
        reason = f"Tocsin writes for Alertmanager {OLDEST} and newer"
        raise LangError(reason, (0, len(version)), f'write `"{OLDEST}"`, and use that release', OLDEST)


def newer_keys(where: str, version: str) -> Iterator[tuple[str, str]]:
    """The keys that came after a version, as dotted paths, each with the version that brought it.

    `where` is an integration, `global` or `http_config`.
    """
    for (place, path), since in FIELDS_SINCE.items():
        if place == where and parse_release(since) > parse_release(version):
            yield path, since


def newer_integrations(version: str) -> dict[str, str]:
    """The integrations that came after a version, each with the version that brought it."""
    return {name: since for name, since in SINCE.items() if parse_release(since) > parse_release(version)}


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
