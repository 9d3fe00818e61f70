"""The documents that an editor has open, as they are there and not as they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol.types import TextDocumentContentChangePartial
from pygls.uris import to_fs_path

from tocsin.existing.files import Input, read_input
from tocsin.source.decode import LARGEST, read_file
from tocsin.source.document import Document
from tocsin.workspace.reader import FileReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lsprotocol.types import TextDocumentContentChangeEvent

    from tocsin.lsp.positions import Positions


def path_of_uri(uri: str) -> Path | None:
    """The path of a file; None for what is no file, such as a document that was never saved."""
    found = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(found) if found else None


@dataclass
class Buffer:
    """An open document; `document` is its newest text."""

    uri: str
    version: int
    document: Document

    def apply(self, changes: Iterable[TextDocumentContentChangeEvent], positions: Positions) -> None:
        """Make the changes, one after the other."""
        for change in changes:
            text, old = change.text, self.document
            if isinstance(change, TextDocumentContentChangePartial):
                start = positions.offset(old, change.range.start)
                end = max(positions.offset(old, change.range.end), start)
                text = old.text[:start] + text + old.text[end:]
            self.document = Document(old.name, text)


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
