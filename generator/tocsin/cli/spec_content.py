"""The content of the files of a spec, which decides what commands answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.result_store import digest
from tocsin.source.decode import YAML_SUFFIXES, read_file
from tocsin.workspace.listing import list_files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def digests_of_files(folders: Iterable[Path], named: Iterable[Path] = ()) -> list[tuple[Path, bytes]] | None:
    """Each file in the folders, and each that is named, with the digest of its content.

    None where one of them is no YAML file, or cannot be read: then it may be no spec, or refer to others.
    """
    found = []
    for file in [*(file for file, _ in list_files(folders)), *named]:
        if file.suffix not in YAML_SUFFIXES:
            return None
        try:
            found.append((file, digest(read_file(file))))
        except OSError:
            return None
    return found
