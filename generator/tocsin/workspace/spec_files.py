"""The files in the folder of a spec, with what earlier runs have found in those that were sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.source.decode import YAML_SUFFIXES, decode_file, read_file
from tocsin.source.document import Document
from tocsin.value_object import value_object
from tocsin.workspace.listing import list_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tocsin.result_store import ResultStore
    from tocsin.spec.fast_load import Values

_WHOLE = "values of a file of a spec"
_BRIEF = "values of a file of a spec in brief"
_PROBED = 8
"""Files of which one has to be known, or the folder is none that an earlier run has found sound."""


@value_object
class SpecFile:
    """A file in the folder of a spec."""

    document: Document
    values: Values | None
    """None where nobody has read them yet."""
    raw: bytes
    is_known: bool
    """Whether an earlier run has found it part of a sound spec: its groups are in brief (`KnownGroup`)."""

    @property
    def groups(self) -> Mapping[str, Any]:
        """The values of its groups, where they are known."""
        return (self.values or {}).get("groups") or {}

    @property
    def has_groups_alone(self) -> bool:
        """Whether it is known to hold nothing else."""
        return self.values is not None and all(
            name == "groups" or value is None for name, value in self.values.items()
        )


def look_at(path: Path, store: ResultStore | None) -> SpecFile | None:
    """A file, with what earlier runs have kept of it; None where it cannot be read as text.

    OSError when it cannot be read at all.
    """
    raw = read_file(path)
    document = decode_file(path.as_posix(), raw)
    if not isinstance(document, Document):
        return None
    known = None if store is None else _known_values(store, raw, document)
    return SpecFile(document, known, raw, known is not None)


def keep_values(store: ResultStore, file: SpecFile) -> None:
    """Keep the values of a file of a sound spec, whole and in brief."""
    from tocsin.spec.known_group import brief_values

    try:
        store.write(brief_values(file.values or {}), _BRIEF, file.raw)
    except TypeError:
        return
    store.write(file.values, _WHOLE, file.raw)


def known_spec_files(paths: Iterable[Path], store: ResultStore) -> tuple[SpecFile, ...] | None:
    """The files in the folders by their names; None where no earlier run has found them to be a spec.

    OSError when a file cannot be read.
    """
    files = [file for file, _ in list_files(paths)]
    if any(file.suffix not in YAML_SUFFIXES for file in files):
        return None
    found: list[SpecFile] = []
    for path in files:
        file = look_at(path, store)
        if file is None:
            return None
        found.append(file)
        if len(found) == min(_PROBED, len(files)) and not any(file.is_known for file in found):
            return None
    return tuple(sorted(found, key=lambda file: file.document.name))


def _known_values(store: ResultStore, raw: bytes, document: Document) -> Values | None:
    """The values of a file with this content, where an earlier run has found it part of a sound spec.

    Its groups are in brief (`KnownGroup`).
    """

    def whole() -> Values:
        from tocsin.spec.fast_load import values_if_spec

        # They were kept beside it, and what was lost stands in the file.
        return store.read(_WHOLE, dict, raw) or values_if_spec(document) or {}

    def values(kept: Any) -> Values | None:
        from tocsin.spec.fast_load import has_keys_of_spec
        from tocsin.spec.known_group import read_brief_values

        found = read_brief_values(kept, whole)
        return found if has_keys_of_spec(found) else None

    return store.read(_BRIEF, values, raw)
