"""`tocsin test` as its user sees it, with promtool as the judge."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main
from tocsin.engines.program import find_program

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

SPEC = """\
project: {name: shop, title: Shop}
severities:
  critical: {rank: 1, title: Critical, receiver: pager}
  warning: {rank: 2, title: Warning}
receivers:
  pager: {webhook: [{url_file: /run/pager}]}
  all: {webhook: [{url_file: /run/all}]}
routing:
  catch_all: all
  tests:
    - {alert: QueueLong, severity: critical, receivers: [pager]}
groups:
  web:
    title: Web
    alerts:
      QueueLong:
        summary: Long
        description: Long
        promql: max by (queue) (queue_length)
        thresholds:
          warning: {above: 100, for: 10m}
          critical: {above: 200, for: 5m}
        tests:
          - title: long
            series: {'queue_length{queue="mail"}': 150x20}
            fires: warning
          - series: {'queue_length{queue="mail"}': 10x20}
            fires: false
"""
RULES = """\
groups:
  - name: web
    rules:
      - alert: QueueLong
        expr: max by (queue) (queue_length) > 100
        for: 10m
"""
TESTS = """\
rule_files: [rules.yml]
tests:
  - name: twice the same name
    input_series: [{series: 'queue_length{queue="mail"}', values: 150x20}]
    alert_rule_test:
      - {eval_time: 12m, alertname: QueueLong, exp_alerts: [{exp_labels: {queue: mail}}]}
  - name: twice the same name
    input_series: [{series: 'queue_length{queue="mail"}', values: 150x20}]
    alert_rule_test:
      - {eval_time: 8m, alertname: QueueLong, exp_alerts: [{exp_labels: {queue: mail}}]}
