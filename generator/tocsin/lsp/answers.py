"""The answers to an editor's questions about a position."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from tocsin.lsp.buffers import path_of_uri
from tocsin.lsp.cursor import Cursor, find_cursor
from tocsin.lsp.edit import find_edit
from tocsin.lsp.findings import location_of, quick_fix
from tocsin.lsp.names import defined_names, find_references, locate
from tocsin.lsp.place import Place
from tocsin.lsp.renaming import can_rename, rename
from tocsin.lsp.symbols import outline
from tocsin.source.document import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.lsp.names import Reference
    from tocsin.lsp.project import Project
    from tocsin.lsp.session import Session

_MOST_FINDINGS = 3


class Answers:
    """Answers from the open documents and the newest plan of their project."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def place(self, uri: str, position: types.Position) -> Place | None:
        """A position; None in a document that is not open, or holds no alerting."""
        path = path_of_uri(uri)
        buffer = None if path is None else self._session.buffers.get(path)
        known = None if path is None or buffer is None else self._session.project_of(path)
        if buffer is None or known is None:
            return None
        offset = self._session.positions.offset(buffer.document, position)
        cursor = find_cursor(buffer.document, offset)
        here = buffer.document.name
        # What is so in other estates says nothing of this file.
        of_file = tuple(
            one
            for one in known.plans
            if one.estate is None or any(document.name == here for document in one.documents)
        )
        return Place(buffer.document, offset, cursor, known, of_file or known.plans)

    def hover(self, given: types.HoverParams) -> types.Hover | None:
        """What is known of the thing at a position, and of the findings there."""
        # What takes the models of a spec is loaded when somebody asks, after the first findings.
        from tocsin.lsp.explanations import explain_check, explain_key, explain_name, explain_rules

        place = self.place(given.text_document.uri, given.position)
        if place is None:
            return None
        reference, cursor = place.reference(), place.cursor
        parts: list[str | None] = []
        if reference is not None:
            parts.append(explain_name(reference, place.plans))
        if place.is_spec:
            parts.append(explain_key(_key_path(cursor)))
            parts.append(explain_rules(cursor.path, place.plans))
        if "/" in str(cursor.path[-1:]):
            parts.append(explain_check(str(cursor.path[-1])))
        found = self._session.findings_at(given.text_document.uri, given.position)
        parts += [explain_check(id_) for id_ in found[:_MOST_FINDINGS]]
        said = "\n\n---\n\n".join(part for part in parts if part)
        if not said:
            return None
        span = Span(place.document, *cursor.span)
        content = types.MarkupContent(types.MarkupKind.Markdown, said)
        return types.Hover(content, self._session.positions.range(span))

    def definition(self, given: types.DefinitionParams) -> list[types.Location]:
        """Where the name at a position is defined, in any environment."""
        place = self.place(given.text_document.uri, given.position)
        reference = None if place is None else place.reference()
        if place is None or reference is None:
            return []
        found = (locate(reference, one, defined_names(one)) for one in place.plans)
        return self._locations((span for span in found if span is not None), place.known)

    def references(self, given: types.ReferenceParams) -> list[types.Location]:
        """Where the name at a position is used, and defined."""
        place = self.place(given.text_document.uri, given.position)
        reference = None if place is None else place.reference()
        if place is None or reference is None:
            return []
        return self._locations(find_references(reference, place.plans), place.known)

    def can_rename(self, given: types.PrepareRenameParams) -> types.Range | None:
        """The name at a position that can be given another one; None where nothing can."""
        found = self._renamable(given)
        if found is None:
            return None
        place, _ = found
        return self._session.positions.range(Span(place.document, *place.cursor.span))

    def rename(self, given: types.RenameParams) -> types.WorkspaceEdit | None:
        """The edits of all files for another name; None where places have changed.

        UnusableNameError where it cannot be used.
        """
        found = self._renamable(given)
        if found is None:
            return None
        place, reference = found
        changes: dict[str, list[types.TextEdit]] = {}
        for span, text in rename(reference, given.new_name, place.plans):
            where = self._location(span, place.known)
            if where is None:
                # What was typed since is not known yet: better nothing than half of it.
                return None
            changes.setdefault(where.uri, []).append(types.TextEdit(where.range, text))
        return types.WorkspaceEdit(changes) if changes else None

    def _renamable(
        self, given: types.PrepareRenameParams | types.RenameParams
    ) -> tuple[Place, Reference] | None:
        """The name at a position that can be given another one."""
        place = self.place(given.text_document.uri, given.position)
        reference = None if place is None else place.reference()
        if place is None or reference is None:
            return None
        return (place, reference) if can_rename(reference, place.plans) else None

    def completion(self, given: types.CompletionParams) -> types.CompletionList:
        """What can be written at a position."""
        from tocsin.lsp.completion import complete

        place = self.place(given.text_document.uri, given.position)
        return types.CompletionList(False, [] if place is None else complete(place))

    def actions(self, given: types.CodeActionParams) -> list[types.CodeAction]:
        """The edits that fix findings at a range, as they were shown."""
        found = (quick_fix(one, self._written) for one in given.context.diagnostics)
        return [one for one in found if one is not None]

    def formatting(self, given: types.DocumentFormattingParams) -> list[types.TextEdit]:
        """The edit that lays out a file of a spec; none where it is laid out, or cannot be."""
        from tocsin.formatting import format_spec_file

        place = self.place(given.text_document.uri, types.Position(0, 0))
        if place is None or not place.is_spec:
            return []
        text = format_spec_file(place.document).text
        edit = find_edit(place.document.text, text)
        if edit is None:
            return []
        changed = Span(place.document, edit.start, edit.old_end)
        return [types.TextEdit(self._session.positions.range(changed), text[edit.start : edit.new_end])]

    def _written(self, uri: str, place: types.Range) -> str | None:
        """What is written in an open document; None where it is not open."""
        path = path_of_uri(uri)
        buffer = None if path is None else self._session.buffers.get(path)
        if buffer is None:
            return None
        offset = self._session.positions.offset
        text = buffer.document.text
        return text[offset(buffer.document, place.start) : offset(buffer.document, place.end)]

    def symbols(self, given: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        """The outline of a document."""
        path = path_of_uri(given.text_document.uri)
        buffer = None if path is None else self._session.buffers.get(path)
        known = None if path is None or buffer is None else self._session.project_of(path)
        if buffer is None or known is None:
            return []
        file = known.sound_file(buffer.document.name)
        if file is None:
            return []

        def carry(span: Span) -> Span | None:
            return self._session.carry_from(file.document, span)

        return [
            symbol for node in file.stream.nodes for symbol in outline(node, carry, self._session.positions)
        ]

    def _locations(self, spans: Iterable[Span], known: Project) -> list[types.Location]:
        found = (self._location(span, known) for span in dict.fromkeys(spans))
        return [one for one in found if one is not None]

    def _location(self, span: Span, known: Project) -> types.Location | None:
        carried = self._session.carry(span, known)
        return None if carried is None else location_of(carried, self._session.positions)


def _key_path(cursor: Cursor) -> tuple[str | int, ...]:
    """The path of the key that a position is on, or in whose value it is."""
    path = cursor.path
    while path and isinstance(path[-1], int):
        path = path[:-1]
    return path
