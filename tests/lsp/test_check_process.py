"""The process that checks whole projects: nothing waits for it, and it never outlives its server."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from tests.lsp.client import PATIENCE, Client

RULES = """\
groups:
  - name: g
    rules:
      - alert: Empty
        expr: count(x) == 0
      - alert: Gone
        expr: sum(up) == 0
        annotations: {description: "{{ $labels.instance }}"}
"""
PROC = Path("/proc")

pytestmark = pytest.mark.skipif(not (PROC / "self" / "stat").exists(), reason="there is no /proc here")


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    file = tmp_path / "rules.yml"
    file.write_text(RULES, encoding="utf-8")
    return file


def _state(pid: int) -> tuple[str, int] | None:
    """The state of a process and its parent; None where it is gone."""
    try:
        state, parent = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return None
    return state, int(parent)


def _check_process(client: Client) -> int:
    """The one process that the server has started."""
    pids = (int(one.name) for one in PROC.iterdir() if one.name.isdigit())
    (found,) = (pid for pid in pids if (_state(pid) or ("", 0))[1] == client.process.pid)
    return found


def _wait_until_gone(pid: int) -> None:
    end = time.monotonic() + PATIENCE
    while (found := _state(pid)) is not None and found[0] != "Z":
        assert time.monotonic() < end, f"{pid} still runs"
        time.sleep(0.02)


def test_edits_and_questions_are_answered_while_the_whole_is_checked(rules: Path) -> None:
    with Client(rules.parent) as client:
        client.open(rules)
        assert {one["code"] for one in client.diagnostics(rules)} == {"query/empty", "label/dropped"}
        checking = _check_process(client)
        # As if its check would take for ever.
        os.kill(checking, signal.SIGSTOP)
        version = client.change(rules, "x == 0", (4, 14, 4, 27))
        assert {one["code"] for one in client.diagnostics(rules, version)} == {"label/dropped"}
        assert "Gone" in client.hover(rules, RULES, "Gone")
        keys = client.at("completion", rules, 6, 8)["items"]
        assert "annotations" in {one["label"] for one in keys}
        version = client.change(rules, "nosuch(up)", (6, 14, 6, 21))
        assert "file/promql" in {one["code"] for one in client.diagnostics(rules, version)}
        os.kill(checking, signal.SIGCONT)
        client.change(rules, "count(x) == 0", (4, 14, 4, 20))
        client.diagnostics(rules, until=lambda codes: codes >= {"query/empty", "file/promql"})


def test_another_one_is_started_where_it_has_ended(rules: Path) -> None:
    with Client(rules.parent) as client:
        client.open(rules)
        client.diagnostics(rules)
        first = _check_process(client)
        os.kill(first, signal.SIGKILL)
        client.change(rules, RULES.replace("count(x) == 0", "x == 0"))
        said = client.wait(lambda one: one.get("method") == "window/logMessage")
        assert "the process that checks has ended" in said["params"]["message"]
        client.change(rules, RULES.replace("Gone", "Away"))
        end = time.monotonic() + PATIENCE
        while "Away" not in client.hover(rules, RULES, "Gone"):
            assert time.monotonic() < end
            time.sleep(0.05)
        assert _check_process(client) != first


def test_it_ends_with_its_server(rules: Path) -> None:
    with Client(rules.parent) as client:
        client.open(rules)
        client.diagnostics(rules)
        checking = _check_process(client)
    _wait_until_gone(checking)


def test_it_ends_where_its_server_was_killed(rules: Path) -> None:
    with Client(rules.parent) as client:
        client.open(rules)
        client.diagnostics(rules)
        checking = _check_process(client)
        client.process.kill()
        client.process.wait(PATIENCE)
        _wait_until_gone(checking)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_both_while_the_editor_says_nothing(rules: Path, number: signal.Signals) -> None:
    with Client(rules.parent) as client:
        client.open(rules)
        client.diagnostics(rules)
        checking = _check_process(client)
        client.process.send_signal(number)
        assert client.process.wait(PATIENCE) == 128 + number
        _wait_until_gone(checking)
