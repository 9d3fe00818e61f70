"""The shapes of Alertmanager's integrations, made of what `lang.alertmanager` says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.existing.alertmanager import shapes
from tocsin.lang.alertmanager.constraints import at_least_one
from tocsin.lang.alertmanager.integrations import BY_LIST
from tocsin.lang.alertmanager.schema import Choice, Kind, Many, Named, Record, TextOr
from tocsin.source.node import MappingNode, SequenceNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.existing.alertmanager.shapes import Shape
    from tocsin.lang.alertmanager.constraints import Rule
    from tocsin.lang.alertmanager.schema import Type
    from tocsin.source.node import Node

_KINDS: dict[Kind, Shape] = {
    Kind.ANYTHING: shapes.ANYTHING,
    Kind.TEXT: shapes.TEXT,
    Kind.SECRET: shapes.SECRET,
    Kind.PUBLIC: shapes.SECRET,
    Kind.PATH: shapes.TEXT,
    Kind.FLAG: shapes.TRUTH,
    Kind.NUMBER: shapes.NUMBER,
    Kind.FRACTION: shapes.NUMBER,
    Kind.COUNT: shapes.COUNT,
    Kind.DURATION: shapes.DURATION,
    Kind.GO_DURATION: shapes.GO_DURATION,
    Kind.GO_DURATION_TEXT: shapes.GO_DURATION_TEXT,
    Kind.HOST_PORT: shapes.HOST_PORT,
    Kind.URL: shapes.URL,
    Kind.UNCHECKED_URL: shapes.TEXT,
    Kind.UNCHECKED_URL_TEMPLATE: shapes.TEXT,
    Kind.SECRET_URL: shapes.SECRET_URL,
    Kind.PUBLIC_URL: shapes.SECRET_URL,
    Kind.TARGET_URL: shapes.URL,
    Kind.TARGET_URL_TEMPLATE: shapes.TEMPLATE_URL,
    Kind.PROXY_URL: shapes.PROXY_URL,
}


def shape_of(kind: Type) -> Shape:
    """The shape of a type, with every rule that Alertmanager has for it."""
    if isinstance(kind, Kind):
        return _KINDS[kind]
    if isinstance(kind, Choice):
        return shapes.one_of(*kind.names, *kind.also) if kind.is_checked else shapes.TEXT
    if isinstance(kind, Many):
        return shapes.Many(shape_of(kind.item), kind.checks_null)
    if isinstance(kind, Named):
        return shapes.Named(shape_of(kind.item))
    if isinstance(kind, TextOr):
        return shapes.Either(shapes.TEXT, shape_of(kind.whole))
    return record_shape(kind)


def record_shape(record: Record) -> shapes.Record:
    """The shape of a mapping with known keys."""
    required = tuple(at_least_one(name) for name, key in record.keys.items() if key.required)
    rules: tuple[Rule, ...] = (*required, *record.pairs, *record.rules)
    keys = {name: shape_of(key.type) for name, key in record.keys.items()}
    return shapes.Record(keys, tuple(map(_rule_of_nodes, rules)))


def _rule_of_nodes(rule: Rule) -> shapes.Said:
    def broken(node: MappingNode) -> Iterator[tuple[str, str | None]]:
        yield from ((found.message, found.key) for found in rule(written_values(node)))

    return broken


def written_values(node: Node) -> Any:
    """A value as rules read it: mappings and lists, and everything else as text; None is a null."""
    if isinstance(node, MappingNode):
        return {key: written_values(entry.value) for key, entry in node.entries.items()}
    if isinstance(node, SequenceNode):
        return [written_values(item) for item in node.items]
    if node.value is None:
        return None
    is_number = isinstance(node.value, (int, float)) and not isinstance(node.value, bool)
    return str(node.value) if is_number else node.text


INTEGRATIONS = {kind: record_shape(integration.record) for kind, integration in BY_LIST.items()}
"""By Alertmanager's key, such as `slack_configs`."""
