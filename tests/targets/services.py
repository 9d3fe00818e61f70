"""The services that Alertmanager notifies, as far as it needs to take a message for delivered."""

from __future__ import annotations

import contextlib
import json
import ssl
import subprocess
import threading
from dataclasses import dataclass, field
from email import message_from_string, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from tocsin.engines import sink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

_TAKEN = {
    "ok": True,
    "success": True,
    "errcode": 0,
    "access_token": "t",
    "issues": [],
    "key": "OPS-1",
    "result": {"message_id": 1, "chat": {"id": 1}},
}
"""What the services answer, all in one."""
_TAKEN_BY_SNS = (
    '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>'
    "<MessageId>1</MessageId></PublishResult></PublishResponse>"
)


@dataclass
class Services:
    """One server for all of them; each integration has a path of its own."""

    port: int
    mail_port: int
    bodies: list[tuple[str, str]] = field(default_factory=list)
    """The path and the text of each request that has one."""

    def url(self, integration: str) -> str:
        return f"http://127.0.0.1:{self.port}/{integration}/"

    def redirected(self, integration: str) -> dict[str, Any]:
        """The keys that lead an integration here, in place of those that name files."""
        url = self.url(integration)
        by_url = {"webhook_url": url}
        keys: dict[str, dict[str, Any]] = {
            "discord": by_url,
            "email": {"smarthost": f"127.0.0.1:{self.mail_port}", "require_tls": False},
            "jira": {"api_url": url, "api_type": "datacenter"},
            "mattermost": by_url,
            "msteams": by_url,
            "msteamsv2": by_url,
            "opsgenie": {"api_url": url, "api_key": "k"},
            "pagerduty": {"url": url, "routing_key": "k"},
            "pushover": {
                "user_key": "u",
                "token": "t",
                "http_config": {
                    "proxy_url": f"http://127.0.0.1:{self.port}",
                    "tls_config": {"insecure_skip_verify": True},
                },
            },
            "rocketchat": {"api_url": url, "token": "t", "token_id": "i"},
            "slack": {"api_url": url, "channel": "#ops"},
            "sns": {
                "api_url": url,
                "sigv4": {"region": "eu-central-1", "access_key": "a", "secret_key": "s"},
            },
            "telegram": {"api_url": url.rstrip("/"), "bot_token": "t"},
            "victorops": {"api_url": url, "api_key": "k"},
            "webex": {"api_url": url, "http_config": {"authorization": {"credentials": "c"}}},
            "wechat": {"api_url": url, "api_secret": "s", "to_user": "u", "agent_id": "1"},
        }
        return keys[integration]

    def texts(self) -> Iterator[tuple[str, dict[str, str], int]]:
        """The integration, the texts by key, and the bytes of each message that came."""
        for path, body in list(self.bodies):
            page, _, query = path.partition("?")
            name = "pushover" if page == "/1/messages.json" else page.split("/")[1]
            form = {key: values[0] for key, values in parse_qs(body or query).items()}
            document = json.loads(body) if body[:1] == "{" else form
            if (read := _TEXTS.get(name)) is not None and (texts := read(document)):
                yield name, texts, len(body.encode())
        for mail in list(sink._mails):
            parsed = message_from_string(mail["text"], policy=policy.default)
            bodies = {part.get_content_subtype(): part for part in parsed.walk() if not part.is_multipart()}
            texts = {kind: str(part.get_content()) for kind, part in bodies.items()}
            yield "email", {"subject": str(parsed["Subject"]), **texts}, len(mail["text"].encode())


def _first(document: Mapping[str, Any], key: str, *texts: str) -> dict[str, str]:
    return {text: document[key][0][text] for text in texts} if document.get(key) else {}


_TEXTS: dict[str, Callable[[Any], dict[str, str]]] = {
    "discord": lambda got: {"title": got["embeds"][0]["title"], "message": got["embeds"][0]["description"]},
    "jira": lambda got: {key: got["fields"][key] for key in ("summary", "description") if "jql" not in got},
    "mattermost": lambda got: _first(got, "attachments", "text"),
    "msteams": lambda got: {key: got[key] for key in ("title", "text")},
    "msteamsv2": lambda got: dict(
        zip(
            ("title", "text"),
            (block["text"] for block in got["attachments"][0]["content"]["body"]),
            strict=True,
        )
    ),
    "opsgenie": lambda got: {key: got[key] for key in ("message", "description")},
    "pagerduty": lambda got: {
        "description": got["payload"]["summary"],
        "details": got["payload"]["custom_details"]["firing"],
        "resolved": got["payload"]["custom_details"]["resolved"] or "",
    },
    "pushover": lambda got: {key: got[key] for key in ("title", "message")},
    "rocketchat": lambda got: _first(got, "attachments", "title", "text"),
    "slack": lambda got: _first(got, "attachments", "title", "text"),
    "sns": lambda got: {"message": got["Message"]},
    "telegram": lambda got: {"message": got["text"]},
    "victorops": lambda got: {key: got[key] for key in ("entity_display_name", "state_message")},
    "webex": lambda got: {"message": got["markdown"]},
    "wechat": lambda got: {"message": got["text"]["content"]},
}


@contextlib.contextmanager
def services(folder: Path) -> Iterator[Services]:
    """The services while the block runs."""
    key = folder / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=api.pushover.net"]
    subprocess.run([*made, "-keyout", key, "-out", folder / "cert.pem"], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "cert.pem", key)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            kept.bodies.append((self.path, body))
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def do_CONNECT(self) -> None:
            # Pushover has one address, which only a proxy can lead elsewhere.
            self.send_response(200)
            self.end_headers()
            self.connection = tls.wrap_socket(self.connection, server_side=True)
            with self.connection, self.connection.makefile("rb") as self.rfile:
                self.wfile = self.connection.makefile("wb", 0)
                self.handle_one_request()
            self.close_connection = True

        def _answer(self) -> None:
            is_sns = self.path.startswith("/sns")
            said = (_TAKEN_BY_SNS if is_sns else json.dumps(_TAKEN)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/xml" if is_sns else "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    mail = sink.MailServer(("127.0.0.1", 0), sink.Mail)
    sink._mails.clear()
    kept = Services(server.server_address[1], mail.server_address[1])
    threads = [
        threading.Thread(target=one.serve_forever, args=(0.05,), daemon=True) for one in (server, mail)
    ]
    for thread in threads:
        thread.start()
    try:
        yield kept
    finally:
        for one in (server, mail):
            one.shutdown()
            one.server_close()
        for thread in threads:
            thread.join(5)
