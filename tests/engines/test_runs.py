"""What a run that was killed has left is known by its name, and goes; whatever may be under way stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tocsin.engines.processes import ProcessStack
from tocsin.engines.runs import VARIABLE, clear_folders, clear_processes, has_ended, run_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_RUN = """
import os, sys, time
from tocsin.engines.runs import run_folder
with run_folder() as folder:
    (folder / "data").mkdir()
    print(folder.name, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files, for this process and those that it starts."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def started(temporary: Path) -> Iterator[Callable[[], tuple[subprocess.Popen[str], str]]]:  # noqa: ARG001
    """A function that starts a run in a process of its own, and gives that and the run's name."""
    processes: list[subprocess.Popen[str]] = []

    def start() -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen([sys.executable, "-c", _RUN], stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout is not None
        return process, process.stdout.readline().strip()

    yield start
    for process in processes:
        process.kill()
        process.communicate(timeout=20)


def test_a_run_has_ended_when_its_process_is_gone(
    started: Callable[[], tuple[subprocess.Popen[str], str]],
) -> None:
    process, name = started()
    assert not has_ended(name)
    process.kill()
    process.wait(20)
    assert has_ended(name)


def test_a_process_that_got_the_same_number_later_is_another_one(temporary: Path) -> None:
    with run_folder() as folder:
        assert folder.parent == temporary
        tocsin, host, pid, start, rest = folder.name.split("-")
        assert not has_ended(folder.name)
        assert has_ended("-".join((tocsin, host, pid, f"{int(start, 16) - 1:x}", rest)))
        assert has_ended("-".join((tocsin, host, str(10**9), start, rest)))


def test_a_run_of_another_machine_is_not_judged() -> None:
    assert not has_ended(f"tocsin-00000000-{10**9}-1-x")
    assert not has_ended("tocsin-proofs-8g4l3git")


def test_the_next_run_removes_the_folder_of_one_that_was_killed(
    started: Callable[[], tuple[subprocess.Popen[str], str]], temporary: Path
) -> None:
    kept = {"tocsin-mine", "tocsin-00000000-1-1-x"}
    for name in kept:
        (temporary / name).mkdir()
    killed, name = started()
    killed.kill()
    killed.wait(20)
    assert (temporary / name / "data").exists()
    _, under_way = started()
    assert {path.name for path in temporary.iterdir()} == {*kept, under_way}


def test_a_folder_of_another_machine_goes_after_a_day(temporary: Path) -> None:
    old = temporary / "tocsin-00000000-1-1-x"
    old.mkdir()
    os.utime(old, (0, 0))
    outside = temporary / "outside"
    outside.mkdir()
    link = temporary / "tocsin-00000000-1-1-y"
    link.symlink_to(outside)
    os.utime(link, (0, 0), follow_symlinks=False)
    clear_folders()
    assert not old.exists()
    assert outside.exists()


def test_programs_of_a_run_that_was_killed_are_ended(
    started: Callable[[], tuple[subprocess.Popen[str], str]], tmp_path: Path
) -> None:
    killed, name = started()
    _, under_way = started()
    mine, other = ProcessStack(name), ProcessStack(under_way)
    try:
        left, working = (stack.start("recorder", "recorder", tmp_path, []) for stack in (mine, other))
        clear_processes()
        assert mine.alive(left)
        killed.send_signal(signal.SIGKILL)
        killed.wait(20)
        clear_processes()
        assert mine._started[left.name].process.wait(10) == -signal.SIGKILL
        assert other.alive(working)
    finally:
        mine.close()
        other.close()


def test_a_program_knows_its_run(tmp_path: Path) -> None:
    stack = ProcessStack("tocsin-a-run")
    try:
        running = stack.start("recorder", "recorder", tmp_path, [])
        environment = Path(f"/proc/{stack._started[running.name].process.pid}/environ")
        assert f"{VARIABLE}=tocsin-a-run".encode() in environment.read_bytes().split(b"\0")
    finally:
        stack.close()
