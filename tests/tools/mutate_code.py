"""Change the code at random places, and see whether the tests of the stage notice.

    python tests/tools/mutate_code.py [--count 200] [--seed 1] [--stages routing,diff] [--limit SECONDS]

Each mutant is one small change in a copy of the repository: another operator, a `not` more or less, another
constant, `and` for `or`. The tests of its module run first, then those of its stage; whichever fails has
noticed. Survivors are printed with their change, for somebody to judge: without effect, or a missing test.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
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
COPIED = ("generator", "tests", "spec", "output", "pyproject.toml", "README.md", "Makefile", ".ci")
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


def tests_of(module: Path) -> Iterator[list[str]]:
    """Arguments for pytest: the tests of a module, then those of its stage."""
    inner = module.relative_to(CODE)
    own = Path("tests", inner).with_name(f"test_{inner.name}")
    if (ROOT / own).is_file():
        yield [str(own)]
    elif (ROOT / own.parent).is_dir() and len(own.parent.parts) > 2:
        yield [str(own.parent)]
    stage = inner.parts[0]
    yield [f"tests/{stage}", *ALSO.get(stage, ())]


def is_noticed(copy: Path, mutant: Mutant, limit: float) -> bool:
    """Whether the tests fail with the mutant in the copy; a test that does not end has noticed as well."""
    file = copy / mutant.path
    source = file.read_text(encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(copy / "generator"), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        file.write_text(mutant.applied(source), encoding="utf-8")
        for arguments in tests_of(mutant.path):
            command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *arguments]
            environment = {
                **os.environ,
                "PYTHONPATH": str(copy / "generator"),
                "PYTHONDONTWRITEBYTECODE": "1",
            }
            try:
                done = subprocess.run(
                    command, cwd=copy, env=environment, capture_output=True, timeout=limit, check=False
                )
            except subprocess.TimeoutExpired:
                return True
            if done.returncode not in (0, 5):
                return True
        return False
    finally:
        file.write_text(source, encoding="utf-8")


def main() -> int:
    """Try mutants, print the survivors and the counts by stage; 1 where fewer than 90 % were noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stages", default=",".join(STAGES))
    parser.add_argument("--limit", type=float, default=300, help="seconds for one run of tests")
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
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy2)(source, copy / name)
        (copy / ".engines").symlink_to(ROOT / ".engines")
        for _ in range(given.count):
            stage = chance.choice(list(by_stage))
            mutant = chance.choice(by_stage[stage])
            tried[stage] += 1
            if is_noticed(copy, mutant, given.limit):
                noticed[stage] += 1
            else:
                old = (ROOT / mutant.path).read_text(encoding="utf-8")[mutant.start : mutant.end]
                print(f"SURVIVED {mutant.path}:{mutant.line}: `{old}` -> `{mutant.text}`", flush=True)
    for stage in sorted(tried):
        print(f"{stage}: {noticed[stage]} of {tried[stage]} noticed")
    share = noticed.total() / max(1, tried.total())
    print(f"all: {noticed.total()} of {tried.total()} noticed ({share:.0%})")
    return 0 if share >= 0.9 else 1


if __name__ == "__main__":
    sys.exit(main())
