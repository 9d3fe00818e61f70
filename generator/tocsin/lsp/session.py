"""The documents open in an editor and their findings: first around an edit, then in the whole project."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from tocsin.errors import CommandError
from tocsin.lsp.buffer_reader import BufferReader
from tocsin.lsp.buffers import Buffer, path_of_uri
from tocsin.lsp.check_process import CheckProcess
from tocsin.lsp.check_result import CheckRequest
from tocsin.lsp.edit import find_edit
from tocsin.lsp.findings import shown_finding, uri_of
from tocsin.lsp.positions import Positions
from tocsin.lsp.project import Project
from tocsin.lsp.projects import find_project, folder_around, usual_project
from tocsin.source.document import Document, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence, Set

    from tocsin.diagnostics import Diagnostic
    from tocsin.lsp.check_result import CheckAnswer
    from tocsin.lsp.edit import Edit
    from tocsin.lsp.projects import Project as Paths

    Publish = Callable[[types.PublishDiagnosticsParams], None]
    Report = Callable[[str], None]

_SOON = 0.02
"""Seconds to wait after an edit, so that quick keystrokes are answered together."""
_LATER = 0.4
"""Seconds without an edit after which the whole project is checked."""
_IDLE = 1.0
"""Seconds after the first findings of a project until what an edit takes is loaded."""

_LARGE = 200_000
"""From this many characters, a file without alerting is not read again at each edit."""


class Session:
    """The open documents, and the projects that they belong to."""

    def __init__(self, publish: Publish, report: Report) -> None:
        self._publish = publish
        self._report = report
        self._projects: list[Project] = []
        self._of_file: dict[Path, Project | None] = {}
        self._soon: dict[Path, asyncio.TimerHandle] = {}
        self._checks = CheckProcess()
        self._shown: dict[str, list[types.Diagnostic]] = {}
        self._published: dict[str, tuple[int | None, list[types.Diagnostic]]] = {}
        """What the editor was told last of each file: the version, and the findings in their order."""
        self._edits: dict[str, tuple[str, str, Edit | None]] = {}
        self.buffers: dict[Path, Buffer] = {}
        self.folders: list[Path] = []
        self.positions = Positions()

    def start(self, folders: Iterable[Path]) -> None:
        """Open folders, and check what `tocsin check` would check in each."""
        self.folders = list(folders)
        self._of_file.clear()
        for folder in self.folders:
            try:
                paths = usual_project(folder)
            except (CommandError, OSError) as error:
                self._report(str(error))
                continue
            if paths is not None:
                self._check_later(self._project(paths), 0)
        for path in self.buffers:
            self.check(path)

    def stop(self) -> None:
        """End what is being checked, and start no further work."""
        self._checks.stop()

    def open(self, document: types.TextDocumentItem) -> None:
        """A document is open from now on, with a text of its own."""
        path = path_of_uri(document.uri)
        if path is not None:
            text = Document(path.as_posix(), document.text)
            self.buffers[path] = Buffer(document.uri, document.version, text)
            self.check(path)

    def change(
        self,
        document: types.VersionedTextDocumentIdentifier,
        changes: Sequence[types.TextDocumentContentChangeEvent],
    ) -> None:
        """The text of an open document has changed."""
        path = path_of_uri(document.uri)
        if path is not None and (buffer := self.buffers.get(path)) is not None:
            buffer.apply(changes, self.positions)
            buffer.version = document.version
            if self._of_file.get(path) is None and len(buffer.document.text) < _LARGE:
                # It may hold alerting by now.
                self._of_file.pop(path, None)
            if path not in self._soon:
                loop = asyncio.get_running_loop()
                self._soon[path] = loop.call_later(_SOON, self._check_edit, path)

    def close(self, uri: str) -> None:
        """From now on, the stored file counts again."""
        path = path_of_uri(uri)
        if path is not None and self.buffers.pop(path, None) is not None:
            project = self._of_file.pop(path, None)
            if project is None or not project.paths.holds(path):
                return
            if project.paths.paths == (path,):
                self._projects.remove(project)
                self._show_none(project, uri_of(path.as_posix()))
            else:
                self._check_later(project)

    def stored(self, paths: Iterable[Path | None]) -> None:
        """Files were written, made or removed."""
        for path in paths:
            for project in self._projects:
                if path is not None and project.paths.holds(path):
                    self._check_later(project)

    def check(self, path: Path) -> None:
        """Check the project of an open document as soon as nothing changes any more."""
        if (project := self.project_of(path)) is not None:
            self._check_later(project, _SOON)

    def project_of(self, path: Path) -> Project | None:
        """What is known of the project of an open document; None for one that holds no alerting."""
        if path not in self._of_file:
            self._of_file[path] = self._find_project(path)
        return self._of_file[path]

    def document(self, name: str) -> Document | None:
        """An open document, by the name that findings give it."""
        path = _path(name)
        buffer = self.buffers.get(path) or self.buffers.get(path.absolute())
        return None if buffer is None else buffer.document

    def carry(self, span: Span, project: Project) -> Span | None:
        """Where a part of a file is by now; None where it has changed since it was checked."""
        name = span.document.name
        checked = None if project.analysis is None else project.analysis.documents.get(name)
        document = self.document(name)
        if document is None:
            return Span(checked or span.document, span.start, span.end)
        before = project.checked.get(_path(name))
        if before is None and checked is not None and not name.endswith(".json"):
            before = checked.text
        edit = None if before is None else self._edit(name, before, document.text)
        carried = (span.start, span.end) if edit is None else edit.carry(span.start, span.end)
        return None if carried is None else Span(document, *carried)

    def carry_from(self, before: Document, span: Span) -> Span | None:
        """Where a part of a version of an open document is by now; None where it has changed."""
        document = self.document(before.name) or before
        edit = self._edit(before.name, before.text, document.text)
        carried = (span.start, span.end) if edit is None else edit.carry(span.start, span.end)
        return None if carried is None else Span(document, *carried)

    def _edit(self, name: str, before: str, text: str) -> Edit | None:
        """What differs between two versions of a document; thousands of places ask for the same two."""
        known = self._edits.get(name)
        if known is None or known[0] is not before or known[1] is not text:
            known = self._edits[name] = before, text, find_edit(before, text)
        return known[2]

    def findings_at(self, uri: str, position: types.Position) -> list[str]:
        """The checks whose findings are shown at a position."""
        at = position.line, position.character
        return list(
            dict.fromkeys(
                str(one.code)
                for one in self._shown.get(uri, ())
                if (one.range.start.line, one.range.start.character)
                <= at
                <= (one.range.end.line, one.range.end.character)
            )
        )

    def _find_project(self, path: Path) -> Project | None:
        folder = folder_around(path, self.folders)
        reader = BufferReader({path: one.document.text for path, one in self.buffers.items()}, {})
        try:
            paths = find_project(path, self.buffers[path].document.text, folder, reader)
        except (CommandError, OSError) as error:
            self._report(str(error))
            return None
        return None if paths is None else self._project(paths)

    def _project(self, paths: Paths) -> Project:
        for project in self._projects:
            if project.paths.paths == paths.paths:
                project.paths = paths
                return project
        self._projects.append(Project(paths))
        return self._projects[-1]

    def _check_edit(self, path: Path) -> None:
        """Show what is wrong around an edit, and check the whole a little later."""
        self._soon.pop(path, None)
        if path not in self.buffers or (project := self.project_of(path)) is None:
            return
        self._check_later(project)
        self._show_edit(project, self.buffers[path])

    def _show_edit(self, project: Project, buffer: Buffer) -> bool:
        """Show what is wrong around an edit; False where only a check of the whole can tell."""
        if project.analysis is None:
            return False
        # It takes all checks, which most sessions load when somebody begins to write.
        from tocsin.lsp.edit_check import check_edit

        found = check_edit(project.analysis, project.paths, buffer.document)
        if found is None:
            return False
        carried = [
            shown_finding(one, span, lambda span: self.carry(span, project), self.positions)
            for one in found.still_hold
            if one.span is not None and (span := self.carry(one.span, project)) is not None
        ]
        fresh = [
            shown_finding(one, one.span, self._as_it_is, self.positions)
            for one in found.findings
            if one.span is not None
        ]
        self._show(project, buffer.uri, [*fresh, *carried], buffer.version)
        return True

    def _as_it_is(self, span: Span) -> Span:
        return Span(self.document(span.document.name) or span.document, span.start, span.end)

    def _check_later(self, project: Project, seconds: float = _LATER) -> None:
        if project.timer is not None:
            project.timer.cancel()
        loop = asyncio.get_running_loop()
        project.timer = loop.call_later(seconds, self._start_check, project)

    def _start_check(self, project: Project) -> None:
        project.timer = None
        if project.is_running:
            project.is_outdated = True
            return
        project.is_running = True
        texts = {path: buffer.document.text for path, buffer in self.buffers.items()}
        paths = tuple(one.paths.paths for one in self._projects)
        done = self._checks.check(CheckRequest(project.paths, texts, paths))
        done.add_done_callback(lambda done: self._finish_check(project, texts, done))

    def _finish_check(
        self, project: Project, texts: dict[Path, str], done: asyncio.Future[CheckAnswer]
    ) -> None:
        project.is_running = False
        if done.cancelled():
            return
        analysis = done.result().analysis
        if analysis is not None:
            is_first = project.analysis is None
            project.take(analysis, texts)
            # The findings of the whole say nothing of what was edited meanwhile.
            edited = {
                buffer.uri
                for path, buffer in self.buffers.items()
                if path in texts and buffer.document.text != texts[path] and self._show_edit(project, buffer)
            }
            self._show_all(project, analysis.findings, but_not=edited)
            if is_first:
                asyncio.get_running_loop().call_later(_IDLE, self._prepare, project)
        else:
            self._report(done.result().refused)
        if project.is_outdated:
            project.is_outdated = False
            self._check_later(project, 0)

    def _prepare(self, project: Project) -> None:
        """Load what edits and completion take, before somebody waits for the first one."""
        import tocsin.lsp.completion  # noqa: F401
        from tocsin.lsp.edit_check import check_edit

        for buffer in self.buffers.values():
            document = buffer.document
            if project.analysis is not None and project.paths.holds(Path(document.name)):
                check_edit(project.analysis, project.paths, Document(document.name, f"{document.text}\n"))
                return

    def _show_all(self, project: Project, findings: Iterable[Diagnostic], but_not: Set[str]) -> None:
        by_uri: dict[str, list[types.Diagnostic]] = {}
        for one in findings:
            span = self._place(one, project)
            if span is not None:
                shown = shown_finding(one, span, lambda span: self.carry(span, project), self.positions)
                by_uri.setdefault(self._uri(span.document.name), []).append(shown)
        for uri in project.shown - by_uri.keys() - but_not:
            self._show(project, uri, [])
        for uri, shown_ones in by_uri.items():
            if uri not in but_not:
                self._show(project, uri, shown_ones)

    def _place(self, one: Diagnostic, project: Project) -> Span | None:
        """Where a finding is by now; one without a place is shown at the start of some open document."""
        if one.span is not None:
            return self.carry(one.span, project)
        inside = [buffer.document for path, buffer in self.buffers.items() if project.paths.holds(path)]
        return Span(inside[0], 0, 0) if inside else None

    def _uri(self, name: str) -> str:
        """The address of a file, written as the editor has it."""
        buffer = self.buffers.get(Path(name).absolute())
        return uri_of(name) if buffer is None else buffer.uri

    def _show(
        self, project: Project, uri: str, shown: list[types.Diagnostic], version: int | None = None
    ) -> None:
        if shown:
            project.shown.add(uri)
        else:
            project.shown.discard(uri)
        if version is None:
            path = path_of_uri(uri)
            buffer = None if path is None else self.buffers.get(path)
            version = None if buffer is None else buffer.version
        self._shown[uri] = shown
        in_order = sorted(shown, key=lambda one: (one.range.start.line, one.range.start.character))
        if self._published.get(uri) == (version, in_order):
            # The check of a large project finds the same in nearly all files each time.
            return
        self._published[uri] = version, in_order
        try:
            self._publish(types.PublishDiagnosticsParams(uri, in_order, version))
        except BrokenPipeError:
            # The editor is gone, and the server ends as soon as it reads that.
            self.stop()

    def _show_none(self, project: Project, uri: str) -> None:
        for one in {uri, *project.shown}:
            self._show(project, one, [])


@lru_cache(maxsize=1024)
def _path(name: str) -> Path:
    """The path of a document; each of thousands of findings asks for it."""
    return Path(name)
