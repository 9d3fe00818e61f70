"""What Loki tells of alerts on logs becomes verdicts.

The Loki here only answers as one: it lets every rule fire in the tenants whose lines say so.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tocsin.engines.stack import Running
from tocsin.validate.logs import judge_logs
from tocsin.validate.verdicts import RuleKey, proven, skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tocsin.plan.model import Plan

    Made = Callable[[str], tuple[Plan, dict[str, str]]]

DECLINED = RuleKey("PaymentDeclined", "warning")


class PretendedLoki:
    """A stack of a Loki alone, whose ruler reads the files and finds `declined` in the lines."""

    kind = "programs"

    def __init__(self) -> None:
        self.missing: dict[str, str] = {}
        self.description = "0.7 payments a second are declined."
        self._declined: set[str] = set()
        self._evaluations = 0
        self._rules: Path
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say(told.answer(self.path, self.headers["X-Scope-OrgID"]))

            def do_POST(self) -> None:
                if b"declined" in self.rfile.read(int(self.headers["Content-Length"])):
                    told._declined.add(self.headers["X-Scope-OrgID"])
                self._say({})

            def _say(self, said: Any) -> None:
                content = json.dumps(said).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Print nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path: str, tenant: str) -> Any:
        groups = [
            group
            for file in (self._rules.glob(f"{tenant}/*.yaml") if tenant else ())
            for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
        ]
        alerts = [
            {
                "state": "firing",
                "labels": {"alertname": rule["alert"], **rule["labels"]},
                "annotations": {**rule["annotations"], "description": self.description},
            }
            for group in groups
            for rule in group["rules"]
            if tenant in self._declined
        ]
        if path.startswith("/prometheus/api/v1/alerts"):
            return {"data": {"alerts": alerts}}
        self._evaluations += 1
        told = [
            {
                "name": group["name"],
                # The one of the copy in a hurry is a second.
                "interval": 1 if group.get("interval") == "1s" else 60,
                "rules": [
                    {"name": rule["alert"], "labels": rule["labels"], "health": "ok", "alerts": alerts}
                    | {"lastEvaluation": str(self._evaluations)}
                    for rule in group["rules"]
                ],
            }
            for group in groups
        ]
        return {"data": {"groups": told}}

    def start(self, program: str, name: str, folder: Path, arguments: Sequence[str]) -> Running:
        del arguments
        self._rules = folder / "rules"
        url = f"http://127.0.0.1:{self.server.server_port}"
        return Running(program, name, url, {"http": url})

    def run(self, *_: object, timeout: float = 60.0) -> Any:
        raise AssertionError(timeout)

    def inside(self, folder: Path) -> str:
        return str(folder)

    def home(self, program: str) -> str:
        raise AssertionError(program)

    def alive(self, running: Running) -> bool:
        return bool(running)

    def log(self, running: Running) -> str:
        return running.name

    def stop(self, running: Running) -> None:
        """Nothing runs."""

    def close(self) -> None:
        """Nothing runs."""


@pytest.fixture
def loki() -> Iterator[PretendedLoki]:
    stack = PretendedLoki()
    yield stack
    stack.server.shutdown()
    stack.server.server_close()


def test_what_fires_on_its_lines_and_says_what_it_promises_is_proven(
    shop_text: str, made: Made, loki: PretendedLoki, tmp_path: Path
) -> None:
    loads, fires, fired = judge_logs(*made(shop_text), loki, tmp_path, print)
    assert (loads, fires) == ({DECLINED: proven()}, {DECLINED: proven()})
    assert [alert.labels["severity"] for alert in fired[DECLINED]] == ["warning"]


def test_an_alert_that_fires_with_an_empty_text_is_no_proof(
    shop_text: str, made: Made, loki: PretendedLoki, tmp_path: Path
) -> None:
    loki.description = ""
    _, fires, fired = judge_logs(*made(shop_text), loki, tmp_path, print)
    assert fires[DECLINED].reason == "the annotation `description` is empty"
    assert fired == {}


def test_without_a_loki_the_reason_stands_at_each_rule_on_logs(
    shop_text: str, made: Made, loki: PretendedLoki, tmp_path: Path
) -> None:
    loki.missing["loki"] = "there is no `loki` on PATH"
    left_out = {DECLINED: skipped("no Loki: there is no `loki` on PATH")}
    assert judge_logs(*made(shop_text), loki, tmp_path, print) == (left_out, left_out, {})
