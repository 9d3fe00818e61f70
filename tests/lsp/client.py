"""A client of the language server, which talks to the process as an editor does."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATIENCE = 60.0
"""Seconds after which an answer is missed."""


class Client:
    """The process, the documents that are open in it, and all that it has said."""

    def __init__(self, *folders: Path, encodings: tuple[str, ...] = ("utf-16",)) -> None:
        command = [sys.executable, "-m", "tocsin", "lsp", "--stdio"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.said: list[dict[str, Any]] = []
        self._heard: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._number = 0
        self._versions: dict[Path, int] = {}
        threading.Thread(target=self._read, daemon=True).start()
        self.capabilities = self.request(
            "initialize",
            processId=None,
            rootUri=None,
            workspaceFolders=[{"uri": one.as_uri(), "name": one.name} for one in folders] or None,
            capabilities={"general": {"positionEncodings": list(encodings)}},
        )["capabilities"]
        self.notify("initialized")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.request("shutdown")
            self.notify("exit")
            self.process.wait(PATIENCE)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def notify(self, method: str, **params: Any) -> None:
        """Say something that has no answer."""
        self._write({"method": method, "params": params})

    def request(self, method: str, **params: Any) -> Any:
        """The answer to a request; ValueError where it is an error."""
        number = self.send(method, **params)
        answer = self.wait(lambda one: one.get("id") == number and "method" not in one)
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["result"]

    def send(self, method: str, **params: Any) -> int:
        """Ask without waiting; the number of the request."""
        self._number += 1
        self._write({"id": self._number, "method": method, "params": params or None})
        return self._number

    def wait(self, is_meant: Callable[[dict[str, Any]], bool], patience: float = PATIENCE) -> dict[str, Any]:
        """The next message that is meant; TimeoutError when none comes."""
        while True:
            try:
                message = self._heard.get(timeout=patience)
            except queue.Empty:
                raise TimeoutError(self.said[-3:]) from None
            if message is None:
                raise EOFError("the server has ended")
            if is_meant(message):
                return message

    def open(self, path: Path, text: str | None = None) -> None:
        """Open a document, which need not be as it is stored."""
        self._versions[path] = 1
        text = path.read_bytes().decode() if text is None else text
        item = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self.notify("textDocument/didOpen", textDocument=item)

    def change(self, path: Path, text: str, span: tuple[int, int, int, int] | None = None) -> int:
        """Change a document as a whole, or what is between two positions; its version afterwards."""
        self._versions[path] += 1
        change: dict[str, Any] = {"text": text}
        if span is not None:
            change["range"] = _range(*span)
        self.notify(
            "textDocument/didChange",
            textDocument={"uri": path.as_uri(), "version": self._versions[path]},
            contentChanges=[change],
        )
        return self._versions[path]

    def diagnostics(
        self, path: Path, version: int | None = None, *, until: Callable[[set[str]], bool] | None = None
    ) -> list[dict[str, Any]]:
        """The next findings shown for a file, at a version and with the codes that are waited for."""

        def is_meant(message: dict[str, Any]) -> bool:
            if message.get("method") != "textDocument/publishDiagnostics":
                return False
            params = message["params"]
            codes = {one["code"] for one in params["diagnostics"]}
            return (
                params["uri"] == path.as_uri()
                and (version is None or params.get("version") == version)
                and (until is None or until(codes))
            )

        found: list[dict[str, Any]] = self.wait(is_meant)["params"]["diagnostics"]
        return found

    def hover(self, path: Path, text: str, needle: str, inside: int = 1) -> str:
        """What is shown at a part of a document; an empty string where there is nothing."""
        answer = self.at("hover", path, *place(text, needle, inside))
        return "" if answer is None else str(answer["contents"]["value"])

    def settle(self, path: Path) -> None:
        """Wait until the project of an open document has been checked: then the document has an outline."""
        end = time.monotonic() + PATIENCE
        while not self.request("textDocument/documentSymbol", textDocument={"uri": path.as_uri()}):
            if time.monotonic() > end:
                raise TimeoutError(self.said[-3:])
            time.sleep(0.05)

    def at(self, method: str, path: Path, line: int, character: int, **more: Any) -> Any:
        """The answer to a request about a position."""
        return self.request(
            f"textDocument/{method}",
            textDocument={"uri": path.as_uri()},
            position={"line": line, "character": character},
            **more,
        )

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        try:
            while header := stream.readline():
                length = int(header.split(b":")[1])
                while stream.readline().strip():
                    pass
                message = json.loads(stream.read(length))
                self.said.append(message)
                self._heard.put(message)
        except ValueError:
            pass
        self._heard.put(None)

    def _write(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()


def _range(line: int, character: int, end_line: int, end_character: int) -> dict[str, Any]:
    return {
        "start": {"line": line, "character": character},
        "end": {"line": end_line, "character": end_character},
    }


def range_of(found: dict[str, Any]) -> tuple[int, int, int, int]:
    """The range of a finding or a location as four numbers."""
    start, end = found["range"]["start"], found["range"]["end"]
    return start["line"], start["character"], end["line"], end["character"]


def place(text: str, needle: str, inside: int = 0) -> tuple[int, int]:
    """Line and character of a part of a text, or of a place so many letters into it."""
    at = text.index(needle) + inside
    line = text.rfind("\n", 0, at) + 1
    return text.count("\n", 0, at), len(text[line:at].encode("utf-16-le")) // 2
