"""What a Grafana is asked: every query of every panel, with the values that variables have at first.

The Grafana here only answers as one; it shows what is asked, and what becomes of its answers.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tocsin.engines.stack import Running
from tocsin.validate.dashboards import dashboard_faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tocsin.plan.model import Plan

    Made = Callable[[str], tuple[Plan, dict[str, str]]]

BOTH = frozenset({"prometheus", "loki"})


class Grafana:
    """Answers with dashboards, notes what is asked, and says of some queries that they fail."""

    def __init__(self, dashboards: dict[str, Any], failing: str) -> None:
        self.dashboards = dashboards
        self.failing = failing
        self.asked: list[dict[str, Any]] = []

    def answer(self, path: str, body: Any) -> Any:
        if path.startswith("/api/dashboards/uid/"):
            return {"dashboard": self.dashboards[path.rpartition("/")[2]]}
        self.asked += body["queries"]
        return {
            "results": {
                query["refId"]: {"error": "it fails"} if self.failing in query["expr"] else {"frames": []}
                for query in body["queries"]
            }
        }


@pytest.fixture
def serve() -> Iterator[Callable[[Grafana], Running]]:
    servers: list[ThreadingHTTPServer] = []

    def started(grafana: Grafana) -> Running:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(None)

            def do_POST(self) -> None:
                self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def _answer(self, body: Any) -> None:
                content = json.dumps(grafana.answer(self.path, body)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return Running("grafana", "grafana", f"http://127.0.0.1:{server.server_port}", {})

    yield started
    for server in servers:
        server.shutdown()
        server.server_close()


def _grafana(files: dict[str, str], failing: str = "no query has this") -> Grafana:
    dashboards = [json.loads(text) for path, text in files.items() if path.startswith("grafana/dashboards/")]
    return Grafana({one["uid"]: one for one in dashboards}, failing)


def test_every_query_of_every_panel_is_asked_of_its_datasource(
    shop_text: str, made: Made, serve: Callable[[Grafana], Running]
) -> None:
    plan, files = made(shop_text)
    grafana = _grafana(files)
    found = dashboard_faults(serve(grafana), plan, BOTH)
    assert (dict(found.alerts), found.others) == ({}, ())
    targets = sum(
        len(panel.get("targets", ())) for one in grafana.dashboards.values() for panel in one["panels"]
    )
    assert len(grafana.asked) == targets
    assert {(one["datasource"]["type"], one["datasource"]["uid"]) for one in grafana.asked} == {
        ("prometheus", "shop-prometheus"),
        ("loki", "shop-loki"),
    }
    assert any("ALERTS_FOR_STATE" in one["expr"] for one in grafana.asked)
    assert any(one["expr"].startswith("{app=") for one in grafana.asked)
    for one in grafana.asked:
        assert "$alerts" not in one["expr"]
        assert "$shop" not in one["expr"]


def test_without_a_loki_only_prometheus_is_asked(
    shop_text: str, made: Made, serve: Callable[[Grafana], Running]
) -> None:
    plan, files = made(shop_text)
    grafana = _grafana(files)
    dashboard_faults(serve(grafana), plan, frozenset({"prometheus"}))
    assert {one["datasource"]["type"] for one in grafana.asked} == {"prometheus"}


def test_a_query_that_fails_is_the_fault_of_its_alert_or_of_its_panel(
    shop_text: str, made: Made, serve: Callable[[Grafana], Running]
) -> None:
    plan, files = made(shop_text)
    found = dashboard_faults(serve(_grafana(files, failing='alertname="SlowPages"')), plan, BOTH)
    assert dict(found.alerts) == {"SlowPages": "Grafana cannot run the panel's query: it fails"}
    assert found.others == ()
    found = dashboard_faults(serve(_grafana(files, failing='alertstate="pending"')), plan, BOTH)
    assert dict(found.alerts) == {}
    assert found.others == (
        "the panel `Pending` of the dashboard shop-overview: Grafana cannot run the panel's query: it fails",
    )


def test_a_panel_that_grafana_does_not_have_is_the_fault_of_its_alert(
    shop_text: str, made: Made, serve: Callable[[Grafana], Running]
) -> None:
    plan, files = made(shop_text)
    grafana = _grafana(files)
    web = grafana.dashboards["shop-web"]
    slow = next(one for group in plan.groups for one in group.alerts if one.name == "SlowPages")
    web["panels"] = [panel for panel in web["panels"] if panel["id"] != slow.panel.id]
    found = dashboard_faults(serve(grafana), plan, BOTH)
    assert dict(found.alerts) == {
        "SlowPages": f"Grafana shows no panel {slow.panel.id} on the dashboard shop-web"
    }
