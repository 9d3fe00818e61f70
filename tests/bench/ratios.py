"""What commands take beside the real programs in the same run, as ratios that a busy machine changes little.

`python tests/bench/ratios.py` measures several sizes and prints the table of the manual, then the short one
of the README from its largest size, both as they are pasted; `--write` keeps the small size in `ratios.json`,
which `test_ratios.py` holds a change against. A linter of others that is not on PATH is left out aloud.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.editor import Editor
from tests.bench.synthetic import write_spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).parents[2]
KNOWN = Path(__file__).parent / "ratios.json"
TOCSIN = Path(sys.executable).parent / "tocsin"
SMALL = 200
"""Alerts of the spec that CI measures."""
RUNS = 3
LIMIT = 600.0
_EDITS = 10
_SHORT = ("`check`", "`check` after an edit of one alert", "`check` once more", "`generate`")
"""What the README tells."""


class Cost(NamedTuple):
    """What a run took: seconds of CPU time of all its processes, MiB of the largest, and seconds."""

    cpu: float
    peak: int
    wall: float

    def cells(self) -> str:
        """As cells of a table."""
        return f"{self.wall:.2f} s | {self.cpu:.2f} s | {self.peak} MiB"


class Beside(NamedTuple):
    """What a command of Tocsin took, what the real program beside it took, and how they relate."""

    name: str
    own: Cost
    program: str
    other: Cost

    @property
    def ratio(self) -> float:
        """How many times the CPU time of the other."""
        return self.own.cpu / self.other.cpu

    @property
    def wall_ratio(self) -> float:
        """How many times the time of the other, which other work on the machine changes."""
        return self.own.wall / self.other.wall


def measure(alerts: int, engines: Path, runs: int = RUNS, pint: str | None = None) -> list[Beside]:
    """Every command on a spec of this size, cold and warm, beside the program that reads the same files.

    `pint` is the path of the linter, where there is one.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spec, output = folder / "spec", folder / "output"
        write_spec(spec, alerts)
        changed = spec / "group0000.yaml"
        cold = {"TOCSIN_NO_CACHE": "1"}
        warm = {"XDG_CACHE_HOME": str(folder / "cache"), "TOCSIN_NO_CACHE": ""}
        generate = [TOCSIN, "generate", spec, "--output", output]
        check = [TOCSIN, "check", spec]
        cost(generate, cold)
        rules = sorted((output / "prometheus" / "rules").glob("*.yaml"))
        configuration = output / "alertmanager" / "alertmanager.yaml"

        def edited(command: Sequence[object]) -> Cost:
            # A word of one alert; the cost of the run before it is that of a run without results.
            changed.write_text(changed.read_text().replace("is not", "is still not", 1))
            return cost(command, warm)

        read = _least(lambda: cost([engines / "promtool", "check", "rules", *rules], cold), runs)
        routes = _least(lambda: cost([engines / "amtool", "check-config", configuration], cold), runs)
        linted = _least(lambda: cost([TOCSIN.parent / "amlint", "check", configuration], cold), runs)
        helped = _least(lambda: cost([engines / "promtool", "--help"], cold), runs)
        cost(check, warm)
        cost(generate, warm)
        rules_of = "`promtool check rules`"
        found = [
            Beside("`check`", _least(lambda: cost(check, cold), runs), rules_of, read),
            Beside("`check` after an edit of one alert", _least(lambda: edited(check), runs), rules_of, read),
        ]
        cost(check, warm)
        found += [
            Beside("`check` once more", _least(lambda: cost(check, warm), runs), rules_of, read),
            Beside(
                "`check` of the generated files",
                _least(lambda: cost([TOCSIN, "check", *rules, configuration], cold), runs),
                "promtool and amtool",
                Cost(read.cpu + routes.cpu, max(read.peak, routes.peak), read.wall + routes.wall),
            ),
            Beside(
                "`check` of the Alertmanager file",
                _least(lambda: cost([TOCSIN, "check", configuration], cold), runs),
                "`amlint check`",
                linted,
            ),
            Beside("ten edits in an editor", _edits(folder, alerts), rules_of, read),
            Beside("`generate`", _least(lambda: _fresh(generate, output, cold), runs), rules_of, read),
        ]
        cost(generate, warm)
        found += [
            Beside(
                "`generate` after an edit of one alert",
                _least(lambda: edited(generate), runs),
                rules_of,
                read,
            ),
            Beside("`generate` once more", _least(lambda: cost(generate, warm), runs), rules_of, read),
            Beside(
                "`--help`", _least(lambda: cost([TOCSIN, "--help"], cold), runs), "`promtool --help`", helped
            ),
        ]
        if pint is not None:
            found.append(
                Beside(
                    "`check` of the generated rules",
                    _least(lambda: cost([TOCSIN, "check", *rules], cold), runs),
                    "`pint --offline lint`",
                    _least(lambda: cost([pint, "--offline", "lint", *rules], cold), runs),
                )
            )
        return found


