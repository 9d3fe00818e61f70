"""Change the code at random places, and see whether the tests of the stage notice.

    python tests/tools/mutate_code.py [--count 200] [--seed 1] [--stages routing,diff] [--near] [--only 3,17]

Each mutant is one small change in a copy of the repository: another operator, a `not` more or less, another
constant, `and` for `or`. The tests of its module run first, then those that import it, then those of its
stage; the first that fails has noticed, if it passes without the change. Every mutant is printed with its
change and what noticed it. Survivors are for somebody to judge: without effect, or a missing test.
With `--near` the tests of the stage are left out, which take minutes; `--only` tries survivors again.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
CODE = Path("generator/tocsin")
STAGES = (
    "checks",
    "compile",
    "detect",
    "diagnostics",
    "diff",
    "existing",
    "lang",
    "output",
    "plan",
    "prove",
    "routing",
    "source",
    "spec",
    "targets",
    "text",
    "validate",
    "workspace",
)
NOT_COPIED = shutil.ignore_patterns(".git", ".venv*", ".engines", ".*_cache", "__pycache__", ".hypothesis")
ALSO = {
    "compile": ("tests/test_compile.py", "tests/plan", "tests/spec", "tests/cli"),
    "diagnostics": ("tests/cli",),
    "diff": ("tests/cli",),
    "existing": ("tests/checks",),
    "plan": ("tests/targets", "tests/cli"),
    "routing": ("tests/cli",),
    "workspace": ("tests/cli",),
}
"""Where the tests of a stage stand besides those of its name."""
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
    """One change of a file: the text at these offsets becomes another one."""

    path: Path
    line: int
    start: int
    end: int
    text: str

    def applied(self, source: str) -> str:
        """The file with the change."""
        return source[: self.start] + self.text + source[self.end :]


def mutants(path: Path, source: str) -> Iterator[Mutant]:
    """All small changes of a file that are worth a try; not in docstrings, annotations and messages."""
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

    def between(left: ast.expr, right: ast.expr, old: str, new: str, line: int) -> Iterator[Mutant]:
        begin, end = of(left)[1], of(right)[0]
        found = source.find(old, begin, end)
        if found >= 0:
            yield Mutant(path, line, found, found + len(old), new)

    tree = ast.parse(source)
    # Before Python 3.12, what stands inside of an f-string has no place of its own.
    inside = {part for text in ast.walk(tree) if isinstance(text, ast.JoinedStr) for part in ast.walk(text)}
    for node in ast.walk(tree):
        match node:
            case _ if node in inside:
                continue
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in OTHER:
                yield from between(left, right, _written(op), OTHER[type(op)], node.lineno)
            case ast.BoolOp(op=op, values=[left, right, *_]):
                yield from between(left, right, _written(op), OTHER[type(op)], node.lineno)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OTHER:
                yield from between(left, right, _written(op), OTHER[type(op)], node.lineno)
            case ast.UnaryOp(op=ast.Not()):
                begin = of(node)[0]
                yield Mutant(path, node.lineno, begin, begin + len("not"), "")
            case ast.Constant(value=bool() as value):
                yield Mutant(path, node.lineno, *of(node), str(not value))
            case ast.Constant(value=int() as value):
                yield Mutant(path, node.lineno, *of(node), str(value + 1))
            case ast.IfExp(test=test) | ast.If(test=test):
                begin, end = of(test)
                yield Mutant(path, node.lineno, begin, end, f"not ({source[begin:end]})")


def _written(op: ast.AST) -> str:
    known = {"Is": "is", "IsNot": "is not", "In": "in", "NotIn": "not in", "And": "and", "Or": "or"}
    signs = {"Eq": "==", "NotEq": "!=", "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">="}
    return {**known, **signs, "Add": "+", "Sub": "-", "Mult": "*"}[type(op).__name__]


def tests_of(module: Path, is_near: bool) -> Iterator[list[str]]:
    """Arguments for pytest: the tests of a module, those that import it, then those of its stage if asked."""
    inner = module.relative_to(CODE)
    if inner.parts[0] == "checks" and inner.parts[1] != "framework":
        yield ["tests/checks/test_cases.py", "-k", Path(inner.parts[1]).stem]
    own = Path("tests", inner).with_name(f"test_{inner.name}")
    if (ROOT / own).is_file():
        yield [str(own)]
    elif (ROOT / own.parent).is_dir() and len(own.parent.parts) > 2:
        yield [str(own.parent)]
    name = ".".join(("tocsin", *inner.with_suffix("").parts))
    importing = re.compile(rf"\b{re.escape(name)}\b")
    yield [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if path != ROOT / own and importing.search(path.read_text(encoding="utf-8"))
    ]
    stage = inner.parts[0]
    if not is_near:
        yield [path for path in (f"tests/{stage}", *ALSO.get(stage, ())) if (ROOT / path).exists()]


def first_failure(copy: Path, arguments: list[str], limit: int) -> str | None:
    """The first test of these that fails, `LIMIT` after that many CPU seconds, None where all pass."""
    environment = {**os.environ, "PYTHONPATH": str(copy / "generator")}
    options = ["-q", "-x", "-n", "0", "-m", "not docker", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *arguments],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            timeout=limit * 10,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit)),
        )
    except subprocess.TimeoutExpired:
        return "LIMIT"
    if done.returncode in (0, 5):
        return None
    if done.returncode < 0:
        return "LIMIT"
    failed = re.search(r"^(?:FAILED|ERROR) (\S+(?:\[.*?\])?)(?: - |$)", done.stdout, re.MULTILINE)
    return failed[1] if failed else "the start of the tests"


def noticed_by(copy: Path, mutant: Mutant, limit: int, failing: set[str], is_near: bool) -> str | None:
    """The first test that fails with the mutant in the copy and passes without it; None for a survivor.

    Tests that fail without it go into `failing`, and are left out.
    """
    file = copy / mutant.path
    source = file.read_text(encoding="utf-8")
    for arguments in filter(None, tests_of(mutant.path, is_near)):
        while True:
            _write(file, mutant.applied(source))
            try:
                failed = first_failure(copy, [*arguments, *(f"--deselect={test}" for test in failing)], limit)
            finally:
                _write(file, source)
            if failed is None:
                break
            if "::" not in failed or first_failure(copy, [failed], limit) is None:
                return failed
            print(f"left out, since it fails without any change: {failed}", flush=True)
            failing.add(failed)
    return None


_seconds = itertools.count(1)


def _write(file: Path, text: str) -> None:
    """Write a file with a time that none had before: Python knows its bytecode by size and second."""
    file.write_text(text, encoding="utf-8")
    os.utime(file, (0, next(_seconds)))


def main() -> int:
    """Try mutants, print the survivors and the counts by stage; 1 where fewer than 90 % were noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stages", default=",".join(STAGES))
    parser.add_argument("--near", action="store_true", help="leave the tests of the stages out")
    parser.add_argument("--only", default="", help="numbers of mutants of the sample, with commas")
    parser.add_argument("--limit", type=int, default=400, help="seconds of CPU for one run of tests")
    given = parser.parse_args()
    chance = random.Random(given.seed)
    by_stage = {
        stage: [
            mutant
            for path in sorted((ROOT / CODE / stage).rglob("*.py"))
            for mutant in mutants(path.relative_to(ROOT), path.read_text(encoding="utf-8"))
        ]
        for stage in given.stages.split(",")
    }
    tried: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    failing: set[str] = set()
    sample = [
        (stage, chance.choice(by_stage[stage]))
        for stage in (chance.choice(list(by_stage)) for _ in range(given.count))
    ]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "copy")
        shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
        (copy / ".engines").symlink_to(ROOT / ".engines")
        only = {int(number) for number in given.only.split(",") if number} or range(given.count)
        for number, (stage, mutant) in ((number, sample[number]) for number in sorted(only)):
            tried[stage] += 1
            test = noticed_by(copy, mutant, given.limit, failing, given.near)
            noticed[stage] += test is not None
            old = (copy / mutant.path).read_text(encoding="utf-8")[mutant.start : mutant.end]
            print(
                f"{number} {mutant.path}:{mutant.line}: `{old}` -> `{mutant.text}`: {test or 'SURVIVED'}",
                flush=True,
            )
    for stage in sorted(tried):
        print(f"{stage}: {noticed[stage]} of {tried[stage]} noticed")
    share = noticed.total() / max(1, tried.total())
    print(f"all: {noticed.total()} of {tried.total()} noticed ({share:.0%})")
    return 0 if share >= 0.9 else 1


if __name__ == "__main__":
    sys.exit(main())
