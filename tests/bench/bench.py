"""How long each stage takes and how much memory it needs, beside `promtool check rules` in the same run.

Each size runs in a process of its own, so that peaks do not add up.
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
from typing import TYPE_CHECKING

from synthetic import write_spec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.files import File

ROOT = Path(__file__).parents[2]
PROMTOOL = ROOT / ".engines" / "bin" / "promtool"
TOCSIN = Path(sys.executable).parent / "tocsin"
LIMIT = 900.0
Row = tuple[str, float, int]


def main() -> None:
    """Print a table for each size, and the time that `--help` takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,10000", help="numbers of alerts")
    parser.add_argument("--in", dest="folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.folder is not None:
        for name, seconds, peak in _pipeline(given.folder):
            print(f"{name}\t{seconds}\t{peak}")
        return
    sizes = [int(size) for size in given.sizes.split(",")]
    columns = {size: _column(size) for size in sizes}
    print("| stage | " + " | ".join(f"{size:,} alerts" for size in sizes) + " |")
    print("| --- |" + " ---: |" * len(sizes))
    for number, (name, _, _) in enumerate(columns[sizes[0]]):
        cells = (columns[size][number] for size in sizes)
        print(f"| {name} | " + " | ".join(f"{cell[1]:.2f} s, {cell[2]} MiB" for cell in cells) + " |")
    print(f"\n`tocsin --help`: {_help(str(TOCSIN)):.3f} s", end="")
    print(f", `promtool --help`: {_help(str(PROMTOOL)):.3f} s" if PROMTOOL.exists() else "")


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
            stage, seconds, peak = line.split("\t")
            rows.append((stage, float(seconds), int(peak)))
        rows.append(("all of it", sum(row[1] for row in rows), rows[-1][2]))
        out = folder / "output"
        plain = [out / "prometheus", out / "loki", out / "alertmanager" / "alertmanager.yaml"]
        rows.append(_run("`tocsin check`, the spec", [TOCSIN, "check", folder / "spec"]))
        rows.append(_run("`tocsin check`, plain files", [TOCSIN, "check", *plain]))
        if PROMTOOL.exists():
            rules = sorted((out / "prometheus" / "rules").glob("*.yaml"))
            rows.append(_run("`promtool check rules`", [PROMTOOL, "check", "rules", *rules]))
        return rows


def _run(name: str, command: Sequence[str | Path]) -> Row:
    """How long the program takes, and its peak of memory."""
    start = time.perf_counter()
    running = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode in (0, 1), f"{name}: {running.returncode}"
    return name, time.perf_counter() - start, used.ru_maxrss // 1024


def _pipeline(folder: Path) -> list[Row]:
    from tocsin.checks import CHECKS
    from tocsin.checks.run import run
    from tocsin.output import write
    from tocsin.plan.build import build
    from tocsin.spec.load import load
    from tocsin.targets import TARGETS

    # As the command line does.
    gc.disable()
    rows: list[Row] = []

    def note(name: str, start: float) -> None:
        taken = time.perf_counter() - start
        rows.append((name, taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))

    start = time.perf_counter()
    loaded = load(folder / "spec")
    note("load", start)
    assert loaded.spec is not None, loaded.diagnostics[:3]
    start = time.perf_counter()
    built = build(loaded.spec, loaded.sources)
    note("plan", start)
    assert built.plan is not None, built.diagnostics[:3]
    start = time.perf_counter()
    run(built.plan, loaded.sources, list(CHECKS.values()), known=CHECKS, today=date(2026, 1, 1))
    note("checks", start)
    files: list[File] = []
    for name, target in TARGETS.items():
        start = time.perf_counter()
        files += target.emit(built.plan)
        note(name, start)
    start = time.perf_counter()
    write(files, folder / "output", spec={}, version="bench")
    note("write", start)
    return rows


def _help(program: str) -> float:
    times = []
    for _ in range(11):
        start = time.perf_counter()
        subprocess.run([program, "--help"], capture_output=True, check=True, timeout=LIMIT)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main()
