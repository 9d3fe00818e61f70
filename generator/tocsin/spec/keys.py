"""Every key that an author may write: where it stands, what it means, what belongs there, and an example."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticUndefined

from tocsin.source.document import Document
from tocsin.source.node import plain_data
from tocsin.source.yaml import read_yaml
from tocsin.spec.mistakes.forms import describe_shape, model_example
from tocsin.spec.mistakes.shape import Shape, field_of, keys_of, required_keys
from tocsin.spec.model import Spec
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

NAME, ITEM = "NAME", "[]"
"""What stands in a path for a name that the author chooses, and for the items of a list."""
ANY_STRING = "…"
"""Stands in an example for a string of which nothing more is known."""

_FORMS = {
    "prometheus-duration": "a duration: whole numbers with `ms`, `s`, `m`, `h`, `d`, `w` or `y`",
    "go-duration": "a duration: whole numbers with `ms`, `s`, `m` or `h`",
    "promql": "an expression in PromQL",
    "logql": "an expression in LogQL",
    "re2": "a regular expression in RE2's syntax",
    "time-zone": "a time zone of the IANA database, by continent and city",
    "time-of-day": "a time of the day, with two digits each",
    "time": "a time in ISO 8601",
    "weekdays": "days of the week or a range of them",
    "days-of-month": "days of the month or a range of them; negative ones count from its end",
    "months": "months or a range of them",
    "years": "years or a range of them",
    "series": "a series in PromQL's notation",
    "samples": "samples in the notation of promtool's unit tests",
    "matcher": "a matcher: label, operator (`=`, `!=`, `=~`, `!~`) and quoted value",
    "alert-name": "the name of an alert",
    "line": "a string of one line",
    "rule-file": "the path of a rule file",
    "metric-name": "the name of a metric",
    "label-name": "the name of a label",
    "name": "a name of letters, digits, `_`, `.` and `-`",
    "path": "the path of a file on the machine where Alertmanager runs",
    "host-port": "a host and a port",
    "url": "a URL",
    "url-template": "a URL, which may be a template",
    "percentage": "a percentage",
    "version": "a version",
}
_WORDS = {
    "title": "Web",
    "summary": "Errors in {{ $labels.job }}",
    "description": "More than 5 % of the requests fail",
    "text": "Look at the logs",
    "see": "the disk is full",
    "unit": "seconds",
    "channel": "#ops",
    "to": "ops@example.org",
    "from": "alerts@example.org",
    "line": "level=error msg=timeout",
    "code": "uptime",
    "url": "https://wiki.example.org/page",
    "above": "5",
}
_NAMES = {
    "allow": "rule/for-interval",
    "severities": "critical",
    "receivers": "on-call",
    "thresholds": "warning",
    "for": "critical",
    "keep_firing_for": "critical",
    "runbooks": "critical",
    "actions": "restart",
    "procedures": "post-mortem",
    "time_intervals": "office-hours",
}
_SUCH_AS = re.compile(r"such as (?:`([^`]+)`|([A-Z][A-Za-z]*))")
_DEEPEST = 3


@value_object
class Key:
    """A key of the spec at one place."""

    path: tuple[str, ...]
    """From the top, with `NAME` and `[]` for names and items."""
    shape: Shape
    description: str
    required: bool
    default: object
    """None where there is none."""
    schema: dict[str, Any]
    """What the JSON Schema says of it."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The keys of the path alone."""
        return tuple(part for part in self.path if part not in (NAME, ITEM))

    @property
    def where(self) -> str:
        """The path as text, such as `routing.routes[].severity`."""
        return ".".join(self.path).replace(f".{ITEM}", ITEM)

    @property
    def definition(self) -> tuple[type[BaseModel], str]:
        """What is the same for the same key of the same model, wherever that stands."""
        return self.shape.model or Spec, self.shape.key

    @property
    def meaning(self) -> tuple[str, str, str]:
        """What is the same for keys of several models that mean the same."""
        return self.path[-1], self.kind, self.description

    @property
    def model(self) -> type[BaseModel] | None:
        """The model of what stands below the key, if there are keys of their own."""
        return _record_below(self.shape)

    @property
    def kind(self) -> str:
        """What belongs there, in words."""
        names = _values(self.schema)
        if names:
            return "one of " + ", ".join(f"`{name}`" for name in names)
        return _kind(self.shape, self.schema)

    @property
    def example(self) -> object:
        """A value that may stand there."""
        return key_example(self.shape, self.schema)


@cache
def spec_keys() -> tuple[Key, ...]:
    """All keys of all places; below a route, or what else may hold itself, its keys are not repeated."""
    return tuple(_keys(Spec, (), ()))


def keys_named(name: str) -> list[Key]:
    """The keys that a name such as `thresholds` or `routing.location` may mean; those above may be left out.

    The whole path means one key alone.
    """
    wanted = tuple(part for part in name.replace(ITEM, "").split(".") if part != NAME)
    found = [key for key in spec_keys() if wanted and _is_meant(wanted, key.parts)]
    exact = [key for key in found if key.parts == wanted]
    behind = [key for key in found if key.parts[-len(wanted) :] == wanted]
    return exact or behind or found


