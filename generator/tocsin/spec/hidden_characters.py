"""Characters that a spec may not hold: nobody would see them in what is generated, only their effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.model import Diagnostic, Level
from tocsin.source.node import MappingNode, Node, ScalarNode
from tocsin.source.scalar_map import source_piece
from tocsin.text.visible import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator


def hidden_character_diagnostics(node: Node) -> Iterator[Diagnostic]:
    """One finding for each key and value below a node that holds such a character."""
    if isinstance(node, ScalarNode):
        # A value without letters beyond ASCII can have one by an escape alone, which only double quotes know.
        if node.style == "double" or not node.text.isascii():
            yield from _of_scalar(node)
    elif isinstance(node, MappingNode):
        for entry in node.entries.values():
            yield from hidden_character_diagnostics(entry.key)
            yield from hidden_character_diagnostics(entry.value)
    else:
        for item in node.items:
            yield from hidden_character_diagnostics(item)


def _of_scalar(node: ScalarNode) -> Iterator[Diagnostic]:
    found = HIDDEN.search(node.text)
    if found is not None:
        yield Diagnostic(
            "spec/hidden-character",
            Level.ERROR,
            f"the character U+{ord(found[0]):04X} is not visible, and a terminal or browser may obey it",
            source_piece(node, *found.span()),
            help="delete it; a query or a template writes such a character as an escape of its own language",
        )
