"""A position in an open document, and the name that stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lsp.names import Reference, reference_at
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.detect.kinds import DocumentPart
    from tocsin.lsp.cursor import Cursor
    from tocsin.lsp.project import Project
    from tocsin.source.document import Document
    from tocsin.workspace.load import Planned


@value_object
class Place:
    """A position in an open document of a project, of which a plan is known."""

    document: Document
    offset: int
    cursor: Cursor
    known: Project
    plans: tuple[Planned, ...]
    """The newest plans of the project, one of each environment, or of each estate that the document is of.

    None where none could be made so far.
    """

    @property
    def is_spec(self) -> bool:
        """Whether the document is a part of a spec."""
        return any(one.is_spec for one in self.plans)

    def parts(self) -> list[DocumentPart]:
        """What the document holds, as far as it could be read, by paths as the cursor has them."""
        file = self.known.sound_file(self.document.name)
        if file is None:
            return []
        # Behind the file's name stands the number of the document, where there are several.
        return [
            part._replace(path=part.path[1 if len(file.stream.nodes) < 2 else 2 :]) for part in file.parts()
        ]

    def reference(self) -> Reference | None:
        """The name that stands at the position."""
        cursor, text = self.cursor, self.document.text
        start, end = cursor.span
        path, on_key = cursor.path, cursor.on_key
        if on_key and len(path) > 1 and isinstance(path[-2], int):
            # An item of a list that could become a key.
            path, on_key = path[:-1], False
        return reference_at(path, text[start:end], self.offset - start, on_key=on_key)
