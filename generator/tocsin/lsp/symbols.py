"""The outline of a document: sections, groups, alerts, rules and receivers by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol.types import DocumentSymbol, SymbolKind

from tocsin.source.document import Span
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tocsin.lsp.positions import Positions
    from tocsin.source.node import Node

    Carry = Callable[[Span], Span | None]

_NAMING = ("alert", "record", "name", "title", "receiver")
"""The keys that name an item of a list."""
_KINDS = {
    "alerts": SymbolKind.Event,
    "rules": SymbolKind.Event,
    "groups": SymbolKind.Namespace,
    "recordings": SymbolKind.Namespace,
    "receivers": SymbolKind.Interface,
    "teams": SymbolKind.Class,
    "severities": SymbolKind.EnumMember,
    "slos": SymbolKind.Property,
    "routes": SymbolKind.Operator,
    "procedures": SymbolKind.Method,
}
_INSIDE = ("alerts", "rules", "groups", "routes", "time_intervals", "spec")
"""The keys that have an outline of their own inside of a named thing."""


def outline(root: Node, carry: Carry, positions: Positions) -> list[DocumentSymbol]:
    """The symbols of a document; what has changed since it was read is left out."""
    return [*_sections(root, carry, positions)]


def _sections(root: Node, carry: Carry, positions: Positions) -> Iterator[DocumentSymbol]:
    if isinstance(root, MappingNode):
        for name, entry in root.entries.items():
            span = Span(entry.key.document, entry.key.start, max(entry.value.end, entry.key.end))
            yield from _symbol(
                name,
                SymbolKind.Module,
                span,
                entry.key.span,
                _named(name, entry.value, carry, positions),
                carry,
                positions,
            )


def _named(section: str, node: Node, carry: Carry, positions: Positions) -> list[DocumentSymbol]:
    """The named things of a section, each with those inside of it."""
    kind = _KINDS.get(section, SymbolKind.Field)
    found: list[DocumentSymbol] = []
    if isinstance(node, MappingNode) and section in ("spec", "routing", "route"):
        for key in _INSIDE:
            if key in node.entries:
                found += _named(key, node.entries[key].value, carry, positions)
    elif isinstance(node, MappingNode):
        for name, entry in node.entries.items():
            if isinstance(entry.value, MappingNode | SequenceNode):
                span = Span(entry.key.document, entry.key.start, max(entry.value.end, entry.key.end))
                inner = _inside(entry.value, carry, positions)
                found += _symbol(name, kind, span, entry.key.span, inner, carry, positions)
    elif isinstance(node, SequenceNode):
        for item in node.items:
            named = _name(item)
            if named is not None:
                inner = _inside(item, carry, positions)
                found += _symbol(named.text, kind, item.span, named.span, inner, carry, positions)
    return found


def _inside(node: Node, carry: Carry, positions: Positions) -> list[DocumentSymbol]:
    if not isinstance(node, MappingNode):
        return []
    return [
        symbol
        for key in _INSIDE
        if key in node.entries
        for symbol in _named(key, node.entries[key].value, carry, positions)
    ]


def _name(item: Node) -> ScalarNode | None:
    if isinstance(item, MappingNode):
        for key in _NAMING:
            if key in item.entries and isinstance(item.entries[key].value, ScalarNode):
                named = item.entries[key].value
                assert isinstance(named, ScalarNode)
                return named
    return None


def _symbol(
    name: str,
    kind: SymbolKind,
    span: Span,
    chosen: Span,
    inner: list[DocumentSymbol],
    carry: Carry,
    positions: Positions,
) -> Iterator[DocumentSymbol]:
    """The symbol; where a part of it has changed, what is inside of it stands in its place."""
    name_span, last = carry(chosen), carry(Span(span.document, span.end, span.end))
    if name_span is None or not name:
        yield from inner
        return
    end = name_span.end if last is None else max(last.end, name_span.end)
    whole = Span(name_span.document, name_span.start, end)
    yield DocumentSymbol(
        name, kind, positions.range(whole), positions.range(name_span), children=inner or None
    )
