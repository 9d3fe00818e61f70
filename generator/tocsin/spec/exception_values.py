"""Values of labels in exceptions that look like more than one: they are compared letter by letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.fix import Fix
from tocsin.diagnostics.model import Diagnostic, Level
from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.lang.alertmanager.misread_matchers import is_pattern, why_misread
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.spec.exception_tree import EXCEPT, WHERE, holders
from tocsin.spec.node_edits import child_node
from tocsin.text.yaml import flow_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.source.node import Node


def patterns_as_values(root: MappingNode) -> Iterator[Diagnostic]:
    """The values of exceptions by labels that look like patterns or lists."""
    for holder in holders(root):
        written = child_node(holder, EXCEPT)
        for item in written.items if isinstance(written, SequenceNode) else ():
            where = child_node(item, WHERE)
            for label, entry in where.entries.items() if isinstance(where, MappingNode) else ():
                yield from _of_label(label, entry.value)

    slos = child_node(root, "slos")
    for entry in slos.entries.values() if isinstance(slos, MappingNode) else ():
        yield from _of_objective(child_node(entry.value, "objective"))


def _of_objective(written: Node | None) -> Iterator[Diagnostic]:
    """The values of the label by which an objective is another one."""
    by = None if written is None else child_node(written, "by")
    values = None if written is None else child_node(written, "values")
    if not isinstance(by, ScalarNode) or not isinstance(values, MappingNode):
        return
    for text, entry in values.entries.items():
        if why_misread(Matcher(by.text, "=", text)) is not None:
            yield Diagnostic(
                "except/equals-regex",
                Level.WARNING,
                f'this objective is for `{by.text}="{text}"`, letter by letter, and for no other value',
                entry.key.span,
                help="write one line for each value: an objective takes no pattern",
            )


def _of_label(label: str, written: Node) -> Iterator[Diagnostic]:
    listed = isinstance(written, SequenceNode)
    for value in written.items if isinstance(written, SequenceNode) else (written,):
        misread = why_misread(Matcher(label, "=", value.text)) if isinstance(value, ScalarNode) else None
        if misread is None or not isinstance(value, ScalarNode):
            continue
        several = [] if misread.meant is None else misread.meant.value.split("|")
        fix = None
        if len(several) > 1 and not any(map(is_pattern, several)):
            items = ", ".join(map(flow_text, several))
            fix = Fix(value.span, items if listed else f"[{items}]", is_safe=not listed)
        yield Diagnostic(
            "except/equals-regex",
            Level.WARNING,
            f'this exception is for `{label}="{value.text}"`, letter by letter, and for no other value',
            value.span,
            help="list the values, as in `[lisbon, porto]`: an exception takes no pattern"
            if fix is None
            else f"write `{fix.text}`",
            fix=fix,
        )
