"""A ruler as Mimir and Loki have it, strict in what it takes, which can be made to fail.

It answers as `pkg/ruler/api.go` of Mimir and `pkg/ruler/base/api.go` of Loki do: what it stores is written
anew from its own fields, so that those it has no field for are gone, as `limit` is in Mimir and
`keep_firing_for` in Loki.
"""

from __future__ import annotations

import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_GROUP = {"mimir": ("name", "interval", "query_offset"), "loki": ("name", "interval", "limit")}
_RULE = {
    "mimir": ("record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"),
    "loki": ("record", "alert", "expr", "for", "labels", "annotations"),
}
_KNOWN_OF_GROUP = {"name", "interval", "query_offset", "limit", "labels", "rules"}
PATHS = {"mimir": "/prometheus/config/v1/rules", "loki": "/loki/api/v1/rules"}


@dataclass
class Ruler:
    """What a ruler has stored, what it was asked, and how it behaves."""

    program: str = "mimir"
    most_rules: int = 0
    most_groups: int = 0
    stored: dict[str, dict[str, dict[str, dict[str, Any]]]] = field(default_factory=dict)
    """By tenant, namespace and group."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of each request."""
    headers: list[dict[str, str]] = field(default_factory=list)
    fails_at: int | None = None
    """The number of the request that goes wrong, from 0."""
    failure: str = "error"
    """`error`: it is refused; `lost`: it is done, and the answer does not arrive; `silent`: nothing comes."""
    url: str = ""
    echoes: bool = False
    redirect: str = ""
    answer: str = ""
    """What it lists, if not its groups."""
    forgets: str = ""
    """A key of rules that it takes and does not keep."""

    def namespace(self, tenant: str, name: str) -> dict[str, dict[str, Any]]:
        return self.stored.setdefault(tenant, {}).setdefault(name, {})

    def writes(self) -> list[tuple[str, str]]:
        return [one for one in self.asked if one[0] != "GET"]

    def put(self, tenant: str, namespace: str, text: str) -> tuple[int, str]:
        value = yaml.safe_load(text)
        if not isinstance(value, dict) or value.keys() - _KNOWN_OF_GROUP or not value.get("name"):
            return 400, "unable to decoded rule group"
        for rule in value["rules"]:
            if rule.keys() - set(_RULE["mimir"]) or ("alert" in rule) == ("record" in rule):
                return 400, "could not parse rule"
        if self.most_rules and len(value["rules"]) > self.most_rules:
            return 400, f"per-user rules per rule group limit (limit: {self.most_rules})"
        count = sum(map(len, self.stored.get(tenant, {}).values()))
        if self.most_groups and count + 1 > self.most_groups:
            return 400, f"per-user rule groups limit (limit: {self.most_groups}) exceeded"
        kept = {key: value[key] for key in _GROUP[self.program] if value.get(key)}
        rules = [
            {key: rule[key] for key in _RULE[self.program] if rule.get(key) and key != self.forgets}
            for rule in value["rules"]
        ]
        self.namespace(tenant, namespace)[value["name"]] = {**kept, "rules": rules}
        return 202, '{"status":"success","data":null,"errorType":"","error":""}'

    def remove(self, tenant: str, namespace: str, group: str) -> tuple[int, str]:
        groups = self.stored.get(tenant, {}).get(namespace, {})
        if groups.pop(group, None) is None:
            return 404, "group does not exist"
        if not groups:
            del self.stored[tenant][namespace]
        return 202, '{"status":"success","data":null,"errorType":"","error":""}'

    def list(self, tenant: str) -> tuple[int, str]:
        if self.answer:
            return 200, self.answer
        namespaces = {
            name: [*groups.values()] for name, groups in self.stored.get(tenant, {}).items() if groups
        }
        if not namespaces:
            return (200, "{}\n") if self.program == "mimir" else (404, "no rule groups found\n")
        return 200, yaml.safe_dump(namespaces)


@contextmanager
def serving(ruler: Ruler, certificate: Path | None = None) -> Iterator[Ruler]:
    """Serve at `ruler.url` until the end of the block, over TLS with a certificate that holds its key."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:
            self._handle()

        def do_POST(self) -> None:
            self._handle()

        def do_DELETE(self) -> None:
            self._handle()

        def _handle(self) -> None:
            number = len(ruler.asked)
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            ruler.asked.append((self.command, self.path))
            ruler.headers.append(dict(self.headers.items()))
            failing = ruler.fails_at == number
            if ruler.redirect:
                self.send_response(302)
                self.send_header("Location", ruler.redirect)
                self.end_headers()
                return
            if failing and ruler.failure == "error":
                self._answer(500, "the object store is not there")
                return
            if failing and ruler.failure == "silent":
                self.close_connection = True
                return
            status, text = self._done(body)
            if ruler.echoes:
                status, text = 401, f"refused: {self.headers.get('Authorization')}"
            if failing:
                self.close_connection = True
                return
            self._answer(status, text)

        def _done(self, body: str) -> tuple[int, str]:
            tenant = self.headers.get("X-Scope-OrgID", "anonymous")
            if not self.path.startswith(PATHS[ruler.program]):
                return 404, "404 page not found"
            parts = [unquote(part) for part in self.path.removeprefix(PATHS[ruler.program]).split("/")[1:]]
            if self.command == "GET" and not parts:
                return ruler.list(tenant)
            if self.command == "POST" and len(parts) == 1:
                if self.headers.get("Content-Type") != "application/yaml":
                    return 415, "no YAML"
                return ruler.put(tenant, parts[0], body)
            if self.command == "DELETE" and len(parts) == 2:
                return ruler.remove(tenant, parts[0], parts[1])
            return 405, "method not allowed"

        def _answer(self, status: int, text: str) -> None:
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    ruler.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_address[1]}"
    try:
        yield ruler
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
