"""A program that accepts whatever is sent to it, and reports what it received.

It stands in for every receiver (webhooks and mail) and, for Prometheus and Loki, for Alertmanager. It uses
nothing but the standard library, so that it runs as one file in a bare Python image:
`python sink.py ADDRESS HTTP_PORT SMTP_PORT`. `GET /recorded` answers a JSON object: `posts`, each with
`path` and `body`; and `mails`, each with `hello` (how the sender introduced itself), `to`, and `text`.
"""

from __future__ import annotations

import json
import socketserver
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_LARGEST = 64 * 1024 * 1024
_LONGEST_LINE = 64 * 1024
_SILENCE = 60.0

_lock = threading.Lock()
_posts: list[dict[str, Any]] = []
_mails: list[dict[str, Any]] = []


class Hooks(BaseHTTPRequestHandler):
    """Webhooks, and the API through which Prometheus and Loki send alerts."""

    timeout = _SILENCE

    def do_POST(self) -> None:
        """Record what was sent."""
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= _LARGEST:
            self.send_error(413)
            return
        raw = self.rfile.read(length)
        try:
            body = json.loads(raw)
        except ValueError:
            body = raw.decode("utf-8", "replace")
        with _lock:
            _posts.append({"path": self.path, "body": body})
        self._answer({})

    def do_GET(self) -> None:
        """Report what was received."""
        with _lock:
            said = {"posts": list(_posts), "mails": list(_mails)} if self.path == "/recorded" else {}
        self._answer(said)

    def _answer(self, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: what was received is reported on request."""


class Mail(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as a client needs to hand over a mail."""

    timeout = _SILENCE

    def handle(self) -> None:
        """Take the mails of one connection."""
        hello = ""
        to: list[str] = []
        self._say("220 recorder")
        while line := self.rfile.readline(_LONGEST_LINE):
            words = line.decode("utf-8", "replace").strip()
            verb = words[:4].upper()
            if verb in ("EHLO", "HELO"):
                hello, to = words[5:], []
                self._say("250 recorder")
            elif verb == "RCPT":
                to.append(words.partition(":")[2].strip(" <>"))
                self._say("250 taken")
            elif verb == "DATA":
                self._say("354 go on")
                text = self._data()
                with _lock:
                    _mails.append({"hello": hello, "to": to, "text": text})
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 taken")

    def _data(self) -> str:
        lines: list[bytes] = []
        size = 0
        while (line := self.rfile.readline(_LONGEST_LINE)) and line.rstrip(b"\r\n") != b".":
            size += len(line)
            if size <= _LARGEST:
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines).decode("utf-8", "replace")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """A thread for each connection."""

    allow_reuse_address = True
    daemon_threads = True


def main(address: str, http_port: int, smtp_port: int) -> None:
    """Serve until the process is ended."""
    mail = MailServer((address, smtp_port), Mail)
    threading.Thread(target=mail.serve_forever, daemon=True).start()
    ThreadingHTTPServer((address, http_port), Hooks).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
