"""The protocol: which requests of an editor are answered, and by what."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from tocsin import __version__
from tocsin.interruption import end_on_signals
from tocsin.lsp.answers import Answers
from tocsin.lsp.buffers import path_of_uri
from tocsin.lsp.positions import Positions
from tocsin.lsp.renaming import UnusableNameError
from tocsin.lsp.session import Session
from tocsin.text.secret_looks import without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class _Server(LanguageServer):
    """A server whose messages hold nothing of a file, as there may be a secret in it."""

    def report_server_error(self, error: Exception, source: Any) -> None:  # noqa: ARG002
        """Log that a request could not be answered; the next one can."""
        _log(self)(f"a request could not be answered ({type(error).__name__})")


def make_server() -> LanguageServer:
    """The server with all that it answers."""
    server = _Server("tocsin", __version__, types.TextDocumentSyncKind.Incremental)
    session = Session(server.text_document_publish_diagnostics, _log(server))
    _answer_lifecycle(server, session)
    _answer_documents(server, session)
    _answer_questions(server, Answers(session))
    return server


def serve() -> None:
    """Answer an editor on standard input and output until it says that it ends, or is gone."""
    logging.getLogger("pygls").addHandler(logging.NullHandler())
    logging.getLogger("pygls").propagate = False
    end_on_signals()
    # Whatever else is printed would be taken for a message.
    sys.stdout = sys.stderr
    with open(0, "rb", closefd=False) as asked, open(1, "wb", closefd=False) as answered:
        make_server().start_io(asked, answered)


def _log(server: LanguageServer) -> Callable[[str], None]:
    def log(message: str) -> None:
        shown = without_secrets(message)
        server.window_log_message(types.LogMessageParams(types.MessageType.Warning, shown))

    return log


def _answer_lifecycle(server: LanguageServer, session: Session) -> None:
    @server.feature(types.INITIALIZED)
    def initialized(_: types.InitializedParams) -> None:
        session.positions = Positions(server.workspace.position_encoding or "utf-16")
        session.start(_folders(server))

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders_changed(_: types.DidChangeWorkspaceFoldersParams) -> None:
        session.start(_folders(server))

    @server.feature(types.SHUTDOWN)
    def shutdown(_: None) -> None:
        session.stop()


def _answer_documents(server: LanguageServer, session: Session) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(given: types.DidOpenTextDocumentParams) -> None:
        session.open(given.text_document)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(given: types.DidChangeTextDocumentParams) -> None:
        session.change(given.text_document, given.content_changes)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(given: types.DidCloseTextDocumentParams) -> None:
        session.close(given.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(given: types.DidSaveTextDocumentParams) -> None:
        session.stored([path_of_uri(given.text_document.uri)])

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def stored(given: types.DidChangeWatchedFilesParams) -> None:
        session.stored(path_of_uri(change.uri) for change in given.changes)


def _answer_questions(server: LanguageServer, answers: Answers) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(given: types.HoverParams) -> types.Hover | None:
        return answers.hover(given)

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[".", "(", "{", " "])
    )
    def completion(given: types.CompletionParams) -> types.CompletionList:
        return answers.completion(given)

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(given: types.DefinitionParams) -> list[types.Location]:
        return answers.definition(given)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions([types.CodeActionKind.QuickFix]))
    def actions(given: types.CodeActionParams) -> list[types.CodeAction]:
        return answers.actions(given)

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def formatting(given: types.DocumentFormattingParams) -> list[types.TextEdit]:
        return answers.formatting(given)

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def references(given: types.ReferenceParams) -> list[types.Location]:
        return answers.references(given)

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def can_rename(given: types.PrepareRenameParams) -> types.Range | None:
        return answers.can_rename(given)

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def rename(given: types.RenameParams) -> types.WorkspaceEdit | None:
        try:
            return answers.rename(given)
        except UnusableNameError as error:
            raise JsonRpcInvalidParams(str(error)) from None

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(given: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        return answers.symbols(given)


def _folders(server: LanguageServer) -> list[Path]:
    """The folders that are open; without any, the one that the editor names as its root."""
    named = [folder.uri for folder in server.workspace.folders.values()]
    root = server.workspace.root_uri
    uris = named or ([root] if root else [])
    return [path for uri in uris if (path := path_of_uri(uri)) is not None]
