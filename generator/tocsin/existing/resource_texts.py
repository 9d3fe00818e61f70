"""Labels and annotations of rules in objects for Kubernetes, whose API takes strings alone there.

Rule files are read more kindly: Prometheus takes `priority: 1` for the text. The Prometheus operator says of
such an object: `cannot unmarshal bool into Go struct field Rule.spec.groups.rules.annotations of type string`
(`pkg/admission`), unless its mutating webhook has made a text of it before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.fix import Fix
from tocsin.diagnostics.model import Diagnostic, Level
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.source.node import Node

_WORDS = {bool: "a boolean", int: "a number", float: "a number"}


def values_without_quotes(spec: Node) -> Iterator[Diagnostic]:
    """The labels and annotations that YAML gives another type; `spec` holds the groups of an object."""
    for group in _items(spec, "groups"):
        yield from _of(group)
        for rule in _items(group, "rules"):
            yield from _of(rule)


def _of(node: Node) -> Iterator[Diagnostic]:
    for key, what in (("labels", "label"), ("annotations", "annotation")):
        held = _value(node, key)
        for name, entry in held.entries.items() if isinstance(held, MappingNode) else ():
            value = entry.value
            word = _WORDS.get(type(value.value)) if isinstance(value, ScalarNode) else None
            if isinstance(value, ScalarNode) and word is not None:
                text = f'"{value.text}"'
                yield Diagnostic(
                    "file/unquoted",
                    Level.WARNING,
                    f"the {what} `{name}` is {word}, and objects for Kubernetes hold strings there",
                    value.span,
                    help=f"write `{text}`; where the operator's mutating webhook runs, it does so",
                    fix=Fix(value.span, text, is_safe=True),
                )


def _items(node: Node, key: str) -> tuple[Node, ...]:
    held = _value(node, key)
    return held.items if isinstance(held, SequenceNode) else ()


def _value(node: Node, key: str) -> Node | None:
    entry = node.entries.get(key) if isinstance(node, MappingNode) else None
    return None if entry is None else entry.value
