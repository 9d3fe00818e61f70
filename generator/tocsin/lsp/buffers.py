"""The documents that an editor has open, as they are there and not as they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol.types import TextDocumentContentChangePartial
from pygls.uris import to_fs_path

from tocsin.source.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterable

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
