"""What commands take beside the real programs in the same run, as ratios that a busy machine changes little.

`python tests/bench/ratios.py` measures several sizes and prints the table of the manual, then the short one
of the README from its largest size, both as they are pasted; `--write` keeps the small size in `ratios.json`,
which `test_ratios.py` holds a change against. A cell is of the run with the median of the CPU time. What is
not on PATH, or does not end within its time, is left out and named on standard error, beside the progress.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.editor import Editor
from tests.bench.synthetic import write_spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Tell = Callable[[str], object]

ROOT = Path(__file__).parents[2]
KNOWN = Path(__file__).parent / "ratios.json"
TOCSIN = Path(sys.executable).parent / "tocsin"
SMALL = 200
"""Alerts of the spec that CI measures."""
RUNS = 3
LIMIT = 120.0
"""Seconds after which a program is ended."""
_EDITS = 10
_MOST_EDITED = 1000
"""Alerts in the one file that an editor has open; nobody edits a file of ten times as many."""
_MOST_LINTED = 1000
"""Rules that pint gets, and Tocsin beside it: pint takes minutes for ten times as many."""
_RULE = re.compile(r"^\s*(?:- )?(?:alert|record):", re.MULTILINE)
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


class NotEndedError(Exception):
    """A program was ended, as it took longer than it may."""


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


def measure(
    alerts: int, engines: Path, runs: int = RUNS, pint: str | None = None, tell: Tell = lambda _: None
) -> Iterator[Beside]:
    """Every command on a spec of this size, cold and warm, beside the program that reads the same files.

    `pint` is the path of the linter, where there is one. `tell` is called with each thing that is left out.
    """

    def median(command: Sequence[object], environment: dict[str, str]) -> Callable[[], Cost]:
        return lambda: _median(lambda: cost(command, environment), runs)

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

        def repeated(command: Sequence[object]) -> Cost:
            cost(command, warm)
            return _median(lambda: cost(command, warm), runs)

        read = median([engines / "promtool", "check", "rules", *rules], cold)()
        routes = median([engines / "amtool", "check-config", configuration], cold)()
        both = Cost(read.cpu + routes.cpu, max(read.peak, routes.peak), read.wall + routes.wall)
        cost(check, warm)
        cost(generate, warm)

        def beside(
            command: str, own: Callable[[], Cost], program: str, other: Callable[[], Cost]
        ) -> Iterator[Beside]:
            try:
                yield Beside(command, own(), program, other())
            except NotEndedError as error:
                tell(f"{command} beside {program} is left out: {error}")

        rules_of = "`promtool check rules`"
        for command, own in (
            ("`check`", median(check, cold)),
            ("`check` after an edit of one alert", lambda: _median(lambda: edited(check), runs)),
            ("`check` once more", lambda: repeated(check)),
        ):
            yield from beside(command, own, rules_of, lambda: read)
        yield from beside(
            "`check` of the generated files",
            median([TOCSIN, "check", *rules, configuration], cold),
            "promtool and amtool",
            lambda: both,
        )
        yield from beside(
            "`check` of the Alertmanager file",
            median([TOCSIN, "check", configuration], cold),
            "`amlint check`",
            median([TOCSIN.parent / "amlint", "check", configuration], cold),
        )
        if alerts <= _MOST_EDITED:
            yield from beside(
                "ten edits in an editor", lambda: _edits(folder, alerts), rules_of, lambda: read
            )
        else:
            tell(f"edits in an editor are left out, as nobody edits a file of {alerts:,} alerts")
        for command, own in (
            ("`generate`", lambda: _median(lambda: _fresh(generate, output, cold), runs)),
            ("`generate` after an edit of one alert", lambda: _after(generate, warm, edited, runs)),
            ("`generate` once more", lambda: repeated(generate)),
        ):
            yield from beside(command, own, rules_of, lambda: read)
        yield from beside(
            "`--help`",
            median([TOCSIN, "--help"], cold),
            "`promtool --help`",
            median([engines / "promtool", "--help"], cold),
        )
        if pint is None:
            return
        some, count = _first(rules)
        if len(some) < len(rules):
            tell(f"pint gets {count:,} of the rules, and Tocsin beside it the same ones")
        yield from beside(
            f"`check` of {'the' if len(some) == len(rules) else f'{count:,}'} generated rules",
            median([TOCSIN, "check", *some], cold),
            "`pint --offline lint`",
            median([pint, "--offline", "lint", *some], cold),
        )


def _first(files: Sequence[Path]) -> tuple[Sequence[Path], int]:
    """The first of the rule files, with no more rules than a linter is given, and how many these are."""
    together = 0
    for number, file in enumerate(files):
        rules = len(_RULE.findall(file.read_text(encoding="utf-8")))
        if number and together + rules > _MOST_LINTED:
            return files[:number], together
        together += rules
    return files, together


def _after(
    command: Sequence[object],
    environment: dict[str, str],
    edited: Callable[[Sequence[object]], Cost],
    runs: int,
) -> Cost:
    """What a run takes after an edit, where a run before it has left its results."""
    cost(command, environment)
    return _median(lambda: edited(command), runs)


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
        start_new_session=True,
    )
    # Its processes are a group of their own, so that none of them goes on without it.
    limit = threading.Timer(LIMIT, os.killpg, (running.pid, signal.SIGKILL))
    limit.start()
    _, status, used = os.wait4(running.pid, 0)
    limit.cancel()
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode == -signal.SIGKILL:
        raise NotEndedError(f"{Path(str(command[0])).name} did not end within {LIMIT:g} s")
    assert running.returncode in (0, 1), f"{command[0]}: {running.returncode}"
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, time.perf_counter() - start)


def _median(run: Callable[[], Cost], runs: int) -> Cost:
    """The run in the middle by its CPU time; of an even number the one before it."""
    return sorted(run() for _ in range(runs))[(runs - 1) // 2]


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
    started = time.monotonic()

    def tell(text: str) -> None:
        print(f"{time.monotonic() - started:4.0f} s: {text}", file=sys.stderr, flush=True)

    pint = shutil.which("pint")
    if pint is None:
        tell("pint is left out, as it is not on PATH")
    print(
        f"`python tests/bench/ratios.py --sizes {given.sizes} --runs {given.runs}`, {date.today()}, ", end=""
    )
    print(f"{len(os.sched_getaffinity(0))} cores; of each command the run with the median of the CPU time.\n")
    print("| alerts | command | time | CPU | memory | beside | time | CPU | memory | CPU, ratio |")
    print("| ---: | --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |")
    short: list[str] = []
    for size in map(int, given.sizes.split(",")):
        tell(f"{size:,} alerts")
        found: list[Beside] = []
        for one in measure(size, engines, given.runs, pint, tell):
            found.append(one)
            tell(one.name)
            print(
                f"| {size:,} | {one.name} | {one.own.cells()} | {one.program} | {one.other.cells()} "
                f"| {one.ratio:.2f} |",
                flush=True,
            )
        short = list(_short_table(size, found))
    print("", *short, sep="\n")
    tell("all measured")


def _short_table(alerts: int, found: Sequence[Beside]) -> Iterator[str]:
    """The table of the README, on one size."""
    told = {one.name: one for one in found if one.name in _SHORT}
    if not told:
        return
    read = next(iter(told.values())).other
    yield f"| {alerts:,} alerts | time | memory | beside `promtool check rules` |"
    yield "| --- | ---: | ---: | ---: |"
    for name, one in told.items():
        own, ratio = one.own, one.wall_ratio
        yield f"| `tocsin {name[1:]} | {own.wall:.1f} s | {own.peak} MiB | {ratio:.1f} times |"
    yield f"| `promtool check rules` | {read.wall:.1f} s | {read.peak} MiB | |"


if __name__ == "__main__":
    main()
