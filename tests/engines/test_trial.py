"""Programs that cannot be used are found before anything is judged, each with the reason."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tocsin.engines.processes import ProcessStack
from tocsin.engines.trial import why_unusable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SLEEP = "31.4159"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs that comes first on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@pytest.fixture
def stage(tmp_path: Path, gone: Callable[[str], bool]) -> Iterator[Path]:
    """A folder for copies; none of the programs may be left afterwards."""
    yield tmp_path / "stage"
    assert gone(f"sleep {SLEEP}")


def _put(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(script)
    (folder / name).chmod(0o755)


def _reason(program: str, stage: Path) -> str | None:
    stack = ProcessStack()
    try:
        return why_unusable(stack, stage, [program], limit=1).get(program)
    finally:
        stack.close()


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("#!/bin/sh\necho it lacks a library >&2\nexit 127\n", "with exit code 127: it lacks a library"),
        (f"#!/bin/sh\nsleep {SLEEP}\n", "promtool did not answer within 1 s"),
        ("\x7fELF built for another machine", "promtool cannot be run: Exec format error"),
        ("#!/nowhere/sh\n", "promtool cannot be run: No such file or directory"),
    ],
)
def test_a_tool_that_cannot_be_used(script: str, reason: str, path: Path, stage: Path) -> None:
    _put(path, "prometheus", "#!/bin/sh\n")
    _put(path, "promtool", script)
    assert reason in (_reason("prometheus", stage) or "")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (
            "#!/bin/sh\necho open /usr/share/default.tmpl: no such file\nexit 1\n",
            "alertmanager stopped:\n  open /usr/share/default.tmpl: no such file",
        ),
        (f"#!/bin/sh\nsleep {SLEEP}\n", "alertmanager is not ready after 1 s"),
        (f"#!/bin/sh\ntrap '' TERM\nsleep {SLEEP} & sleep {SLEEP}\n", "alertmanager is not ready after 1 s"),
    ],
)
def test_a_program_that_does_not_start(script: str, reason: str, path: Path, stage: Path) -> None:
    _put(path, "alertmanager", script)
    _put(path, "amtool", "#!/bin/sh\n")
    assert reason in (_reason("alertmanager", stage) or "")


def test_a_program_that_answers_can_be_used(stage: Path) -> None:
    assert _reason("recorder", stage) is None
