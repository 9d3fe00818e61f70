"""One `AlertmanagerConfig` as a piece of Alertmanager's configuration (the operator's `amcfg.go`)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.existing.operator.keys import Translation, own_text
from tocsin.existing.operator.strategy import text_at
from tocsin.lang.kubernetes.alertmanager_config import TIME_INTERVALS, resource_fields
from tocsin.lang.kubernetes.resource_shapes import key_names
from tocsin.source.node import Entry, MappingNode, ScalarNode, SequenceNode
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tocsin.diagnostics.problem import Problem
    from tocsin.existing.node_reader import Reader
    from tocsin.source.document import Span
    from tocsin.source.node import Node

    Path = tuple[str | int, ...]

_MATCHER = ("name", "value", "matchType", "regex")
_TYPES = ("=", "!=", "=~", "!~")
_WORD = re.compile(r"`(\w+)`")
_PLAIN = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_KEYS = dict(key_names(resource_fields("")))


@value_object
class Converted:
    """The resource with the keys of Alertmanager, and the names by which the operator calls its parts."""

    node: MappingNode
    path: Path
    namespace: str | None
    name: str
    secrets: tuple[Span, ...]
    """Values that nobody may see, as they stand where only a reference may."""

    @property
    def key(self) -> tuple[str, str]:
        """By what the operator puts the resources in order."""
        return self.namespace or "", self.name

    def in_its_words(self, problem: Problem) -> Problem:
        """The problem with the keys as a resource has them."""

        def its(text: str) -> str:
            return _WORD.sub(lambda found: f"`{_KEYS.get(found[1], found[1])}`", text)

        return replace(
            problem,
            message=its(problem.message),
            help=None if problem.help is None else its(problem.help),
        )


def convert_resource(resource: MappingNode, path: Path, reader: Reader) -> Converted:
    """Convert a resource; what is wrong with it goes to the reader, and the rest is kept."""
    namespace = text_at(resource, "metadata", "namespace")
    name = text_at(resource, "metadata", "name") or ""
    prefix = f"{namespace}/{name}/" if namespace else f"{name}/"
    version = (text_at(resource, "apiVersion") or "").rpartition("/")[2]
    shape = resource_fields(version)
    entry = resource.entries.get("spec")
    spec = None if entry is None else reader.mapping(entry.value, entry.key)
    if spec is None:
        spec = MappingNode(resource.document, resource.start, resource.end, {})
    translation = Translation(reader)
    list_ = next(name for name, below in shape.keys.values() if below is TIME_INTERVALS)
    node = translation.record(spec, shape, "an AlertmanagerConfig")
    changes: dict[str, Callable[[Node], Node]] = {
        "route": lambda route: _route(route, prefix, reader),
        "receivers": _of_each(lambda one: _mapped(one, {"name": _prefixed(prefix)})),
        list_: _of_each(lambda one: _interval(one, prefix)),
        "inhibit_rules": _of_each(lambda one: _inhibition(one, reader)),
    }
    return Converted(_changed(node, changes), path, namespace, name, tuple(translation.secrets))


def _changed(node: MappingNode, changes: Mapping[str, Callable[[Node], Node]]) -> MappingNode:
    """The mapping with what stands under some keys changed."""
    entries = {
        key: Entry(one.key, changes[key](one.value)) if key in changes else one
        for key, one in node.entries.items()
    }
    return MappingNode(node.document, node.start, node.end, entries)


def _mapped(node: Node, changes: Mapping[str, Callable[[Node], Node]]) -> Node:
    return _changed(node, changes) if isinstance(node, MappingNode) else node


def _of_each(change: Callable[[Node], Node]) -> Callable[[Node], Node]:
    """A change of every item of a list."""

    def changed(node: Node) -> Node:
        if not isinstance(node, SequenceNode):
            return node
        return SequenceNode(node.document, node.start, node.end, tuple(change(one) for one in node.items))

    return changed


def _prefixed(prefix: str) -> Callable[[Node], Node]:
    """The change of a name into the one that is unique among all resources."""

    def prefixed(node: Node) -> Node:
        named = isinstance(node, ScalarNode) and node.value is not None and node.text
        return own_text(node, f"{prefix}{node.text}") if named and isinstance(node, ScalarNode) else node

    return prefixed


def _route(node: Node, prefix: str, reader: Reader) -> Node:
    named = _prefixed(prefix)
    return _mapped(
        node,
        {
            "receiver": named,
            "mute_time_intervals": _of_each(named),
            "active_time_intervals": _of_each(named),
            "matchers": _of_each(lambda one: _line(one, reader)),
            "routes": _of_each(lambda one: _route(one, prefix, reader)),
        },
    )


def _inhibition(node: Node, reader: Reader) -> Node:
    lines = _of_each(lambda one: _line(one, reader))
    return _mapped(node, {"source_matchers": lines, "target_matchers": lines})


def _line(node: Node, reader: Reader) -> Node:
    """A matcher as one text, at the place of its value."""
    matcher = reader.mapping(node)
    if matcher is None:
        return own_text(node, "")
    reader.keys(matcher, _MATCHER, {}, "a matcher")
    name = reader.text(matcher.entries.get("name"))
    value = reader.scalar(matcher.entries.get("value"))
    kind = reader.scalar(matcher.entries.get("matchType"))
    if not name:
        reader.error("file/rule", "this matcher has no `name`", matcher.span)
        return own_text(node, "")
    op = "=" if kind is None or not kind.text else kind.text
    if op not in _TYPES:
        assert kind is not None
        reader.error("file/type", "one of `=`, `!=`, `=~`, `!~` belongs here", kind.span)
        return own_text(node, "")
    if (kind is None or not kind.text) and (reader.text(matcher.entries.get("regex")) or "") == "true":
        op = "=~"
    text = "" if value is None else value.text
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
    quoted = name if _PLAIN.fullmatch(name) else f'"{name}"'
    return own_text(matcher if value is None else value, f'{quoted}{op}"{escaped}"')


def _interval(node: Node, prefix: str) -> Node:
    periods = _of_each(lambda one: _mapped(one, {"days_of_month": _of_each(_days)}))
    return _mapped(node, {"name": _prefixed(prefix), "time_intervals": periods})


def _days(node: Node) -> Node:
    """A range of days as one text; a day that is missing is 0, as Go has it."""
    if not isinstance(node, MappingNode):
        return node
    start, end = text_at(node, "start") or "0", text_at(node, "end") or "0"
    return own_text(node, f"{start}:{end}")
