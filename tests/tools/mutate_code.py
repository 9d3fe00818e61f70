"""Change the code at random places, and see whether the tests notice.

    python tests/tools/mutate_code.py [--count 200] [--seed 1] [--stages routing,diff] [--only 3,17] [TESTS]
    python tests/tools/mutate_code.py --own --longest 3

Each mutant is one small change: another operator, a `not` more or less, another constant, `and` for `or`. All
of them are written into a copy of the repository, each behind a switch. The tests run once with every switch
off, which shows the tests that reach each mutant; then each mutant is switched on in a fork of that process,
and the tests that reach it run until one fails, the quickest first. Tests that fail anyway are left out.

Every mutant is printed with its change and the test that noticed it. Survivors are for somebody to judge:
without effect, or a missing test. Without TESTS, all are asked but those with containers. With `--own`, the
tests in the folder of the mutant's stage are asked first, and TESTS only about what survives them.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import FrameType

    import pytest

ROOT = Path(__file__).parents[2]
CODE = Path("generator/tocsin")
SWITCHES = """\
import os

active = int(os.environ.get("TOCSIN_MUTANT", "-1"))
reached = set()
file = os.environ["TOCSIN_REACHED"]


def switch(number):
    if number not in reached:
        reached.add(number)
        with open(file, "a") as out:
            out.write(f"{number}\\n")
    return number == active
