"""The YAML errors of a plain file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.detect.template import (
    faulty_template,
    filled_in,
    is_unfinished,
    jsonnet,
    setting_with_tag,
    template_of,
)
from tocsin.diagnostics.fix import quoting_fix
from tocsin.diagnostics.model import Diagnostic, Level, Note
from tocsin.source.document import Span
from tocsin.source.empty import COMMENT, empty_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.detect.template import FileTemplate
    from tocsin.source.document import Document
    from tocsin.source.node import Node
    from tocsin.source.yaml import Stream


def file_template(document: Document, stream: Stream) -> FileTemplate | None:
    """The template that a file is; None where it can be read as it stands."""
    if stream.faults and (program := jsonnet(document)) is not None:
        return program
    tagged = next((found for node in stream.nodes if (found := setting_with_tag(node)) is not None), None)
    if tagged is not None:
        return template_of(document.text) or filled_in(document.text, tagged.start)
    if is_unfinished(document):
        return template_of(document.text) or filled_in(document.text)
    # An annotation may hold a tag as well: it is one of a template where it is what is wrong.
    return faulty_template(document, stream.faults)


def unrendered_template(document: Document, found: FileTemplate) -> Diagnostic:
    """That a file is a template, where it was named, or nothing else was read."""
    message = f"this is {found.what}, not YAML yet"
    return Diagnostic("file/template", Level.ERROR, message, Span(document, *found.span), help=found.help)


def faults(
    stream: Stream, level: Level = Level.ERROR, *, of_configuration: bool = False
) -> Iterator[Diagnostic]:
    """The errors of the parser in a file that is not a template.

    `of_configuration` says that the file is a configuration of Prometheus or Alertmanager and holds no rules.
    """
    for fault in stream.faults:
        if of_configuration and fault.is_taken_by_configurations:
            continue
        notes = tuple(Note(span, text) for span, text in fault.related)
        yield Diagnostic("file/yaml", level, fault.message, fault.span, "", notes, fault.help)


def without_consequences(found: Iterable[Diagnostic], streams: Iterable[Stream]) -> list[Diagnostic]:
    """What was found in files, without what a place looks like that the parser had to guess."""
    broken = {(fault.span.document.name, fault.span.line) for stream in streams for fault in stream.faults}
    return [
        one
        for one in found
        if not one.id.endswith("/type")
        or one.span is None
        or (one.span.document.name, one.span.line) not in broken
    ]


def values_in_comments(root: Node) -> Iterator[Diagnostic]:
    """Values that start with `#`, so that YAML reads a comment and their keys are empty."""
    for empty in empty_values(root):
        if empty.is_comment:
            help_ = f"put the value in quotes: `{empty.quoted}`"
            fix = quoting_fix(empty.comment_value)
            yield Diagnostic(
                "file/empty-value", Level.WARNING, empty.message, empty.span, COMMENT, help=help_, fix=fix
            )
