"""Which integrations and keys a release of Alertmanager knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tocsin.lang.alertmanager.http_client import HTTP_CLIENT
from tocsin.lang.alertmanager.integrations import INTEGRATIONS
from tocsin.lang.alertmanager.schema import Record, TextOr
from tocsin.lang.alertmanager.sections import SECTIONS
from tocsin.lang.alertmanager.settings import SETTINGS
from tocsin.lang.releases import check_supported, release

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMED_INHIBITIONS = "0.30"
"""The release that brought names of inhibitions."""
LABELLED_RECEIVERS = "0.33"
"""The release that brought labels of receivers."""
LABELLED_ROUTES = "0.34"
"""The release that brought labels of routes."""
NAMED_OUTPUTS = "0.35"
"""The release from which on each output of events needs a name."""
OLDEST = "0.28"
"""The oldest Alertmanager that reads what Tocsin writes; what holds where a spec names none."""


def _keys_since(record: Record, path: str = "") -> Iterator[tuple[str, str]]:
    for name, key in record.keys.items():
        if key.since is not None and key.is_offered:
            yield f"{path}{name}", key.since
        whole = key.type.whole if isinstance(key.type, TextOr) else key.type
        if isinstance(whole, Record) and whole is not HTTP_CLIENT:
            yield from _keys_since(whole, f"{path}{name}.")


FIELDS_SINCE: dict[str, dict[str, str]] = {
    **{name: dict(_keys_since(integration.record)) for name, integration in INTEGRATIONS.items()},
    "global": dict(_keys_since(SETTINGS)),
    "http_config": dict(_keys_since(HTTP_CLIENT)),
    **{name: dict(_keys_since(record)) for name, (record, _) in SECTIONS.items()},
}
"""For an integration, `global` and `http_config`, the release that brought a key, by the path to it.

Keys that the oldest supported release knows are not among them.
"""


def check_alertmanager(version: str) -> None:
    """LangError for what is not a version of Alertmanager, or one older than the oldest supported one."""
    check_supported("Alertmanager", OLDEST, version)


def newer_keys(where: str, version: str) -> Iterator[tuple[str, str]]:
    """The keys that came after a version, as dotted paths, each with the version that brought it.

    `where` is an integration, `global` or `http_config`.
    """
    for path, since in FIELDS_SINCE.get(where, {}).items():
        if release(since) > release(version):
            yield path, since


def needed_release(integration: str, written: Mapping[str, Any]) -> str:
    """The oldest supported release that knows an integration with all that is written in it.

    `integration` may be `global`.
    """
    known = INTEGRATIONS.get(integration)
    found = [OLDEST, *([known.since] if known is not None and known.since is not None else [])]
    client = written.get("http_config")
    for where, inner in ((integration, written), ("http_config", client)):
        for path, since in newer_keys(where, OLDEST) if isinstance(inner, Mapping) else ():
            value: Any = inner
            for key in path.split("."):
                value = value.get(key) if isinstance(value, Mapping) else None
            found += [since] if value is not None else []
    return max(found, key=release)


def newer_integrations(version: str) -> dict[str, str]:
    """The integrations that came after a version, each with the version that brought it."""
    return {
        name: one.since
        for name, one in INTEGRATIONS.items()
        if one.since is not None and release(one.since) > release(version)
    }
