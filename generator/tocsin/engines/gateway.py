"""A program that forwards requests to the programs of its network, which has no way out and no way in.

It uses nothing but the standard library, so that it runs as one file in a bare Python image:
`python gateway.py ADDRESS PORT`. `/HOST:PORT/path` is forwarded as `/path` to a program of the network that
this one shares with the others. Whatever is behind its other network, by which it is asked, is refused.
"""

from __future__ import annotations

import http.client
import re
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_LARGEST = 64 * 1024 * 1024
_SILENCE = 60.0
_PATH = re.compile(r"/([A-Za-z0-9_.-]+):([0-9]{1,5})(/.*)")
_OWN = frozenset(("host", "connection", "content-length", "accept-encoding"))


class Forwarding(BaseHTTPRequestHandler):
    """One request, forwarded with its headers and its body."""

    timeout = _SILENCE

    def do_GET(self) -> None:
        """Forward the request; at `/`, answer that the gateway is up."""
        if self.path == "/":
            self._answer(200, "application/json", b"{}")
        else:
            self._forward()

    def do_POST(self) -> None:
        """Forward it with its body."""
        self._forward()

    def _forward(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        asked = _PATH.fullmatch(self.path)
        if asked is None or not 0 <= length <= _LARGEST:
            self._answer(400, "text/plain", b"the path is /HOST:PORT/path")
            return
        host, port, path = asked[1], int(asked[2]), asked[3]
        body = self.rfile.read(length)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _OWN}
        try:
            address = _inside(host)
            if address is None:
                self._answer(403, "text/plain", f"{host} is not in the network of the programs".encode())
                return
            connection = http.client.HTTPConnection(address, port, timeout=_SILENCE)
            connection.request(self.command, path, body or None, headers)
            answer = connection.getresponse()
            said = answer.read()
            self._answer(answer.status, answer.getheader("Content-Type") or "text/plain", said)
        except (OSError, http.client.HTTPException, OverflowError) as error:
            self._answer(502, "text/plain", f"{host}:{port} does not answer: {error}".encode())

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: the caller gets the answer."""


def _inside(host: str) -> str | None:
    """The address of a host, unless it is reached through the network that requests come from."""
    address = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0]
    return str(address) if _way(str(address)) not in (_way("192.0.2.1"), "127.0.0.1") else None


def _way(address: str) -> str:
    """The address of this machine from which another one is reached; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((address, 9))
        except OSError:
            return "none"
        return str(probe.getsockname()[0])


def main(address: str, port: int) -> None:
    """Serve until the process is ended."""
    ThreadingHTTPServer((address, port), Forwarding).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
