"""The whole of it in containers, as `make validate` runs it."""

from __future__ import annotations

import fcntl
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tocsin.engines.containers import container_stack
from tocsin.engines.json_api import get
from tocsin.engines.program import EngineError
from tocsin.engines.runs import has_ended, processes_of_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tocsin.plan.model import Plan

ROOT = Path(__file__).parents[2]
COLUMNS = ("loads", "fires", "arrives", "inhibits", "opens")
LONGEST = 300.0

pytestmark = [pytest.mark.docker, pytest.mark.usefixtures("docker", "alone")]


@pytest.fixture
def alone() -> Iterator[None]:
    """One test after another, whatever process it runs in: each looks at what the others might have left."""
    path = Path(tempfile.gettempdir()) / "tocsin-containers.lock"
    with suppress(OSError):
        path.touch()
    # It may be the file of another user.
    with path.open() as file:
        end = time.monotonic() + 2 * LONGEST
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                assert time.monotonic() < end, "another run of these tests does not end"
                time.sleep(0.2)
        yield


def _start(*arguments: str | Path, **more: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tocsin", "validate", *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, **more
    )


def _mine(kind: str) -> set[str]:
    """The containers, networks or volumes of validations."""
    listed = subprocess.run(
        ["docker", kind, "ls", *(["--all"] if kind == "container" else []), "--format", "{{json .}}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    ).stdout.splitlines()
    names = [one.get("Names") or one.get("Name") for one in map(json.loads, listed)]
    return {name for name in names if name.startswith("tocsin-")}


def _left() -> set[str]:
    """What is still there some moments later: a busy engine takes its time to take things away."""
    end = time.monotonic() + 20
    while (left := _mine("container") | _mine("network") | _mine("volume")) and time.monotonic() < end:
        time.sleep(0.5)
    return left


def test_conectcrm_and_the_shop_side_by_side(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    shutil.copy(ROOT / "tests" / "specs" / "shop.yaml", tmp_path / "shop")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary)}
    first = _start("--engines", "containers", "--format", "json", env=environment)
    second = _start(
        tmp_path / "shop",
        "-o",
        tmp_path / "none",
        "--engines",
        "containers",
        "--format",
        "json",
        env=environment,
    )
    told = [process.communicate(timeout=LONGEST) for process in (first, second)]
    conectcrm, shop = (json.loads(out) for out, _ in told)
    assert [row for row in (*conectcrm, *shop) if "failed" in row.values()] == []
    assert [first.returncode, second.returncode] == [0, 0], [said for _, said in told]
    assert len({row["alert"] for row in conectcrm}) == 38, "36 that people wrote, and two of an objective"
    logs = {row["alert"] for row in conectcrm if "no Loki" in row["reason"]}
    assert len(logs) in (0, 15)
    for row in (*conectcrm, *shop):
        assert set(row) == {"alert", "severity", *COLUMNS, "reason"}
        # Without an image of Grafana, nobody opens a dashboard.
        tried = [one for one in COLUMNS if one != "opens" or "no Grafana" not in row["reason"]]
        if row["alert"] not in logs | {"PaymentDeclined"}:
            assert {row[column] for column in tried} == {"proven"}, row
        else:
            assert {row[column] for column in COLUMNS} <= {"proven", "skipped"}, row
    assert _left() == set()
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_whoever_is_interrupted_leaves_nothing_behind(sign: signal.Signals, tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    process = _start("--engines", "containers", env=environment)
    end = time.monotonic() + 60
    while not any("prometheus" in name for name in _mine("container")) and time.monotonic() < end:
        time.sleep(0.2)
    process.send_signal(sign)
    out, errors = process.communicate(timeout=90)
    assert process.returncode not in (0, None)
    assert _left() == set(), (process.returncode, out, errors)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("engines", ["containers", "programs"])
def test_what_a_killed_run_leaves_is_gone_after_the_next(engines: str, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    shutil.copy(ROOT / "tests" / "specs" / "shop.yaml", tmp_path / "shop")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    arguments = (tmp_path / "shop", "-o", tmp_path / "none", "--engines", engines)
    environment = {**os.environ, "TMPDIR": str(temporary)}
    killed = [round(random.uniform(1.5, 7), 1) for _ in range(2)]
    for seconds in killed:
        process = _start(*arguments, env=environment)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=seconds)
        process.kill()
        process.communicate(timeout=30)
    last = _start(*arguments, env=environment)
    out, errors = last.communicate(timeout=LONGEST)
    assert last.returncode == 0, (killed, out, errors)
    assert (_left(), list(temporary.iterdir())) == (set(), []), killed
    assert [pid for pid, run in processes_of_runs() if has_ended(run)] == [], killed


_LOOK = """
import json, os, socket, sys
status = dict(line.split(":\t") for line in open("/proc/self/status").read().splitlines())
def opens(*address):
    try:
        socket.create_connection(address, 1).close()
        return True
    except OSError:
        return False
def writes(path):
    try:
        open(path, "w").close()
        return True
    except OSError:
        return False
print(json.dumps({
    "capabilities": sorted({status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}),
    "no new privileges": status["NoNewPrivs"],
    "user": os.getuid(),
    "opens": [one for one in sys.argv[2:] if opens(one, int(sys.argv[1]))],
    "writes": [path for path in ("/x", "/etc/x", "/usr/x") if writes(path)],
}))
"""


def test_a_container_has_no_capabilities_and_no_way_out(tmp_path: Path) -> None:
    found = container_stack("tocsin-of-a-test", print)
    assert not isinstance(found, str), found
    with socket.create_server(("0.0.0.0", 0)) as listener:
        port = listener.getsockname()[1]
        try:
            running = found.start("recorder", "recorder", tmp_path, [])
            addresses = _addresses(found.project)
            # The gateway is the one that could be asked for a way out.
            gateway = running.url.partition("/tocsin")[0]
            for address in addresses:
                with pytest.raises(EngineError, match=r"answered (403|502)"):
                    get(f"{gateway}/{address}:{port}/")
            question = ["python3", "-c", _LOOK, str(port), *addresses]
            asked = _ran("docker", "exec", f"{found.project}-recorder", *question)
            tool = found.run("recorder", "python3", tmp_path, question[1:]).stdout
            kept = {
                "capabilities": ["0000000000000000"],
                "no new privileges": "1",
                "user": os.getuid() or 65534,
                "opens": [],
                "writes": [],
            }
            assert json.loads(asked) == kept
            assert json.loads(tool) == kept
            listener.setblocking(False)
            with pytest.raises(BlockingIOError):
                listener.accept()
            assert _bound(f"{found.project}-recorder") == set()
            assert _bound(f"{found.project}-gateway") == {"127.0.0.1"}
        finally:
            found.close()


def _bound(container: str) -> set[str]:
    """The addresses of this machine on which a container can be asked."""
    form = "{{json .NetworkSettings.Ports}}"
    ports = json.loads(_ran("docker", "inspect", "--format", form, container))
    return {one["HostIp"] for bound in ports.values() for one in bound or ()}


def _addresses(project: str) -> list[str]:
    """Addresses outside of the containers: those of this machine, in each network, and one of the world."""
    form = "{{range .IPAM.Config}}{{.Gateway}} {{end}}"
    networks = ["bridge", f"{project}_engines", f"{project}_front"]
    own = _ran("docker", "network", "inspect", "--format", form, *networks).split()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return [*own, probe.getsockname()[0], "192.0.2.1"]


def _ran(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.fixture
def staged(
    made: Callable[[str], tuple[Plan, dict[str, str]]],
    shop_text: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A folder as the services of the compose file expect it, with the files of the shop."""
    folder = tmp_path_factory.mktemp("stage")
    _, files = made(shop_text)
    for path, text in files.items():
        if path.startswith(("prometheus/rules/", "alertmanager/")):
            target = folder / path.removeprefix("prometheus/").removeprefix("alertmanager/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    (folder / "prometheus.yaml").write_text(yaml.safe_dump({"rule_files": ["rules/*.yaml"]}))
    os.environ["TOCSIN_STAGE"] = str(folder)
    os.environ["TOCSIN_USER"] = f"{os.getuid()}:{os.getgid()}"
    return folder


def _answers(url: str) -> bool:
    try:
        get(url)
    except EngineError:
        return False
    return True


def test_the_compose_file_runs_what_is_generated(staged: Path, request: pytest.FixtureRequest) -> None:
    assert (staged / "alertmanager.yaml").exists()
    services = request.getfixturevalue("docker_services")
    ports = {"prometheus": 9090, "alertmanager": 9093, "recorder": 8080}
    gateway = f"http://127.0.0.1:{services.port_for('gateway', 8080)}"
    urls = {name: f"{gateway}/{name}:{port}" for name, port in ports.items()}
    for name, path in {"prometheus": "/-/ready", "alertmanager": "/-/ready", "recorder": "/recorded"}.items():
        services.wait_until_responsive(lambda url=urls[name] + path: _answers(url), timeout=60, pause=0.3)
    groups = get(f"{urls['prometheus']}/api/v1/rules")["data"]["groups"]
    assert {"checkout", "web"} < {group["name"] for group in groups}
    assert all(rule["health"] != "err" for group in groups for rule in group["rules"])
    status = get(f"{urls['alertmanager']}/api/v2/status")
    assert "office-hours" in status["config"]["original"]
