"""Exceptions that are meant to end: the last day of each."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tocsin.source.node import ScalarNode, SequenceNode
from tocsin.spec.exception_tree import EXCEPT, UNTIL, holders
from tocsin.spec.node_edits import child_node
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.source.document import Span
    from tocsin.source.node import MappingNode


@value_object
class ExceptionEnd:
    """The last day of an exception, and where it is written."""

    until: date
    span: Span


def exception_ends(root: MappingNode) -> Iterator[ExceptionEnd]:
    """The ends of all exceptions of a spec that have one; what is no day is told elsewhere."""
    for holder in holders(root):
        written = child_node(holder, EXCEPT)
        for item in written.items if isinstance(written, SequenceNode) else ():
            day = child_node(item, UNTIL)
            if not isinstance(day, ScalarNode):
                continue
            try:
                until = date.fromisoformat(day.text)
            except ValueError:
                continue
            yield ExceptionEnd(until, day.span)
