"""What stages and commands take, in time and memory, beside promtool and amtool in the same run.

Each size runs in a process of its own, so that peaks do not add up. A cell holds the wall time, the CPU time
of all processes, and the most memory of one; on a busy machine CPU times and ratios are what counts.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from synthetic import write_spec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.files import File

ROOT = Path(__file__).parents[2]
PROMTOOL = ROOT / ".engines" / "bin" / "promtool"
AMTOOL = ROOT / ".engines" / "bin" / "amtool"
TOCSIN = Path(sys.executable).parent / "tocsin"
LIMIT = 900.0


class Row(NamedTuple):
    """What a stage or a command took: seconds of wall and of CPU time, MiB; or a ratio of two others."""

    name: str
    seconds: float
    cpu: float
    peak: int
    ratio: float | None = None

    def cell(self) -> str:
        """The figures as a cell of the table."""
        if self.ratio is not None:
            return f"{self.ratio:.1f} times"
        return f"{self.seconds:.2f} s, {self.cpu:.2f} s CPU, {self.peak} MiB"


def main() -> None:
    """Print a table for each size, and the time that `--help` takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,10000", help="numbers of alerts")
    parser.add_argument("--in", dest="folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.folder is not None:
        for row in _pipeline(given.folder):
            print(*row[:4], sep="\t")
        return
    sizes = [int(size) for size in given.sizes.split(",")]
    columns = {size: _column(size) for size in sizes}
    print("| stage | " + " | ".join(f"{size:,} alerts" for size in sizes) + " |")
    print("| --- |" + " ---: |" * len(sizes))
    for number, row in enumerate(columns[sizes[0]]):
        print(f"| {row.name} | " + " | ".join(columns[size][number].cell() for size in sizes) + " |")
    print(f"\n`tocsin --help`: {_help(str(TOCSIN)):.3f} s", end="")
    print(f", `promtool --help`: {_help(str(PROMTOOL)):.3f} s" if PROMTOOL.exists() else "")
    print(f"`tocsin check` of this repository's spec: {_run('', [TOCSIN, 'check', ROOT / 'spec']).cell()}")


def _column(size: int) -> list[Row]:
    """The stages on a spec of this size, their sum, and promtool on the rules that came out."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_spec(folder / "spec", size)
        done = subprocess.run(
            [sys.executable, __file__, "--in", name],
            capture_output=True,
            text=True,
            check=True,
            timeout=LIMIT,
        )
        rows: list[Row] = []
        for line in done.stdout.splitlines():
            stage, seconds, cpu, peak = line.split("\t")
            rows.append(Row(stage, float(seconds), float(cpu), int(peak)))
        return [*rows, *_commands(folder)]


def _commands(folder: Path) -> list[Row]:
    """The commands as a user starts them, and the real programs on what they wrote."""
    generated = folder / "generated"
    rows = [_run("`tocsin generate`", [TOCSIN, "generate", folder / "spec", "--output", generated])]
    alertmanager = generated / "alertmanager" / "alertmanager.yaml"
    plain = [generated / "prometheus" / "rules", generated / "loki", alertmanager]
    rows.append(_run("`tocsin check`, the spec", [TOCSIN, "check", folder / "spec"]))
    rows.append(_run("`tocsin check`, plain files", [TOCSIN, "check", *plain]))
    if not (PROMTOOL.exists() and AMTOOL.exists()):
        return rows
    rules = sorted((generated / "prometheus" / "rules").glob("*.yaml"))
    real = [
        _run("`promtool check rules`", [PROMTOOL, "check", "rules", *rules]),
        _run("`amtool check-config`", [AMTOOL, "check-config", alertmanager]),
    ]
    together = sum(row.cpu for row in real)
    ratios = [
        Row(f"{row.name}, CPU beside promtool and amtool", 0, 0, 0, row.cpu / together) for row in rows[1:]
    ]
    return [*rows, *real, *ratios]


def _run(name: str, command: Sequence[str | Path]) -> Row:
    """How long the program takes, and its peak of memory."""
    start = time.perf_counter()
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    running = subprocess.Popen(
        [str(part) for part in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Without what the run before it has found out, and with modules that are compiled once and for all.
        env=environment | {"TOCSIN_NO_CACHE": "1"},
    )
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode in (0, 1), f"{name}: {running.returncode}"
    return Row(name, time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)


def _pipeline(folder: Path) -> list[Row]:
    from tocsin.checking import check_plan
    from tocsin.checks import CHECKS
    from tocsin.compile import build
    from tocsin.output import write
    from tocsin.spec.load import load
    from tocsin.targets import TARGETS

    # As the command line does.
    gc.disable()
    rows: list[Row] = []

    def note(name: str, start: tuple[float, float]) -> None:
        now = _now()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        rows.append(Row(name, now[0] - start[0], now[1] - start[1], peak))

    start = _now()
    loaded = load(folder / "spec")
    note("load", start)
    assert loaded.spec is not None, loaded.diagnostics[:3]
    start = _now()
    built = build(loaded.spec, loaded.sources)
    note("plan", start)
    assert built.plan is not None, built.diagnostics[:3]
    start = _now()
    check_plan(built.plan, loaded.sources, list(CHECKS.values()), known=CHECKS, today=date(2026, 1, 1))
    note("checks", start)
    files: list[File] = []
    for name, target in TARGETS.items():
        start = _now()
        files += target.emit(built.plan)
        note(name, start)
    start = _now()
    write(files, folder / "output", spec={}, version="bench")
    note("write", start)
    return rows


def _now() -> tuple[float, float]:
    """Wall time, and the CPU time that this process and its children have used."""
    used = os.times()
    return time.perf_counter(), used.user + used.system + used.children_user + used.children_system


def _help(program: str) -> float:
    times = []
    for _ in range(11):
        start = time.perf_counter()
        subprocess.run([program, "--help"], capture_output=True, check=True, timeout=LIMIT)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main()
