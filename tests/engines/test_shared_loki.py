"""A Loki that runs already and is named by its address: what of it is asked before a line goes to it."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tocsin.engines.loki import shared_loki
from tocsin.engines.program import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def _serving(configuration: str, kind: str) -> Iterator[str]:
    """The address of a program that answers with this on every path."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(configuration.encode())

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_loki_that_keeps_tenants_apart_is_used() -> None:
    with _serving("target: all\nauth_enabled: true\n", "text/plain") as url:
        assert shared_loki(url).url == url


@pytest.mark.parametrize(
    ("configuration", "kind", "said"),
    [
        ("target: all\nauth_enabled: false\n", "text/plain", "does not keep tenants apart"),
        ("<html>Grafana</html>", "text/html", "/config is not the configuration of a Loki"),
        ('{"status": "success"}', "application/json", "/config is not the configuration of a Loki"),
    ],
)
def test_any_other_program_is_refused_with_the_reason(configuration: str, kind: str, said: str) -> None:
    with _serving(configuration, kind) as url, pytest.raises(EngineError, match=said):
        shared_loki(url)
