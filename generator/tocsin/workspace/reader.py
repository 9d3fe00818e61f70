"""How the files of a workspace are read; an editor puts what it has not saved in the place of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.existing.input import Input, read_input
from tocsin.source.decode import LARGEST, read_file

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.source.document import Document


class FileReader:
    """Reads files as they are stored."""

    def read_bytes(self, path: Path, largest: int = LARGEST) -> bytes:
        """The bytes of a file; OSError when it cannot be read or is larger."""
        return read_file(path, largest)

    def read_input(self, document: Document, *, named: bool, dashboards: bool = False) -> Input:
        """The YAML documents of a file, and what they are, as `tocsin.existing.input.read_input` does."""
        return read_input(document, named=named, dashboards=dashboards)


STORED_FILES = FileReader()