"""
_HEAD = "from __future__ import annotations"
_IMPORT = f"{_HEAD}; from tocsin.mutants import switch as _switch"
NOT_COPIED = shutil.ignore_patterns(".git", ".venv*", ".engines", ".*_cache", "__pycache__", ".hypothesis")
OTHER: dict[type[ast.AST], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "+",
    ast.And: "or",
    ast.Or: "and",
}


class Mutant(NamedTuple):
    """One change of a file: the expression at these offsets becomes another one."""

    path: Path
    line: int
    start: int
    end: int
    old: str
    new: str

    @property
    def stage(self) -> str:
        """The package that it is in."""
        return self.path.relative_to(CODE).parts[0].removesuffix(".py")


def mutants(path: Path, source: str) -> Iterator[Mutant]:
    """All small changes in the functions of a file that are worth a try; not in docstrings and messages."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def at(line: int, column: int) -> int:
        begin = starts[line - 1]
        return begin + len(source[begin : starts[line]].encode()[:column].decode())

    def of(node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return at(node.lineno, node.col_offset), at(node.end_lineno, node.end_col_offset)

    def made(node: ast.expr, new: str) -> Mutant:
        begin, end = of(node)
        return Mutant(path, node.lineno, begin, end, source[begin:end], new)

    def between(node: ast.expr, left: ast.expr, right: ast.expr, old: str, new: str) -> Iterator[Mutant]:
        begin, end = of(node)
        found = source.find(old, of(left)[1], of(right)[0])
        if found >= 0:
            yield made(node, source[begin:found] + new + source[found + len(old) : end])

    for node in _inside_functions(ast.parse(source)):
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in OTHER:
                yield from between(node, left, right, _written(op), OTHER[type(op)])
            case ast.BoolOp(op=op, values=[left, right]):
                yield from between(node, left, right, _written(op), OTHER[type(op)])
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OTHER:
                yield from between(node, left, right, _written(op), OTHER[type(op)])
            case ast.UnaryOp(op=ast.Not()):
                begin, end = of(node)
                yield made(node, source[begin + len("not") : end].strip())
            case ast.Constant(value=bool() as value):
                yield made(node, str(not value))
            case ast.Constant(value=int() as value):
                yield made(node, str(value + 1))
            case ast.IfExp(test=test) | ast.If(test=test):
                begin, end = of(test)
                yield made(test, f"not ({source[begin:end]})")


def _inside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when a function is called, but for patterns, annotations and f-strings."""
    waiting: list[ast.AST] = [
        statement for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for statement in node.body
    ]
    seen: set[ast.AST] = set()
    while waiting:
        node = waiting.pop()
        if node in seen or isinstance(node, ast.JoinedStr | ast.pattern | ast.arguments):
            continue
        seen.add(node)
        yield node
        left_out = getattr(node, "annotation", None), getattr(node, "returns", None)
        waiting += [child for child in ast.iter_child_nodes(node) if child not in left_out]


def _written(op: ast.AST) -> str:
    known = {"Is": "is", "IsNot": "is not", "In": "in", "NotIn": "not in", "And": "and", "Or": "or"}
    signs = {"Eq": "==", "NotEq": "!=", "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">="}
    return {**known, **signs, "Add": "+", "Sub": "-", "Mult": "*"}[type(op).__name__]


def draw_sample(stages: Sequence[str], count: int, seed: int) -> list[Mutant]:
    """So many mutants that do not overlap, the same for the same seed; each stage is as likely."""
    chance = random.Random(seed)
    by_stage = {
        stage: [
            mutant
            for path in sorted((ROOT / CODE / stage).rglob("*.py"))
            for mutant in mutants(path.relative_to(ROOT), path.read_text(encoding="utf-8"))
            if _HEAD in (ROOT / mutant.path).read_text(encoding="utf-8")
        ]
        for stage in stages
    }
    by_stage = {stage: found for stage, found in by_stage.items() if found}
    drawn: list[Mutant] = []
    while len(drawn) < count:
        mutant = chance.choice(by_stage[chance.choice(list(by_stage))])
        if not any(
            one.path == mutant.path and one.start < mutant.end and mutant.start < one.end for one in drawn
        ):
            drawn.append(mutant)
    return drawn


def write_switches(copy: Path, sample: Sequence[Mutant]) -> None:
    """Put all mutants into the copy, each behind its switch."""
    (copy / CODE / "mutants.py").write_text(SWITCHES, encoding="utf-8")
    by_path: dict[Path, list[tuple[int, Mutant]]] = {}
    for number, mutant in enumerate(sample):
        by_path.setdefault(mutant.path, []).append((number, mutant))
    for path, found in by_path.items():
        text = (copy / path).read_text(encoding="utf-8")
        for number, one in sorted(found, key=lambda pair: -pair[1].start):
            switched = f"(({one.new}) if _switch({number}) else ({one.old}))"
            text = text[: one.start] + switched + text[one.end :]
        text = text.replace(_HEAD, _IMPORT, 1)
        compile(text, str(path), "exec")
        (copy / path).write_text(text, encoding="utf-8")


class MutantRun:
    """The plugin that runs the collected tests: once to see what they reach, then some for each mutant."""

    def __init__(self, sample: Sequence[Mutant], numbers: Iterable[int], given: argparse.Namespace) -> None:
        self._sample = sample
        self._numbers = sorted(numbers)
        self._every: int = given.every
        self._limit: float = given.limit
        self._longest: float = given.longest
        self._failed: str | None = None
        # What is printed while a test runs is the test's.
        self._out = os.fdopen(os.dup(2), "w")
        self.noticed: dict[int, bool] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the first test that fails."""
        if report.failed and self._failed is None:
            self._failed = report.nodeid

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests in forks of this process, in which nothing has run yet."""
        switches: Any = import_module("tocsin.mutants")
        reached_file = Path(os.environ["TOCSIN_REACHED"])
        items = session.items[:: self._every]
        answers = reached_file.with_suffix(".json")

        def reach() -> object:
            found: list[tuple[int, float, list[int]]] = []
            for number, item in enumerate(items):
                self._failed = None
                reached_file.write_text("")
                switches.reached.clear()
                start = time.process_time()
                signal.setitimer(signal.ITIMER_VIRTUAL, self._longest)
                _run(item)
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
                if self._failed is None:
                    reached = sorted({int(line) for line in reached_file.read_text().split()})
                    found.append((number, time.process_time() - start, reached))
            return found

        signal.signal(signal.SIGVTALRM, _end_test)
        reaching: dict[int, list[tuple[float, int]]] = {}
        for number, seconds, reached in _in_fork(reach, answers, None) or ():
            for mutant in reached:
                reaching.setdefault(mutant, []).append((seconds, number))
        for number in self._numbers:
            tests = [items[one] for _, one in sorted(reaching.get(number, ()))]

            def notice(number: int = number, tests: Sequence[pytest.Item] = tests) -> object:
                switches.active = number
                os.environ["TOCSIN_MUTANT"] = str(number)
                for item in tests:
                    _run(item)
                    if self._failed is not None:
                        return self._failed
                return None

            usual = sum(seconds for seconds, _ in reaching.get(number, ()))
            test = _in_fork(notice, answers, self._limit + 20 * usual) if tests else None
            self.noticed[number] = test is not None
            one = self._sample[number]
            verdict = test or (f"SURVIVED {len(tests)} tests" if tests else "NOT REACHED")
            change = f"`{' '.join(one.old.split())}` -> `{' '.join(one.new.split())}`"
            print(f"{number} {one.path}:{one.line}: {change}: {verdict}", file=self._out, flush=True)
        return True


def _end_test(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError


def _run(item: pytest.Item) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


def _in_fork(work: Callable[[], object], answers: Path, limit: float | None) -> Any:
    """What the work returns in another process; `LIMIT` where it takes longer."""
    answers.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        try:
            answers.write_text(json.dumps(work()))
        finally:
            os._exit(0)
    end = None if limit is None else time.monotonic() + limit
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if end is not None and time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return "LIMIT"
        time.sleep(0.02)
    return json.loads(answers.read_text()) if answers.exists() else "the end of the process"


def run_in_copy(folder: Path, given: argparse.Namespace) -> int:
    """Run the tests of the copy; write into the folder which mutants they noticed."""
    import pytest

    sample = [Mutant(Path(path), *rest) for path, *rest in json.loads((folder / "sample.json").read_text())]
    run = MutantRun(sample, [int(number) for number in given.only.split(",")], given)
    os.chdir(folder / "copy")
    sys.path[:0] = [str(folder / "copy" / "generator"), str(folder / "copy")]
    options = ["-q", "-m", "not docker", "-p", "no:cacheprovider", "-p", "no:xdist"]
    pytest.main([*options, f"--basetemp={folder / 'temp'}", *given.tests], plugins=[run])
    (folder / "noticed.json").write_text(json.dumps([*run.noticed.items()]))
    return 0


def try_in_copy(
    folder: Path, given: argparse.Namespace, numbers: Iterable[int], tests: Sequence[str]
) -> dict[int, bool]:
    """Whether these tests, in a process of their own, notice each of the mutants."""
    reached, noticed = folder / "reached", folder / "noticed.json"
    noticed.unlink(missing_ok=True)
    options = [f"--{name}={getattr(given, name)}" for name in ("every", "limit", "longest")]
    only = ",".join(str(number) for number in numbers)
    with (folder / "pytest.log").open("w") as log:
        subprocess.run(
            [sys.executable, __file__, "--in-copy", folder, *options, f"--only={only}", *tests],
            env={**os.environ, "PYTHONPATH": str(folder / "copy/generator"), "TOCSIN_REACHED": str(reached)},
            stdout=log,
            check=False,
        )
    found = dict(json.loads(noticed.read_text())) if noticed.exists() else {}
    if not found:
        last = (folder / "pytest.log").read_text(errors="replace")[-2000:]
        print(f"pytest ran none of {' '.join(tests) or 'the tests'}:\n{last}", file=sys.stderr)
    return found


def print_shares(sample: Sequence[Mutant], noticed: dict[int, bool]) -> float:
    """Print how many were noticed by stage; return the share of all."""
    tried, known = (
        Counter(sample[number].stage for number, was_noticed in noticed.items() if was_noticed >= least)
        for least in (False, True)
    )
    for stage in sorted(tried):
        print(f"{stage}: {known[stage]} of {tried[stage]} noticed", file=sys.stderr)
    share = known.total() / max(1, tried.total())
    print(f"all: {known.total()} of {tried.total()} noticed ({share:.0%})", file=sys.stderr)
    return share


def main() -> int:
    """Try mutants in a copy of the repository."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("tests", nargs="*", help="as for pytest")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stages", default="", help="packages, with commas; all but `cli` and `lsp`")
    parser.add_argument("--only", default="", help="numbers of mutants of the sample, with commas")
    parser.add_argument("--every", type=int, default=1, help="ask only every Nth test, for a quick look")
    parser.add_argument("--own", action="store_true", help="ask the tests of the stage's own folder first")
    parser.add_argument("--longest", type=float, default=0, help="leave out tests that take more CPU seconds")
    parser.add_argument("--limit", type=float, default=60, help="seconds that a hanging mutant may take")
    parser.add_argument("--in-copy", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.in_copy is not None:
        return run_in_copy(given.in_copy, given)
    stages = given.stages.split(",") if given.stages else _stages()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy = folder / "copy"
        shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
        (copy / ".engines").symlink_to(ROOT / ".engines")
        sample = draw_sample(stages, given.count, given.seed)
        write_switches(copy, sample)
        rows = [[str(one.path), *one[1:]] for one in sample]
        (folder / "sample.json").write_text(json.dumps(rows))
        numbers = [int(number) for number in given.only.split(",") if number] or [*range(len(sample))]
        noticed = dict.fromkeys(numbers, False)
        for stage in stages if given.own else ():
            tests = f"tests/{stage}"
            of_stage = [number for number in numbers if sample[number].stage == stage]
            if of_stage and (ROOT / tests).is_dir():
                noticed |= try_in_copy(folder, given, of_stage, [tests])
        left = [number for number, was_noticed in noticed.items() if not was_noticed]
        if left:
            noticed |= try_in_copy(folder, given, left, given.tests)
        return 0 if print_shares(sample, noticed) >= 0.9 else 1


def _stages() -> list[str]:
    packages = (path.parent.name for path in (ROOT / CODE).glob("*/__init__.py"))
    return sorted(name for name in packages if name not in ("cli", "lsp", "manual"))


if __name__ == "__main__":
    sys.exit(main())
