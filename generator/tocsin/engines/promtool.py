"""Prometheus' judgement of rule files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from tocsin.engines.program import EngineError
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from tocsin.engines.program import Program


def enabling(features: Iterable[str]) -> tuple[str, ...]:
    """The options of Prometheus and promtool that enable features; they pass over those they do not know."""
    listed = ",".join(sorted(features))
    return (f"--enable-feature={listed}",) if listed else ()


def with_features(promtool: Program, features: Iterable[str]) -> Program:
    """The same promtool with features enabled."""
    return replace(promtool, options=enabling(features))


def check_rules(promtool: Program, files: Sequence[Path]) -> str | None:
    """None when `promtool check rules` accepts all the files, else what it says."""
    done = promtool.run(["check", "rules", *(str(file) for file in files)])
    return None if done.returncode == 0 else (done.stderr or done.stdout).strip()


def check_tests(promtool: Program, files: Sequence[Path]) -> str | None:
    """None when `promtool test rules` finds every test of the files to hold, else what it says."""
    done = promtool.run(["test", "rules", *(str(file) for file in files)], timeout=600)
    return None if done.returncode == 0 else (done.stdout + done.stderr).strip()


def run_faults(
    promtool: Program, folder: Path, files: Sequence[str]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """What promtool has against each test of the files in a folder, by file and name: nothing if it holds.

    A test that is not named did not run. EngineError when promtool gives no answer at all.
    """
    return {(one.file, one.name): one.faults for one in run_in_order(promtool, folder, files)}


@value_object
class TestAnswer:
    """What promtool has against one test; nothing where it holds."""

    __test__ = False

    file: str
    name: str
    """As the file has it, or `unnamed#` with its number."""
    faults: tuple[str, ...]


def run_in_order(promtool: Program, folder: Path, files: Sequence[str]) -> list[TestAnswer]:
    """The same for each test in the order of the files, so that two may have one name.

    `folder` is where promtool is started, and where its report is written.
    """
    report = folder / f"{files[0].replace('/', '-')}.junit.xml"
    arguments = ["test", "rules", f"--junit={report.name}", *files]
    # Each test makes a database that reserves 128 MiB. In `/dev/shm` these would be filled with zeros, which
    # takes longer than all that the disk has to do.
    environment = {"TMPDIR": str(folder), "GOGC": "300", "GOMEMLIMIT": "192MiB"}
    done = promtool.run(arguments, timeout=600, cwd=folder, environment=environment)
    try:
        root = ElementTree.parse(report).getroot()
    except (OSError, ElementTree.ParseError):
        raise EngineError(f"promtool gave no report: {(done.stderr or done.stdout).strip()[:500]}") from None
    return [
        TestAnswer(suite.get("name", ""), case.get("name", ""), tuple(_faults(case)))
        for suite in root.iter("testsuite")
        for case in suite.iter("testcase")
    ]


def _faults(case: ElementTree.Element) -> Iterator[str]:
    for part in case:
        if part.tag in ("failure", "error"):
            yield (part.text or "failed").strip("\n")
