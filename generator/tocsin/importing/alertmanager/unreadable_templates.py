"""Templates of notifications that Alertmanager cannot read, and with which no configuration is generated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.importing.refused import RefusedError
from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.notification_data import reads
from tocsin.source.node import ScalarNode, scalars
from tocsin.source.scalar_map import source_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan
    from tocsin.source.node import Node
    from tocsin.source.place import Sources


def unreadable_templates(plan: Plan, sources: Sources) -> Iterator[RefusedError]:
    """What is wrong with the templates of receivers, and with the files of templates."""
    for what, node in _templates(plan, sources):
        try:
            reads(node.text)
        except LangError as error:
            reason = f"Alertmanager cannot read {what}: {error.reason}"
            yield RefusedError(reason, source_piece(node, *error.span), error.help or "correct it")


def _templates(plan: Plan, sources: Sources) -> Iterator[tuple[str, ScalarNode]]:
    for receiver in plan.receivers:
        node = None if receiver.place is None else sources.node(receiver.place.path[:-1])
        for scalar in () if node is None else scalars(node):
            if "{{" in scalar.text:
                yield "this template", scalar
    for glob in plan.templates:
        for file in glob.files or ():
            found: Node | None = sources.node(file.place.path)
            if isinstance(found, ScalarNode):
                yield "this file with templates, and does not start", found
