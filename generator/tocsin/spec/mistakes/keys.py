"""What was probably meant by a key that a mapping of the spec does not have."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.http_client import HTTP_CLIENT
from tocsin.lang.alertmanager.releases import newer_integrations, newer_keys
from tocsin.lang.alertmanager.settings import SETTINGS
from tocsin.spec.integrations import CHANNELS, Receiver, record_of
from tocsin.spec.mistakes.foreign_keys import foreign_keys
from tocsin.spec.mistakes.forms import (
    fits_shape,
    intended_value,
    labels_as_matchers,
    shape_example,
    value_as_yaml,
    value_help,
)
from tocsin.spec.mistakes.shape import field_of, keys_of, required_keys, shape_at
from tocsin.text.suggest import is_misspelling, list_known, nearest
from tocsin.text.yaml import flow_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import BaseModel

    from tocsin.lang.alertmanager.matchers import Operator
    from tocsin.spec.mistakes.shape import Path, Shape


@value_object
class Edit:
    """What to do about a key: the help, and what stands in place of the key, or of all of its entry."""

    help: str
    right: str | None = None
    """The key of the same mapping that was meant."""
    key: str | None = None
    entry: str | None = None
    is_safe: bool = False
    """Whether nothing else can be meant."""


def unknown_key(path: Path, root: type[BaseModel], beside: Mapping[str, object], alertmanager: str) -> Edit:
    """What to do about the unknown key at the end of the path; `beside` are all entries of its mapping.

    No key is proposed that this version of Alertmanager does not know.
    """
    key, value = str(path[-1]), beside.get(str(path[-1]))
    shape = shape_at(path[:-1], root)
    model = None if shape is None else shape.record
    if model is None:
        return Edit("remove it")
    known = [name for name in keys_of(model) if name not in _unknown_to(alertmanager, model)]
    foreign = foreign_keys(model).get(key)
    if foreign is not None and " " in foreign:
        return Edit(foreign)
    if foreign is not None and "." in foreign:
        outer, _, inner = foreign.partition(".")
        return _under(outer, inner, model, beside, value)
    if foreign is None:
        children = _children(model).get(key, ())
        if len(children) == 1:
            return _under(children[0], key, model, beside, value)
        near = nearest(key, known)
        if near is not None:
            return _renamed(key, near, model, beside, f"did you mean `{near}`?")
    if foreign is not None:
        return _renamed(key, foreign, model, beside, f"write `{foreign}`")
    for above in range(len(path) - 2, 0, -1):
        shape = shape_at(path[:above], root)
        if shape is not None and shape.record is not None and field_of(shape.record, key) is not None:
            place = ".".join(map(str, path[:above]))
            return Edit(f"`{key}` is a key of `{place}`: write it there, with that indentation")
    return Edit(list_known(known))


def list_meant(path: Path, root: type[BaseModel], beside: Mapping[str, object]) -> str | None:
    """The key of the list whose item stands at the path instead, as in a group of rules that is a rule.

    Several keys say so, and none that the mapping has itself is the list.
    """
    shape = shape_at(path, root)
    model = None if shape is None else shape.record
    unknown = set() if model is None else beside.keys() - set(keys_of(model))
    if model is None or len(unknown) < 2:
        return None
    for name in keys_of(model):
        listed = field_of(model, name)
        item = None if listed is None or listed.item is None or name in beside else listed.item.record
        if item is not None and unknown <= set(keys_of(item)) and set(required_keys(item)) <= unknown:
            return name
    return None


@cache
def _unknown_to(version: str, model: type[BaseModel]) -> frozenset[str]:
    """The keys of a model that a version of Alertmanager does not know."""
    if model is Receiver:
        return frozenset(newer_integrations(version))
    where = {HTTP_CLIENT.name: "http_config", SETTINGS.name: "global"}
    where |= {channel.__name__: name for name, channel in CHANNELS.items()}
    record = record_of(model)
    if record is None or record.name not in where:
        return frozenset()
    return frozenset(path for path, _ in newer_keys(where[record.name], version))


@cache
def _children(model: type[BaseModel]) -> Mapping[str, Sequence[str]]:
    """The keys of the model that hold a mapping, by the keys of that mapping."""
    found: dict[str, list[str]] = {}
    for name in keys_of(model):
        shape = field_of(model, name)
        record = None if shape is None or shape.item or shape.value else shape.record
        for key in () if record is None else keys_of(record):
            found.setdefault(key, []).append(name)
    return found


def _renamed(key: str, right: str, model: type[BaseModel], beside: Mapping[str, object], help_: str) -> Edit:
    shape = field_of(model, right)
    if shape is None:
        return Edit(help_, right)
    if right in beside:
        return Edit(f"`{right}` is next to it: write it there, and remove this key")
    value = beside[key]
    if fits_shape(shape, value):
        return Edit(help_, right, key=right, is_safe=is_misspelling(key, right, keys_of(model)))
    found = _written(shape, key, value)
    if found is None:
        why, fix = value_help(shape, value)
        if fix is not None:
            return Edit(f"write `{right}: {flow_text(fix)}`", right, entry=f"{right}: {flow_text(fix)}")
        return Edit(f"write `{right}:`; {why or f'for example `{right}: {shape_example(shape)}`'}", right)
    is_safe = right == "matchers" and key in ("match", "match_re")
    return Edit(f"write `{right}: {found}`", right, entry=f"{right}: {found}", is_safe=is_safe)


def _written(shape: Shape, key: str, value: object) -> str | None:
    """The value in the form that the right key takes."""
    if shape.key == "matchers" and isinstance(value, dict):
        operator: Operator = "=~" if key == "match_re" else "="
        value = labels_as_matchers(value, operator)
    found = value if fits_shape(shape, value) else intended_value(shape, value)
    return None if found is None else value_as_yaml(shape, found)


def _under(
    outer: str, inner: str, model: type[BaseModel], beside: Mapping[str, object], value: object
) -> Edit:
    """A key that belongs one level deeper."""
    shape = shape_at((outer, *inner.split(".")), model)
    if shape is None or outer in beside:
        return Edit(f"write `{inner}:` under `{outer}:`")
    found = _written(shape, inner, value)
    if found is None:
        return Edit(f"write `{outer}: {{{inner}: {shape_example(shape)}}}`", outer)
    written = f"{outer}: {{{inner}: {found}}}"
    return Edit(f"write `{written}`", outer, entry=written)
