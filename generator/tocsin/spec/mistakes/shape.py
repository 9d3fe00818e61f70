"""The shape of what belongs at a place of the spec, read off the models' own types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

Path = tuple[str | int, ...]


@value_object
class Shape:
    """What belongs at a place: `type` is the type of the field, `model` the one that has the field."""

    type: Any
    model: type[BaseModel] | None = None
    key: str = ""
    """The key as authors write it; empty for an item of a list or a value under an author's own name."""

    @property
    def options(self) -> tuple[Any, ...]:
        """The types that may stand here, each without its annotations and none of them None."""
        return tuple(_options(self.type))

    @property
    def record(self) -> type[BaseModel] | None:
        """The model, where it is the only one that may stand here."""
        found = [one for one in self.options if isinstance(one, type) and issubclass(one, BaseModel)]
        return found[0] if len(found) == 1 else None

    @property
    def item(self) -> Shape | None:
        """What the items of a list are; None where no list may stand here."""
        return self._inner(list, 0)

    @property
    def value(self) -> Shape | None:
        """What stands under the author's own names; None where these are no mapping."""
        return self._inner(dict, 1)

    @property
    def names(self) -> tuple[str, ...]:
        """The values that are named one by one, such as those of `unit`."""
        return tuple(
            str(name) for one in self.options if get_origin(one) is Literal for name in get_args(one)
        )

    def _inner(self, kind: type, number: int) -> Shape | None:
        for one in self.options:
            if get_origin(one) is kind:
                return Shape(get_args(one)[number], self.model)
        return None

    def takes(self, kind: type) -> bool:
        """Whether a value of this Python type may stand here."""
        return kind in self.options or (kind is str and bool(self.names))


def shape_at(path: Path, model: type[BaseModel]) -> Shape | None:
    """The shape of what belongs at a path below a model; None where no such key is known."""
    shape: Shape | None = Shape(model)
    for part in path:
        shape = shape_below(shape, part)
    return shape


def shape_below(shape: Shape | None, part: str | int) -> Shape | None:
    """The shape of what stands under a key, or of an item; None where no such thing is known."""
    if shape is None:
        return None
    if isinstance(part, int):
        return shape.item
    if shape.record is not None and (found := field_of(shape.record, part)) is not None:
        return found
    return shape.value


def field_of(model: type[BaseModel], key: str) -> Shape | None:
    """The shape of the value of a key."""
    for name, info in model.model_fields.items():
        if key == (info.alias or name) and not info.exclude:
            return Shape(_whole_type(info), model, key)
    return None


@cache
def keys_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys that an author may write, as they are written."""
    return tuple(sorted(info.alias or name for name, info in model.model_fields.items() if not info.exclude))


def required_keys(model: type[BaseModel]) -> list[str]:
    """Those that an author has to write, in the order of the model."""
    return [info.alias or name for name, info in model.model_fields.items() if info.is_required()]


def real_path(loc: Path, data: object, *, missing: bool = False) -> tuple[Path, bool]:
    """The path of a validator's error without the names of alternatives, and whether there were any.

    The last part may be a key that is `missing` from the data.
    """
    path: list[str | int] = []
    alternative = False
    for number, part in enumerate(loc):
        if isinstance(data, Mapping) and part in data:
            data = data[part]
        elif isinstance(data, Sequence) and not isinstance(data, str) and isinstance(part, int):
            data = data[part] if part < len(data) else None
        elif missing and number == len(loc) - 1:
            data = None
        else:
            alternative = alternative or part != "[key]"
            continue
        path.append(part)
    return tuple(path), alternative


def _whole_type(info: FieldInfo) -> Any:
    """The type with the validators of the field, which pydantic keeps apart from it."""
    return Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation


def _options(written: Any) -> Iterator[Any]:
    origin = get_origin(written)
    if origin is Annotated:
        yield from _options(get_args(written)[0])
    elif origin in (Union, UnionType):
        for one in get_args(written):
            yield from _options(one)
    elif written is not NoneType:
        yield written
