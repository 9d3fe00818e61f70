"""A real Alertmanager on a free port of this machine, with a sink for what it sends."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tocsin.engines.program import Program

LONGEST_WAIT = 60.0


@dataclass
class Sink:
    """A webhook that keeps what it gets: pairs of the path and the document, in the order they came."""

    port: int
    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{name}"


@contextlib.contextmanager
def sink() -> Iterator[Sink]:
    """A sink while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.messages.append((self.path[1:], json.loads(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept = Sink(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@dataclass(frozen=True)
class Alertmanager:
    """A running Alertmanager."""

    port: int

    def request(self, method: str, path: str, body: object = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status == 200, said
            return json.loads(said) if said.strip().startswith((b"[", b"{", b'"')) else None
        finally:
            connection.close()

    def post(self, *alerts: dict[str, Any]) -> None:
        self.request("POST", "/api/v2/alerts", list(alerts))

    def alerts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.request("GET", "/api/v2/alerts")
        return found

    def groups(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.request("GET", "/api/v2/alerts/groups")
        return found


def wait_for(condition: Callable[[], bool], seconds: float = LONGEST_WAIT) -> bool:
    """Whether the condition came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return condition()


@contextlib.contextmanager
def running(program: Program, configuration: Path, folder: Path) -> Iterator[Alertmanager]:
    """An Alertmanager with a configuration while the block runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "alertmanager.log"
    with log.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(
            [
                str(program.path),
                f"--config.file={configuration}",
                f"--storage.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
            ],
            stdout=stream,
            stderr=stream,
            stdin=subprocess.DEVNULL,
        )
        try:
            server = Alertmanager(port)
            assert wait_for(lambda: _ready(server) or process.poll() is not None, 20), "no answer"
            assert process.poll() is None, log.read_text(encoding="utf-8")
            yield server
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def _ready(server: Alertmanager) -> bool:
    try:
        server.request("GET", "/-/ready")
    except (OSError, AssertionError, http.client.HTTPException):
        return False
    return True
