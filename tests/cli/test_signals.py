"""Ctrl-C and SIGTERM at any time: the exit code says so, and nothing is left running or lying about."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.engines.program import Program

SPEC = Path(__file__).parents[2] / "spec"
SEED = 20261129
TRIES = 30 if os.environ.get("TOCSIN_THOROUGH") else 3
COMMANDS = {
    "check": (["check", str(SPEC)], 2.5),
    "generate": (["generate", str(SPEC), "--output", "output"], 2.5),
    "diff": (["diff", "HEAD", "spec"], 3.0),
    "prove": (["prove", str(SPEC), "--allow", "prove/no-loki"], 8.0),
}
"""Each with the seconds within which it is interrupted, if it has not ended before."""
ENDS = {signal.SIGINT: (130, "tocsin: interrupted"), signal.SIGTERM: (143, "tocsin: terminated")}


def _started(arguments: list[str], folder: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tocsin", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _with_variable(name: str, value: Path) -> Iterator[bytes]:
    """The command lines of all processes that have a variable of the environment."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"{name}={value}".encode() in (process / "environ").read_bytes().split(b"\0"):
                yield (process / "cmdline").read_bytes()
        except OSError:
            continue


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked for in /proc")
@pytest.mark.parametrize("number", range(TRIES))
@pytest.mark.parametrize("name", COMMANDS)
def test_a_signal_ends_a_command_without_leaving_anything(
    name: str,
    number: int,
    promtool: Program,
    tmp_path: Path,
) -> None:
    random = Random(f"{SEED}/{name}/{number}")
    arguments, longest = COMMANDS[name]
    folder, temporary = tmp_path / "work", tmp_path / "temporary"
    folder.mkdir()
    temporary.mkdir()
    if name == "diff":
        _commit(folder)
    before = sorted(folder.iterdir())
    sent = random.choice([signal.SIGINT, signal.SIGTERM])
    environment = {"TMPDIR": str(temporary), "TOCSIN_PROMTOOL": str(promtool.path)}
    process = _started(arguments, folder, environment)
    # What the interpreter does with a signal while it starts is not up to the command.
    time.sleep(random.uniform(0.7, longest))
    # From a terminal the signal goes to the children as well, and impatient people send it twice.
    send = random.choice([os.kill, os.killpg])
    for _ in range(random.choice([1, 2])):
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                send(process.pid, sent)
    out, err = process.communicate(timeout=60)
    if process.returncode not in (0, 1):
        code, said = ENDS[sent]
        assert (process.returncode, err.strip().splitlines()[-1]) == (code, said), (out, err)
    assert "Traceback" not in err
    assert not list(temporary.iterdir())
    assert {path.name for path in folder.iterdir()} - {path.name for path in before} <= {"output"}
    assert not list(_with_variable("TMPDIR", temporary))


def _commit(folder: Path) -> None:
    (folder / "spec").mkdir()
    for path in SPEC.iterdir():
        (folder / "spec" / path.name).write_bytes(path.read_bytes())
    author = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for arguments in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", "a"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, timeout=30)
