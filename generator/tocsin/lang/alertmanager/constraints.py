"""Rules over the keys of a mapping in Alertmanager's configuration.

They read what is written: mappings, lists, and every other value as text; None is a null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tocsin.value_object import value_object

Written = Mapping[str, Any]


@value_object
class BrokenRule:
    """What is wrong, and at which key; None for the mapping itself."""

    message: str
    key: str | None = None
    missing: str | None = None
    """The key that has to be added, where that is all."""
    is_conflict: bool = False
    """Whether keys exclude each other."""


Rule = Callable[[Written], Iterator[BrokenRule]]


@value_object
class AtLeastOne:
    """One of the keys has to be there."""

    keys: tuple[str, ...]

    def __call__(self, written: Written) -> Iterator[BrokenRule]:
        """The broken rule, if it is broken."""
        if not given(written, *self.keys):
            yield missing(*self.keys)


@value_object
class AtMostOne:
    """Two of the keys exclude each other."""

    keys: tuple[str, ...]

    def __call__(self, written: Written) -> Iterator[BrokenRule]:
        """The broken rule, if it is broken."""
        found = given(written, *self.keys)
        if len(found) > 1:
            yield conflict(*found)


def at_least_one(*keys: str) -> AtLeastOne:
    """One of the keys has to be there."""
    return AtLeastOne(keys)


def at_most_one(*keys: str) -> AtMostOne:
    """Two of the keys exclude each other."""
    return AtMostOne(keys)


def given(written: Written, *keys: str) -> list[str]:
    """Which of the keys are set to something."""
    return [key for key in keys if written.get(key) not in (None, "")]


def is_true(written: Written, key: str) -> bool:
    """Whether a key says yes, in any of YAML's words for it."""
    return str(written.get(key) or "").lower() in ("true", "yes", "on", "y")


def missing(*keys: str) -> BrokenRule:
    """None of these keys is there, and one has to be."""
    return BrokenRule(f"{' or '.join(f'`{key}`' for key in keys)} is missing", missing=keys[0])


def conflict(*keys: str) -> BrokenRule:
    """These keys are there together, and may not be."""
    message = f"{' and '.join(f'`{key}`' for key in keys)} exclude each other: keep one"
    return BrokenRule(message, keys[1].partition(".")[0], is_conflict=True)


def client_authorization(written: Written) -> bool:
    """Whether an integration's HTTP client has an `authorization`; a bearer token becomes one."""
    client = written.get("http_config") or {}
    names = ("authorization", "bearer_token", "bearer_token_file")
    return any(client.get(name) is not None for name in names)
