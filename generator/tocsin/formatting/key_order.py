"""The order in which the keys of a record are written: that of the spec's models, as the manual has it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tocsin.spec.mistakes.shape import Shape
from tocsin.spec.model import Spec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel

WHOLE_FILE = Shape(Spec)

_FIRST = ("allow", "name", "title", "alert")
"""What stands first wherever a record has it: the name for people, and what is left out of the checks."""
_LAST = ("group_wait", "group_interval", "repeat_interval", "for_each", "routes", "tests", "runbook")
"""What stands last: the long parts, each with keys of its own."""
_AS_WRITTEN = "tocsin.spec.integrations."
"""Alertmanager's own keys have no order that anybody would know."""


def order_keys(shape: Shape | None, written: Iterable[str]) -> list[str]:
    """The keys of a mapping in their order.

    Those of the whole file and names that authors choose keep theirs, and a key that no model knows stays
    behind the one before it.
    """
    names = list(written)
    if shape is None or shape.record is None or shape is WHOLE_FILE:
        return names
    known = _places(shape.record)
    at = -1
    places: list[int] = []
    for name in names:
        at = known.get(name, at)
        places.append(at)
    return [name for _, name in sorted(zip(places, names, strict=True), key=lambda pair: pair[0])]


@cache
def _places(record: type[BaseModel]) -> dict[str, int]:
    if record.__module__.startswith(_AS_WRITTEN):
        return {}
    keys = [info.alias or name for name, info in record.model_fields.items() if not info.exclude]
    middle = [key for key in keys if key not in (*_FIRST, *_LAST)]
    return {key: number for number, key in enumerate((*_FIRST, *middle, *_LAST))}
