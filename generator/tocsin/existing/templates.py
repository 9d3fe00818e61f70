"""The files with notification templates that belong to a plain Alertmanager configuration."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from tocsin.detect.kinds import DocumentKind
from tocsin.plan.model import TemplateFile, TemplateGlob
from tocsin.source.node import Entry, MappingNode, ScalarNode, SequenceNode
from tocsin.source.place import Place
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.detect.kinds import DocumentPart
    from tocsin.source.document import Document
    from tocsin.source.yaml_error import YamlError


@value_object
class Templates:
    """What was read of such files."""

    by_pattern: Mapping[str, tuple[Document, ...]] = field(default_factory=dict)
    """By the pattern that names them; a pattern is not in it where nobody could look."""
    others: tuple[Document, ...] = ()
    """Those that somebody named and no pattern does."""
    unreadable: tuple[YamlError, ...] = ()

    def documents(self) -> tuple[Document, ...]:
        """All of them, each once."""
        found = (*(one for documents in self.by_pattern.values() for one in documents), *self.others)
        return tuple({document.name: document for document in found}.values())

    def globs(self, patterns: Iterable[tuple[str, Place]]) -> tuple[TemplateGlob, ...]:
        """The patterns of a configuration with their files, and the files that no pattern names."""
        named = [
            TemplateGlob(
                pattern, place, _files(self.by_pattern[pattern]) if pattern in self.by_pattern else None
            )
            for pattern, place in patterns
        ]
        more = [TemplateGlob(one.name, Place((one.name,)), _files((one,))) for one in self.others]
        return (*named, *more)


def template_patterns(parts: Iterable[tuple[str, DocumentPart]]) -> tuple[str, tuple[str, ...]] | None:
    """The name of the file with the Alertmanager configuration that counts, and the patterns in it.

    `parts` are those of all files, each with the name of its file.
    """
    for name, part in parts:
        if part.kind is DocumentKind.ALERTMANAGER:
            return name, _patterns(part)
    return None


def text_entry(document: Document) -> Entry:
    """A file that is no YAML as an entry among the sources."""
    text = document.text
    node = ScalarNode(document, 0, len(text), "raw", text, text)
    return Entry(ScalarNode(document, 0, 0, "plain", document.name, document.name), node)


def _patterns(part: DocumentPart) -> tuple[str, ...]:
    entry = part.node.entries.get("templates") if isinstance(part.node, MappingNode) else None
    items = entry.value.items if entry is not None and isinstance(entry.value, SequenceNode) else ()
    return tuple(item.text for item in items if isinstance(item, ScalarNode))


def _files(documents: Iterable[Document]) -> tuple[TemplateFile, ...]:
    return tuple(TemplateFile(one.text, Place((one.name,))) for one in documents)