def _edits(folder: Path, alerts: int) -> Cost:
    """What ten edits take the language server, without the process that checks the whole meanwhile."""
    editor = Editor(folder / "editor", alerts)
    try:
        # The first ones load what they take.
        editor.edit(2, 1.5)
        edits = editor.edit(_EDITS, 0.1)
        return Cost(edits.cpu * _EDITS, editor.peak(), sum(edits.waited))
    finally:
        editor.close()


def _fresh(command: Sequence[object], output: Path, environment: dict[str, str]) -> Cost:
    """What a run takes that finds no output of an earlier one."""
    shutil.rmtree(output)
    return cost(command, environment)


def cost(command: Sequence[object], environment: dict[str, str]) -> Cost:
    """What one run takes; AssertionError where it does not end as a check does."""
    with tempfile.TemporaryFile() as errors:
        found = _cost(command, environment, errors)
        errors.seek(0)
        # A program that broke off would look like a fast one.
        assert b"Traceback" not in errors.read(), command
    return found


def _cost(command: Sequence[object], environment: dict[str, str], errors: IO[bytes]) -> Cost:
    start = time.perf_counter()
    running = subprocess.Popen(
        [str(part) for part in command],
        stdout=subprocess.DEVNULL,
        stderr=errors,
        # Where nothing is compiled once and for all, the start is most of a short run.
        env={name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        | environment,
    )
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode in (0, 1), f"{command[0]}: {running.returncode}"
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, time.perf_counter() - start)


def _least(run: Callable[[], Cost], runs: int) -> Cost:
    """The run that others disturbed least."""
    return min(run() for _ in range(runs))


def main() -> None:
    """Print the table, or keep the ratios that CI compares with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=f"{SMALL},1000,10000", help="numbers of alerts")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--write", action="store_true", help=f"keep the ratios at {SMALL} alerts")
    given = parser.parse_args()
    engines = ROOT / ".engines" / "bin"
    if given.write:
        ratios = {one.name: round(one.ratio, 2) for one in measure(SMALL, engines, given.runs)}
        KNOWN.write_text(json.dumps({"alerts": SMALL, "ratios": ratios}, indent=2) + "\n", encoding="utf-8")
        return
    pint = shutil.which("pint")
    if pint is None:
        print("skipped: pint is not on PATH\n", file=sys.stderr)
    print(
        f"`python tests/bench/ratios.py --sizes {given.sizes} --runs {given.runs}`, {date.today()}, ", end=""
    )
    print(f"{len(os.sched_getaffinity(0))} cores; of each command the run that took the least CPU time.\n")
    print("| alerts | command | time | CPU | memory | beside | time | CPU | memory | CPU, ratio |")
    print("| ---: | --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |")
    short: list[str] = []
    for size in map(int, given.sizes.split(",")):
        found = measure(size, engines, given.runs, pint)
        for one in found:
            print(
                f"| {size:,} | {one.name} | {one.own.cells()} | {one.program} | {one.other.cells()} "
                f"| {one.ratio:.2f} |",
                flush=True,
            )
        short = list(_short_table(size, found))
    print("", *short, sep="\n")


def _short_table(alerts: int, found: Sequence[Beside]) -> Iterator[str]:
    """The table of the README, on one size."""
    told = {one.name: one for one in found if one.name in _SHORT}
    read = told["`check`"].other
    yield f"| {alerts:,} alerts | time | memory | beside `promtool check rules` |"
    yield "| --- | ---: | ---: | ---: |"
    for name in _SHORT:
        own, ratio = told[name].own, told[name].wall_ratio
        yield f"| `tocsin {name[1:]} | {own.wall:.1f} s | {own.peak} MiB | {ratio:.1f} times |"
    yield f"| `promtool check rules` | {read.wall:.1f} s | {read.peak} MiB | |"


if __name__ == "__main__":
    main()
