"""The keys of Alertmanager's configuration whose values nobody may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.integrations import INTEGRATIONS
from tocsin.lang.alertmanager.schema import Kind, Many, Named, Record
from tocsin.lang.alertmanager.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.alertmanager.schema import Type

_URLS = (Kind.SECRET_URL, Kind.PROXY_URL)


def _secret_keys(record: Record) -> Iterator[tuple[str, bool]]:
    """The names, each with whether the value is an address, of which only a part is secret."""
    for name, key in record.keys.items():
        kind = _innermost(key.type)
        if isinstance(kind, Record):
            yield from _secret_keys(kind)
        elif kind is Kind.SECRET or kind in _URLS or key.instead is not None:
            yield name, kind in _URLS


def _innermost(kind: Type) -> Type:
    while isinstance(kind, Many | Named):
        kind = kind.item
    return kind


_ALL = [
    found
    for record in (SETTINGS, *(one.record for one in INTEGRATIONS.values()))
    for found in _secret_keys(record)
]
# The key of a TLS certificate is called `key`, which means something else nearly everywhere.
SECRET_KEYS = frozenset(name for name, is_url in _ALL if not is_url) - {"key"}
"""Those whose whole value is secret."""
SECRET_URL_KEYS = frozenset(name for name, is_url in _ALL if is_url)
"""Those whose value is an address, of which everything after the host is secret."""
