"""The files of a spec as one tree: sections merge by name, a name defined twice is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.model import Diagnostic, Level, Note
from tocsin.source.node import Entry, MappingNode, ScalarNode

if TYPE_CHECKING:
    from collections.abc import Iterable

# Sections whose keys are the author's names, in which order means nothing.
NAMED = frozenset({"severities", "teams", "receivers", "groups", "recordings", "slos", "procedures"})


def merge(roots: Iterable[MappingNode]) -> tuple[MappingNode | None, tuple[Diagnostic, ...]]:
    """One root for all files; named sections come out sorted, so the order of files means nothing."""
    merged: MappingNode | None = None
    found: list[Diagnostic] = []
    for root in map(_filled, roots):
        merged = root if merged is None else _join(merged, root, (), found)
    if merged is None:
        return None, ()
    entries = {name: _sorted(name, entry) for name, entry in merged.entries.items()}
    return MappingNode(merged.document, merged.start, merged.end, entries), tuple(found)


def _filled(root: MappingNode) -> MappingNode:
    """The file without the sections that hold nothing, as when all of one is commented out."""
    entries = {name: entry for name, entry in root.entries.items() if not _is_null(entry)}
    return MappingNode(root.document, root.start, root.end, entries)


def _is_null(entry: Entry) -> bool:
    return isinstance(entry.value, ScalarNode) and entry.value.value is None


def _join(
    first: MappingNode, second: MappingNode, path: tuple[str, ...], found: list[Diagnostic]
) -> MappingNode:
    entries = dict(first.entries)
    for name, entry in second.entries.items():
        known = entries.get(name)
        whole = len(path) == 1 and path[0] in NAMED
        if known is None:
            entries[name] = entry
        elif not whole and isinstance(known.value, MappingNode) and isinstance(entry.value, MappingNode):
            entries[name] = Entry(known.key, _join(known.value, entry.value, (*path, name), found))
        else:
            found.append(
                Diagnostic(
                    "spec/defined-twice",
                    Level.ERROR,
                    f"`{'.'.join((*path, name))}` is defined twice",
                    entry.key.span,
                    "defined again here",
                    (Note(known.key.span, "first defined here"),),
                    "keep one of the two, or give one of them another name",
                )
            )
    return MappingNode(first.document, first.start, first.end, entries)


def _sorted(name: str, entry: Entry) -> Entry:
    section = entry.value
    if name not in NAMED or not isinstance(section, MappingNode):
        return entry
    entries = dict(sorted(section.entries.items()))
    return Entry(entry.key, MappingNode(section.document, section.start, section.end, entries))
