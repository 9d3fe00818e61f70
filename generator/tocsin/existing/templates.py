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
    from collections.abc import Iterable, Iterator, Mapping

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
    aside: Mapping[str, Mapping[str, tuple[Document, ...]]] = field(default_factory=dict)
    """By the name of a further configuration, the same as `by_pattern`."""
    first: str = ""
    """The name of the configuration whose patterns are those of `by_pattern`."""
    unreadable: tuple[YamlError, ...] = ()

    def documents(self) -> tuple[Document, ...]:
        """All of them, each once."""
        named = (self.by_pattern, *self.aside.values())
        found = (*(one for each in named for documents in each.values() for one in documents), *self.others)
        return tuple({document.name: document for document in found}.values())

    def of(self, parts: Iterable[tuple[str, DocumentPart]]) -> Templates:
        """Those of the configurations in some of the files, whose parts are given with the files' names."""
        known = {self.first: self.by_pattern, **self.aside}
        names = list(dict.fromkeys(name for name, _ in all_template_patterns(parts)))
        first, further = "".join(names[:1]), names[1:]
        aside = {name: known.get(name, {}) for name in further}
        return Templates(known.get(first, {}), self.others, aside, first, self.unreadable)

    def globs(self, patterns: Iterable[tuple[str, Place]]) -> tuple[TemplateGlob, ...]:
        """The patterns of a configuration with their files, and the files that no pattern names."""
        named = _globs(patterns, self.by_pattern)
        more = [TemplateGlob(one.name, Place((one.name,)), _files((one,))) for one in self.others]
        return (*named, *more)

    def globs_aside(self, patterns: Iterable[tuple[str, Place]]) -> tuple[TemplateGlob, ...]:
        """The patterns of a further configuration with their files."""
        patterns = tuple(patterns)
        name = str(patterns[0][1].path[0]) if patterns else ""
        return _globs(patterns, self.aside.get(name, {}))


def _globs(
    patterns: Iterable[tuple[str, Place]], found: Mapping[str, tuple[Document, ...]]
) -> tuple[TemplateGlob, ...]:
    return tuple(
        TemplateGlob(pattern, place, _files(found[pattern]) if pattern in found else None)
        for pattern, place in patterns
    )


def template_patterns(parts: Iterable[tuple[str, DocumentPart]]) -> tuple[str, tuple[str, ...]] | None:
    """The name of the file with the Alertmanager configuration that counts, and the patterns in it.

    `parts` are those of all files, each with the name of its file.
    """
    return next(iter(all_template_patterns(parts)), None)


def all_template_patterns(
    parts: Iterable[tuple[str, DocumentPart]],
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The same for each configuration, in the order of the files."""
    for name, part in parts:
        if part.kind is DocumentKind.ALERTMANAGER:
            yield name, _patterns(part)


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
