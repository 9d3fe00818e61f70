"""The files in the folder of a spec, with what earlier runs have found in those that were sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.source.decode import YAML_SUFFIXES, decode_file, read_file
from tocsin.source.document import Document
from tocsin.value_object import value_object
from tocsin.workspace.listing import list_files
from tocsin.workspace.sound_spec import known_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tocsin.result_store import ResultStore
    from tocsin.spec.fast_load import Values

_PROBED = 8
"""Files of which one has to be known, or the folder is none that an earlier run has found sound."""


@value_object
class SpecFile:
    """A file in the folder of a spec."""

    document: Document
    values: Values | None
    """None where no earlier run has found the file to be part of a sound spec."""

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


def known_spec_files(paths: Iterable[Path], store: ResultStore) -> tuple[SpecFile, ...] | None:
    """The files in the folders by their names; None where no earlier run has found them to be a spec.

    OSError when a file cannot be read.
    """
    files = [file for file, _ in list_files(paths)]
    if any(file.suffix not in YAML_SUFFIXES for file in files):
        return None
    found: list[SpecFile] = []
    for path in files:
        raw = read_file(path)
        document = decode_file(path.as_posix(), raw)
        if not isinstance(document, Document):
            return None
        found.append(SpecFile(document, known_values(store, raw, document)))
        if len(found) == min(_PROBED, len(files)) and all(file.values is None for file in found):
            return None
    return tuple(sorted(found, key=lambda file: file.document.name))