"""


@pytest.fixture
def folder(tmp_path: Path, promtool: Program, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOCSIN_PROMTOOL", str(promtool.path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "shop.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "rules.yml").write_text(RULES, encoding="utf-8")
    (tmp_path / "plain" / "rules.test.yml").write_text(TESTS, encoding="utf-8")
    return tmp_path


def changed(folder: Path, old: str, new: str) -> None:
    file = folder / "spec" / "shop.yaml"
    assert old in file.read_text(encoding="utf-8")
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_tests_of_alerts_and_routes_that_hold(folder: Path) -> None:
    done = CliRunner().invoke(main, ["test"])
    assert (done.exit_code, done.stdout) == (0, "3 tests: 3 passed\n"), folder


def test_a_failing_test_says_what_the_query_gave(folder: Path) -> None:
    changed(folder, "150x20", "150x8")
    done = CliRunner().invoke(main, ["test"])
    assert done.exit_code == 1
    assert done.stdout.splitlines()[:8] == [
        "failed: QueueLong: warning fires: long",
        " --> spec/shop.yaml:24",
        "  expected: `warning` fires after 8m",
        "  promtool: nothing fires",
        "            `warning` is pending",
        '  the query gives: {queue="mail"} 150',
        "  `critical` fires when > 200 for 5m",
        "  `warning` fires when > 100 for 10m",
    ]


def test_a_test_that_expects_silence_names_what_fires(folder: Path) -> None:
    changed(folder, "10x20", "500x20")
    done = CliRunner().invoke(main, ["test", "--format", "json"])
    (failed,) = [one for one in json.loads(done.stdout) if one["result"] == "failed"]
    assert (failed["kind"], failed["file"], failed["line"]) == ("alert", "spec/shop.yaml", 27)
    assert "promtool: `critical`, `warning` fires" in failed["details"]


def test_a_routing_test_that_fails_says_who_is_notified(folder: Path) -> None:
    changed(folder, "receivers: [pager]", "receivers: [all]")
    done = CliRunner().invoke(main, ["test"])
    assert done.exit_code == 1
    assert " --> spec/shop.yaml:11\n" in done.stdout
    assert "expected notified: `all`, actually notified: `pager`" in done.stdout


def test_files_for_promtool_are_run_where_they_are(folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    done = CliRunner().invoke(main, ["test", "plain"])
    assert done.exit_code == 1
    assert "failed: twice the same name\n --> plain/rules.test.yml:7\n" in done.stdout
    assert 'QueueLong at 8m, with its state: {__name__="ALERTS", alertname="QueueLong", ' in done.stdout
    assert 'alertstate="pending"' in done.stdout
    assert done.stdout.endswith("2 tests: 1 passed, 1 failed\n")
    assert sorted(folder.rglob("*")) == before


def test_alerts_are_chosen_by_name(folder: Path) -> None:
    changed(folder, "150x20", "150x8")
    assert CliRunner().invoke(main, ["test", "--alert", "Queue*"]).exit_code == 1
    done = CliRunner().invoke(main, ["test", "--alert", "Other"])
    assert done.exit_code == 2
    assert "no tests that the patterns choose" in done.stderr, folder


def test_junit_has_a_case_for_each_test(folder: Path) -> None:
    changed(folder, "10x20", "500x20")
    root = ElementTree.fromstring(CliRunner().invoke(main, ["test", "--format", "junit"]).stdout)
    suites = {one.get("name"): (one.get("tests"), one.get("failures")) for one in root}
    assert suites == {"alert": ("2", "1"), "routing": ("1", "0")}


@pytest.fixture
def logs(folder: Path) -> Path:
    """The same alert on logs: a line every three seconds is a hundred in five minutes."""
    changed(
        folder,
        "        promql: max by (queue) (queue_length)",
        '        logql: sum by (app) (count_over_time({app="web"} |= "x" [5m]))',
    )
    changed(folder, "{above: 100, for: 10m}", "{above: 90, for: 10m}")
    changed(
        folder,
        """series: {'queue_length{queue="mail"}': 150x20}""",
        "logs: [{stream: {app: web}, line: x, every: 3s}]\n            at: 20m",
    )
    changed(
        folder, """series: {'queue_length{queue="mail"}': 10x20}""", "logs: [{stream: {app: web}, line: y}]"
    )
    return folder


def test_without_a_loki_tests_of_log_alerts_are_reported_as_not_run(
    logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOCSIN_LOKI", raising=False)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    done = CliRunner().invoke(main, ["test"])
    assert done.exit_code == 0, done.output
    assert "not run: 2 tests: there is no Loki: put `loki` on PATH" in done.stdout
    assert done.stdout.endswith("3 tests: 1 passed, 2 not run\n")
    assert CliRunner().invoke(main, ["test", "--strict"]).exit_code == 1
    # Where none ran, nothing was shown.
    shop = logs / "spec/shop.yaml"
    shop.write_text(re.sub(r"  tests:\n    - \{alert: QueueLong.*\n", "", shop.read_text()))
    alone = CliRunner().invoke(main, ["test"])
    assert (alone.exit_code, alone.stdout.splitlines()[-1]) == (2, "2 tests: 2 not run")


def test_a_real_loki_judges_tests_of_log_alerts(logs: Path) -> None:
    if find_program("loki") is None:
        pytest.skip("no loki: put it on PATH, or TOCSIN_LOKI names it")
    done = CliRunner().invoke(main, ["test"])
    assert (done.exit_code, done.stdout) == (0, "3 tests: 3 passed\n")
    changed(logs, "{above: 90, for: 10m}", "{above: 90, for: 18m}")
    failed = CliRunner().invoke(main, ["test"])
    assert failed.exit_code == 1
    assert "Loki: nothing fires\n        `warning` is pending\n" in failed.stdout


class _Pretended(BaseHTTPRequestHandler):
    """A Loki that says of itself what `said` holds, and otherwise only that it was written to."""

    said = ""
    written: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self._answer(self.said if self.path == "/config" else '{"data": {"result": []}}')

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.written.append(self.headers["X-Scope-OrgID"])
        self._answer("{}")

    def _answer(self, text: str) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.mark.usefixtures("logs")
@pytest.mark.parametrize(
    ("said", "is_asked", "reason"),
    [
        ("target: all\nauth_enabled: true\n", True, "Loki: nothing fires"),
        ("target: all\nauth_enabled: false\n", False, "does not keep tenants apart"),
        ("<html>", False, "is not the configuration of a Loki"),
    ],
)
def test_lines_go_to_tenants_of_their_own_or_nowhere(
    said: str, is_asked: bool, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Pretended, "said", said)
    monkeypatch.setattr(_Pretended, "written", [])
    with HTTPServer(("127.0.0.1", 0), _Pretended) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = CliRunner().invoke(main, ["test", "--loki", f"http://127.0.0.1:{server.server_port}/"])
        server.shutdown()
    assert (done.exit_code, len(set(_Pretended.written))) == ((1, 2) if is_asked else (2, 0))
    assert all(tenant.startswith("tocsin-test-") for tenant in _Pretended.written)
    assert reason in done.output


class _Recalled(_Pretended):
    """A Loki that returns a series in the first minutes of each case, whatever it is asked."""

    said = "auth_enabled: true\n"
    minutes = 0
    starts: ClassVar[dict[str, int]] = {}

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        if "time" not in asked:
            super().do_GET()
            return
        at = int(asked["time"][0])
        start = self.starts.setdefault(f"{self.headers['X-Scope-OrgID']} {asked['query'][0]}", at)
        there = at - start <= self.minutes * 60 * 10**9
        self._answer(json.dumps({"data": {"result": [{"metric": {}, "value": [0, "1"]}] if there else []}}))


@pytest.mark.parametrize(
    ("keep", "minutes", "fires"),
    [
        ("", 9, False),
        ("", 19, False),
        ("", 20, True),
        (", keep_firing_for: 5m", 9, False),
        # promtool says the same of a metric whose last sample is at this minute.
        (", keep_firing_for: 5m", 14, False),
        (", keep_firing_for: 5m", 15, True),
    ],
)
def test_an_alert_on_logs_fires_on_for_as_long_as_it_is_kept_firing(
    logs: Path, keep: str, minutes: int, fires: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(logs, "for: 10m}\n          critical: {above: 200, for: 5m}", f"for: 10m{keep}}}")
    changed(logs, "          - logs: [{stream: {app: web}, line: y}]\n            fires: false\n", "")
    monkeypatch.setattr(_Recalled, "minutes", minutes)
    monkeypatch.setattr(_Recalled, "starts", {})
    with HTTPServer(("127.0.0.1", 0), _Recalled) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = CliRunner().invoke(main, ["test", "--loki", f"http://127.0.0.1:{server.server_port}/"])
        server.shutdown()
    assert done.exit_code == (0 if fires else 1), done.output
    assert ("Loki: nothing fires\n" in done.stdout) != fires


@pytest.mark.parametrize("text", ["tests: 5", "tests: [5]", "tests: [{interval: 1z}]", "tests: [{no: 1}]"])
def test_a_file_that_promtool_refuses_is_a_failure(folder: Path, text: str) -> None:
    file = folder / "plain" / "rules.test.yml"
    file.write_text(f"rule_files: [rules.yml]\n{text}\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["test", "plain/rules.test.yml"])
    assert done.exit_code == 1
    assert done.stdout.startswith("failed: rules.test.yml\n --> plain/rules.test.yml:1\n")


def test_without_promtool_nothing_is_said_to_pass(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOCSIN_PROMTOOL")
    monkeypatch.setenv("PATH", str(folder))
    done = CliRunner().invoke(main, ["test"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "promtool, which runs the tests, is not on PATH" in done.stderr
