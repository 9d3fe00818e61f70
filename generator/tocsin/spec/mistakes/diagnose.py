"""From what the validator says of a spec to findings in the words of its author."""

from __future__ import annotations

from functools import reduce
from operator import getitem
from typing import TYPE_CHECKING, Any

from tocsin.diagnostics.fix import Fix, string_fix
from tocsin.diagnostics.model import Diagnostic, Level
from tocsin.lang.alertmanager.releases import OLDEST, check_alertmanager
from tocsin.lang.errors import LangError
from tocsin.source.node import ScalarNode
from tocsin.source.place import Place
from tocsin.spec.messages import message_and_help, message_id
from tocsin.spec.mistakes.forms import (
    describe_shape,
    intended_value,
    is_same_data,
    shape_example,
    value_as_yaml,
)
from tocsin.spec.mistakes.keys import Edit, list_meant, unknown_key
from tocsin.spec.mistakes.shape import real_path, shape_at
from tocsin.spec.mistakes.values import name_meant
from tocsin.text.suggest import is_misspelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import BaseModel

    from tocsin.source.place import Sources
    from tocsin.spec.mistakes.shape import Path, Shape

_MOST_NAMES = 8
_TYPES = ("_type", "_parsing", "_from_float")


class Diagnosis:
    """A spec that the validator refused: its data, its files and its model."""

    def __init__(self, data: Any, sources: Sources, model: type[BaseModel]) -> None:
        self._data = data
        self._sources = sources
        self._model = model
        self._edits: dict[Path, Edit] = {}
        self._lists: dict[Path, tuple[str, list[str]]] = {}

    def relevant(self, faults: Iterable[Any]) -> Iterator[Any]:
        """The validator's errors; of a value with several forms, those of the form that was tried."""
        groups: dict[Path, list[Any]] = {}
        faults = list(faults)
        self._lists = self._lists_meant(faults)
        renamed = {self._right_path(fault) for fault in faults if fault["type"] == "extra_forbidden"}
        for fault in faults:
            path, alternative = self._path(fault)
            if fault["type"] == "missing" and path in renamed:
                continue
            if path[:-1] in self._lists and self._follows_from_list(fault["type"], path):
                continue
            groups.setdefault(path if alternative else tuple(fault["loc"]), []).append(fault)
        above = {path[:end] for path in groups for end in range(len(path))}
        for path, group in groups.items():
            inside = [fault for fault in group if not fault["type"].endswith(_TYPES)]
            yield from inside or ([] if path in above else group[:1])

    def diagnostic(self, fault: Any) -> Diagnostic:
        """One of the errors, at the line that it is about."""
        kind, loc, context = fault["type"], tuple(fault["loc"]), fault.get("ctx", {})
        path, _ = self._path(fault)
        id_ = message_id(kind)
        if kind == "extra_forbidden":
            return self._unknown_key(id_, path)
        if kind == "missing":
            return self._missing_key(id_, path)
        shape = shape_at(path, self._model)
        on_key = bool(loc) and loc[-1] == "[key]"
        place = Place(path, None if on_key else context.get("span"), on_key)
        if "of_key" in context and self._sources.node((*path, context["of_key"])) is not None:
            # What does not go with the rest of the mapping; an exception may have said it elsewhere.
            place = Place((*path, context["of_key"]), key=True)
        span = self._sources.locate(place)
        if kind.endswith(_TYPES) and shape is not None:
            return self._wrong_type(id_, path, shape)
        if kind == "literal_error" and shape is not None:
            return self._unknown_value(id_, path, shape)
        if kind == "name" and shape is not None and not on_key:
            help_, fix = self._form(path, shape, self._value(path))
            if fix is not None:
                return Diagnostic(id_, Level.ERROR, fault["msg"], span, help=help_, fix=fix)
        text, advice = message_and_help(kind, fault["msg"], context)
        written = context.get("fix")
        fix = None if written is None else string_fix(span, written, is_safe=context.get("is_safe", False))
        if "insert" in context:
            start = self._sources.text_start(place)
            fix = None if start is None else Fix(start, context["insert"], is_safe=True)
        return Diagnostic(id_, Level.ERROR, text, span, help=context.get("help", advice), fix=fix)

    def path(self, fault: Any) -> Path:
        """Where an error is, without the names of the forms that a value may have."""
        return self._path(fault)[0]

    def key_meant(self, fault: Any) -> str | None:
        """The key of the same mapping that was probably meant by an unknown one."""
        return self._edit(self.path(fault)).right if fault["type"] == "extra_forbidden" else None

    def _lists_meant(self, faults: Iterable[Any]) -> dict[Path, tuple[str, list[str]]]:
        """The mappings that are an item of one of their own lists: the list, and the keys of the item."""
        unknown: dict[Path, list[str]] = {}
        for fault in faults:
            if fault["type"] == "extra_forbidden":
                path = self.path(fault)
                unknown.setdefault(path[:-1], []).append(str(path[-1]))
        found = {}
        for path, keys in unknown.items():
            name = list_meant(path, self._model, self._value(path)) if len(keys) > 1 else None
            if name is not None:
                found[path] = (name, keys)
        return found

    def _follows_from_list(self, kind: str, path: Path) -> bool:
        """Whether a fault is told by the first key of the item that stands in place of its list."""
        name, keys = self._lists[path[:-1]]
        return path[-1] in keys[1:] if kind == "extra_forbidden" else (kind, path[-1]) == ("missing", name)

    def _item_of_list(self, id_: str, path: Path) -> Diagnostic:
        name, keys = self._lists[path]
        shape = shape_at((*path, name), self._model)
        beside = self._value(path)
        item = [{key: beside[key] for key in keys}]
        written = None if shape is None else value_as_yaml(shape, item)
        names = ", ".join(f"`{key}`" for key in keys[:-1]) + f" and `{keys[-1]}`"
        help_ = f"write `{name}: {written}`" if written else f"write `{name}:`, and `- {keys[0]}: …` below it"
        span = self._sources.locate(Place((*path, keys[0]), key=True))
        return Diagnostic(id_, Level.ERROR, f"{names} belong to an item of `{name}`", span, help=help_)

    def _unknown_key(self, id_: str, path: Path) -> Diagnostic:
        if path[:-1] in self._lists:
            return self._item_of_list(id_, path[:-1])
        span = self._sources.locate(Place(path, key=True))
        edit = self._edit(path)
        fix = None
        if edit.key is not None:
            fix = string_fix(span, edit.key, is_safe=edit.is_safe)
        elif edit.entry is not None and (whole := self._sources.extent(path)).line == whole.end_line:
            fix = Fix(whole, edit.entry, edit.is_safe)
        return Diagnostic(id_, Level.ERROR, f"unknown key `{path[-1]}`", span, help=edit.help, fix=fix)

    def _missing_key(self, id_: str, path: Path) -> Diagnostic:
        shape = shape_at(path, self._model)
        span = self._sources.locate(Place(path[:-1], key=True))
        help_ = None if shape is None else f"write `{path[-1]}: {shape_example(shape)}`"
        return Diagnostic(id_, Level.ERROR, f"`{path[-1]}` is missing", span, "needed here", help=help_)

    def _wrong_type(self, id_: str, path: Path, shape: Shape) -> Diagnostic:
        help_, fix = self._form(path, shape, self._value(path))
        span = self._sources.locate(Place(path))
        return Diagnostic(
            id_, Level.ERROR, f"{describe_shape(shape)} belongs here", span, help=help_, fix=fix
        )

    def _unknown_value(self, id_: str, path: Path, shape: Shape) -> Diagnostic:
        span = self._sources.locate(Place(path))
        names = list(shape.names)
        name = name_meant(str(self._value(path)), names)
        expected = ", ".join(f"`{one}`" for one in names)
        text = f"unknown value; expected {'one of ' if len(names) > 1 else ''}{expected}"
        if name is None:
            return Diagnostic(id_, Level.ERROR, text, span, help="write one of them")
        fix = string_fix(span, name, is_safe=is_misspelling(str(self._value(path)), name, names))
        return Diagnostic(id_, Level.ERROR, text, span, help=f"write `{name}`", fix=fix)

    def _form(self, path: Path, shape: Shape, value: object) -> tuple[str, Fix | None]:
        """The value in the form that belongs there: the help, and the edit where it is one."""
        key = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
        before = f"{key}: " if path and path[-1] == key else ""
        node = self._sources.node(path)
        # `1.10` is 1.1 as a number, and the author wants what stands there.
        if isinstance(node, ScalarNode) and isinstance(value, int | float) and shape.takes(str):
            value = node.text
        found = intended_value(shape, value)
        written = None if found is None else value_as_yaml(shape, found)
        if written is None and shape.value is not None and isinstance(found, dict):
            names = ", ".join(f"{name}: {{…}}" for name in list(found)[:_MOST_NAMES])
            return f"write it as `{before}{{{names}}}`", None
        if written is None:
            return f"write it as `{before}{shape_example(shape)}`", None
        span = None if node is None else node.span
        fix = (
            None
            if span is None or span.line != span.end_line
            else Fix(span, written, is_same_data(value, found))
        )
        return f"write `{before}{written}`", fix

    def _edit(self, path: Path) -> Edit:
        if path not in self._edits:
            found = unknown_key(path, self._model, self._value(path[:-1]), self._alertmanager())
            self._edits[path] = found
        return self._edits[path]

    def _alertmanager(self) -> str:
        """The version of Alertmanager that the spec names, if it is one."""
        try:
            version = str(self._data["project"]["targets"]["alertmanager"])
            check_alertmanager(version)
        except (LookupError, TypeError, LangError):
            return OLDEST
        return version

    def _right_path(self, fault: Any) -> Path | None:
        """Where the key is missing that an unknown one stands for."""
        path, _ = self._path(fault)
        right = self._edit(path).right
        return None if right is None else (*path[:-1], right)

    def _path(self, fault: Any) -> tuple[Path, bool]:
        return real_path(tuple(fault["loc"]), self._data, missing=fault["type"] == "missing")

    def _value(self, path: Path) -> Any:
        return reduce(getitem, path, self._data)