def keys_below(key: Key) -> list[tuple[str, str, bool]]:
    """Name, description and whether it has to be there, of each key of the model below a key."""
    model = key.model
    if model is None:
        return []
    properties = _schema_of(model)["properties"]
    return [
        (info.alias or name, info.description or "", info.is_required())
        for name, info in model.model_fields.items()
        if (info.alias or name) in properties and field_of(model, info.alias or name) is not None
    ]


def _is_meant(wanted: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    rest = iter(parts)
    return parts[-1] == wanted[-1] and all(part in rest for part in wanted)


def _keys(model: type[BaseModel], path: tuple[str, ...], above: tuple[type[BaseModel], ...]) -> Iterator[Key]:
    properties = _schema_of(model)["properties"]
    for name, info in model.model_fields.items():
        key = info.alias or name
        shape = field_of(model, key)
        if shape is None or key not in properties:
            continue
        schema = properties[key]
        here = (*path, key)
        default = None if info.default is PydanticUndefined else info.default
        yield Key(here, shape, info.description or "", info.is_required(), default, schema)
        below, steps = _record_below(shape), _steps(shape)
        if below is not None and below not in (*above, model):
            yield from _keys(below, (*here, *steps), (*above, model))


def _record_below(shape: Shape) -> type[BaseModel] | None:
    inner: Shape | None = shape
    while inner is not None and inner.record is None:
        inner = inner.item or inner.value
    return None if inner is None else inner.record


def _steps(shape: Shape) -> Iterator[str]:
    inner: Shape | None = shape
    while inner is not None and inner.record is None:
        yield ITEM if inner.item is not None else NAME
        inner = inner.item or inner.value


@cache
def _definitions() -> dict[str, Any]:
    schema = Spec.model_json_schema(by_alias=True)
    return {**schema["$defs"], "Spec": schema}


def _schema_of(model: type[BaseModel]) -> dict[str, Any]:
    found = _definitions()[model.__name__]
    return found if isinstance(found, dict) else {}


def _alternatives(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]


def is_telling(value: object) -> bool:
    """Whether an example has no string in it of which nothing is known."""
    if isinstance(value, dict):
        return bool(value) and all(map(is_telling, value.values()))
    if isinstance(value, list):
        return bool(value) and all(map(is_telling, value))
    return value != ANY_STRING


def _values(schema: dict[str, Any]) -> list[Any]:
    return [
        value
        for one in _alternatives(schema)
        for value in one.get("enum", [one["const"]] if "const" in one else [])
    ]


def _values_of_mapping(schema: dict[str, Any]) -> dict[str, Any] | None:
    """What the JSON Schema says of the values under names that the author chooses."""
    inner = schema.get("additionalProperties", next(iter(schema.get("patternProperties", {}).values()), None))
    if inner is None or (inner is False and "patternProperties" not in schema):
        return None
    return inner if isinstance(inner, dict) else next(iter(schema.get("patternProperties", {}).values()), {})


def _kind(shape: Shape, schema: dict[str, Any]) -> str:
    found: list[str] = []
    for one in _alternatives(schema):
        if one.get("format") in _FORMS:
            found.append(_FORMS[one["format"]])
        elif one.get("type") == "array" and shape.item is not None:
            found.append(f"a list, of which each item is {_kind(shape.item, one['items'])}")
        elif shape.value is not None and (inner := _values_of_mapping(one)) is not None:
            found.append(f"a mapping from names to values, of which each is {_kind(shape.value, inner)}")
        elif "$ref" in one:
            found.append("a mapping with the keys below" if _record_below(shape) else "a mapping")
        elif "type" in one:
            found.append(_TYPES.get(one["type"], describe_shape(shape)))
    return " or ".join(dict.fromkeys(found)) or describe_shape(shape)


_TYPES = {
    "string": "a string",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "`true` or `false`",
    "object": "a mapping",
}


def key_example(shape: Shape, schema: dict[str, Any], depth: int = 0) -> object:
    """A value of this shape, as an author would write it."""
    first = _alternatives(schema)[0] if _alternatives(schema) else schema
    if "examples" in first:
        return first["examples"][0]
    if names := _values(schema):
        return names[0]
    if shape.item is not None and "items" in first:
        return [key_example(shape.item, first["items"], depth)]
    inner = _values_of_mapping(first)
    if inner is not None:
        name = _NAMES.get(shape.key) or first.get("propertyNames", {}).get("examples", ["name"])[0]
        return {name: ANY_STRING if shape.value is None else key_example(shape.value, inner, depth)}
    if first.get("format") == "date":
        return "2027-12-31"
    if shape.record is not None and ("$ref" in first or first.get("type") == "object"):
        return _of_record(shape.record, depth)
    if first.get("type") in ("number", "integer"):
        return int(first.get("minimum", 1)) or 5
    if first.get("type") == "boolean":
        return True
    if shape.key in _WORDS:
        return _WORDS[shape.key]
    such = _SUCH_AS.search(schema.get("description", ""))
    return ANY_STRING if such is None else such[1] or such[2]


def _of_record(record: type[BaseModel], depth: int) -> object:
    if (example := model_example(record)) is not None:
        node = read_yaml(Document("", example)).node
        return None if node is None else plain_data(node)
    properties = _schema_of(record)["properties"]
    names = required_keys(record) or [name for name in keys_of(record) if name in properties][:1]
    found: dict[str, object] = {}
    for name in names if depth < _DEEPEST else ():
        inner = field_of(record, name)
        if inner is not None:
            found[name] = key_example(inner, properties[name], depth + 1)
    return found
