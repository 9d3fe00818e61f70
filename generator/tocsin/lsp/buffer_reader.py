"""Reading the files of a project with what an editor has not stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.existing.input import Input, read_input
from tocsin.source.decode import LARGEST, read_file
from tocsin.workspace.reader import FileReader

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tocsin.source.document import Document


class BufferReader(FileReader):
    """Reads open documents as they are in the editor, and parses nothing twice that did not change."""

    def __init__(self, texts: Mapping[Path, str], parsed: dict[tuple[str, bool, bool], Input]) -> None:
        self._texts = texts
        self._parsed = parsed

    def read_bytes(self, path: Path, largest: int = LARGEST) -> bytes:
        """The bytes of a document that is open, or of a file."""
        text = self._texts.get(path)
        return read_file(path, largest) if text is None else text.encode("utf-8", "replace")

    def read_input(self, document: Document, *, named: bool, dashboards: bool = False) -> Input:
        """The YAML documents of a file, read again only where its text is another one."""
        asked = document.name, named, dashboards
        known = self._parsed.get(asked)
        if known is None or known.document.text != document.text:
            known = self._parsed[asked] = read_input(document, named=named, dashboards=dashboards)
        return known
