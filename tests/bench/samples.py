"""How many samples the rules of one objective read, as Prometheus counts them.

Two counters of each instance, scraped every 15 seconds, and what the rules record of them, for as long as the
rules look back. Named are rule files that other programs made for the same objective, 99.9 % of
`checkouts_total` without `result="failed"` over 30 days; those of Tocsin come first.

    python tests/bench/samples.py INSTANCES RULES.yaml …
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import yaml

from tocsin.compile import build
from tocsin.lang.durations import parse_duration
from tocsin.source.document import Document
from tocsin.spec.load import load_documents
from tocsin.targets.prometheus import emit

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRAPED, DAYS, EVALUATED = 15, 31, "1m"
SPEC = """\
project: {name: shop, title: Shop}
severities: {critical: {rank: 1, title: Critical}, warning: {rank: 2, title: Warning}}
receivers: {mail: {webhook: [{url_file: /etc/hook}]}}
routing: {catch_all: mail}
slos:
  checkout:
    title: Checkouts succeed
    objective: 99.9%
    window: 30d
    ratio:
      bad: sum(rate(checkouts_total{result="failed"}[30d]))
      total: sum(rate(checkouts_total[30d]))
    burn: {page: critical, ticket: warning}
"""


def main() -> None:
    """Print the figures."""
    sides = {"tocsin": _own_groups()}
    instances = int(sys.argv[1])
    for name in sys.argv[2:]:
        sides[name] = yaml.safe_load(Path(name).read_text(encoding="utf-8"))["groups"]
    with tempfile.TemporaryDirectory() as folder:
        end = int(time.time()) - 7200
        _write_blocks(Path(folder), sides, instances, end)
        with _prometheus(Path(folder)) as port:
            for name, groups in sides.items():
                _tell(name, groups, port, end)


def _own_groups() -> list[dict[str, Any]]:
    loaded = load_documents([Document("spec.yaml", SPEC)])
    assert loaded.spec is not None, loaded.diagnostics
    plan = build(loaded.spec, loaded.sources).plan
    assert plan is not None, "the spec is sound"
    return [group for file in emit(plan) for group in yaml.safe_load(file.content)["groups"]]


def _tell(name: str, groups: list[dict[str, Any]], port: int, end: int) -> None:
    """What one evaluation of all rules reads, and all evaluations of a minute."""
    once, minute, rules = 0, 0.0, 0
    for group in groups:
        every = parse_duration(group.get("interval", EVALUATED)) / 60_000
        for rule in group["rules"]:
            read = _samples(port, rule["expr"], end)
            once, minute, rules = once + read, minute + read / every, rules + 1
    print(f"{name}: {rules} rules, {once:,} samples an evaluation, {minute:,.0f} a minute")


def _samples(port: int, expr: str, at: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    asked = urlencode({"query": expr, "time": at, "stats": "all"})
    connection.request("POST", "/api/v1/query", asked, {"Content-Type": "application/x-www-form-urlencoded"})
    answer = json.loads(connection.getresponse().read())
    assert answer["status"] == "success", answer
    return int(answer["data"]["stats"]["samples"]["totalQueryableSamples"])


def _write_blocks(folder: Path, sides: dict[str, list[dict[str, Any]]], instances: int, end: int) -> None:
    """Samples of both counters, and of what is recorded at the pace of its group, where a range reads it."""
    read = " ".join(rule["expr"] for groups in sides.values() for group in groups for rule in group["rules"])
    ranged = set(re.findall(r"([\w:]+)(?:\{[^}]*\})?\[", read))
    series = {
        f'checkouts_total{{instance="{instance}",result="{result}"}}': (SCRAPED, True)
        for instance in range(instances)
        for result in ("ok", "failed")
    }
    for group in (group for groups in sides.values() for group in groups):
        every = parse_duration(group.get("interval", EVALUATED)) // 1000
        for rule in group["rules"]:
            if "record" in rule:
                lasting = rule["record"] in ranged
                labels = ",".join(
                    f"{key}={json.dumps(value)}" for key, value in rule.get("labels", {}).items()
                )
                series.setdefault(f"{rule['record']}{{{labels}}}", (every, lasting))
    text = folder / "samples.om"
    with text.open("w", encoding="utf-8") as stream:
        for name, (every, lasting) in series.items():
            first = end - (DAYS * 86_400 if lasting else every)
            stream.writelines(f"{name} {at - first} {at}\n" for at in range(first, end + 1, every))
        stream.write("# EOF\n")
    promtool = shutil.which("promtool")
    assert promtool is not None, "promtool is not on PATH"
    # The text is read once for each block, so that there had better be few.
    blocks = ["create-blocks-from", "--max-block-duration=486h", "openmetrics", "--quiet"]
    command = [promtool, "tsdb", *blocks, "samples.om", "data"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=900)
    text.unlink()


@contextmanager
def _prometheus(folder: Path) -> Iterator[int]:
    """The port of a Prometheus with these samples on this machine alone."""
    (folder / "prometheus.yaml").write_text("{}\n", encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = shutil.which("prometheus")
    assert program is not None, "prometheus is not on PATH"
    command = [
        *(program, "--config.file=prometheus.yaml", "--storage.tsdb.path=data"),
        *("--storage.tsdb.retention.time=100d", f"--web.listen-address=127.0.0.1:{port}"),
        "--log.level=error",
    ]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 120
        while not _ready(port):
            assert process.poll() is None, "Prometheus has ended"
            assert time.monotonic() < until, "Prometheus does not answer"
            time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/-/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False


if __name__ == "__main__":
    main()
