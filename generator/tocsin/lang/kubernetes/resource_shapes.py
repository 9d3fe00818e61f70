"""The shapes of values in the operator's resources, beside those that Alertmanager's configuration has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z]+)")


class Same:
    """A value that both have alike."""


@value_object
class Reference:
    """A reference to a key of a Secret, or also of a ConfigMap; what is behind it is nobody's business."""

    or_config_map: bool = False


class Pairs:
    """A list of keys and values, which Alertmanager has as a mapping."""


@value_object
class Each:
    """A list of values of one shape."""

    item: Shape


@value_object
class Values:
    """A mapping with keys of the author's choice."""

    item: Shape


@value_object
class Fields:
    """A mapping with known keys: each has Alertmanager's name for it, and the shape of its value."""

    keys: Mapping[str, tuple[str, Shape]]


Shape = Same | Reference | Pairs | Each | Values | Fields

SAME, REFERENCE, PAIRS = Same(), Reference(), Pairs()


def snake_case(key: str) -> str:
    """The usual name of a key in Alertmanager's configuration."""
    return _HUMP.sub(r"_\1", key).lower()


def record_fields(same: str = "", references: str = "", **others: tuple[str, Shape] | Shape) -> Fields:
    """The fields of a record; those of other shapes may bring a name of their own."""
    keys: dict[str, tuple[str, Shape]] = {key: (snake_case(key), SAME) for key in same.split()}
    keys |= {key: (snake_case(key), REFERENCE) for key in references.split()}
    keys |= {
        key: other if isinstance(other, tuple) else (snake_case(key), other) for key, other in others.items()
    }
    return Fields(keys)


def key_names(shape: Shape) -> Iterator[tuple[str, str]]:
    """Alertmanager's name of each key, and the key itself, here and below."""
    waiting, seen = [shape], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, (Each, Values)):
            waiting.append(one.item)
        elif isinstance(one, Fields):
            yield from ((new, key) for key, (new, _) in one.keys.items())
            waiting += [below for _, below in one.keys.values()]
