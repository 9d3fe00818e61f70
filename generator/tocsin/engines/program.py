"""A program that is run with a list of arguments and a limit of time, never through a shell."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tocsin.interruption import EndedError, note_end, start_process, temporary_folder
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST = 60.0
"""Seconds that one run may take unless its caller allows more."""


class EngineError(Exception):
    """A program could not be run, or did not come to an end."""


@value_object
class Program:
    """An executable of this machine."""

    name: str
    path: Path
    options: tuple[str, ...] = ()
    """What stands behind the arguments of each run."""

    def run(
        self,
        arguments: Sequence[str],
        *,
        timeout: float = LONGEST,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """What the program answers; EngineError when it does not start or takes over `timeout` seconds."""
        with ExitStack() as stack:
            own = {"PATH": os.environ.get("PATH", os.defpath), "HOME": os.devnull, **(environment or {})}
            if "TMPDIR" not in own:
                own["TMPDIR"] = str(stack.enter_context(temporary_folder()))
            return run_command(
                [str(self.path), *arguments, *self.options], timeout, own, name=self.name, cwd=cwd
            )


def run_command(
    command: Sequence[str],
    timeout: float,
    environment: Mapping[str, str],
    *,
    name: str | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """What a command answers; EngineError when it does not start or takes over `timeout` seconds.

    Whatever it has started ends with it: a child of a script that hangs would else hold the pipes open, and
    be waited for. EndedError when it ends because this run does.
    """
    name = name or Path(command[0]).name

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            cwd=cwd,
            env=dict(environment),
            start_new_session=True,
        )

    try:
        process = start_process(start, _kill)
    except OSError as error:
        raise EngineError(f"{name} cannot be run: {error.strerror}") from error
    with process:
        try:
            out, errors = process.communicate(timeout=timeout)
        except BaseException as error:
            _kill(process)
            with suppress(EndedError):
                note_end(process)
            if isinstance(error, subprocess.TimeoutExpired):
                raise EngineError(f"{name} did not answer within {timeout:g} s") from None
            raise
    note_end(process)
    return subprocess.CompletedProcess(list(command), process.returncode, out, errors)


def _kill(process: subprocess.Popen[str]) -> None:
    end_group(process, signal.SIGKILL)


def end_group(process: subprocess.Popen[Any], sign: signal.Signals) -> None:
    """Signal a process that was started in a session of its own, and all that it has started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, sign)


def find_program(name: str) -> Program | None:
    """The program of this name: the one that `TOCSIN_<NAME>` points at, else the one on PATH."""
    said = os.environ.get(f"TOCSIN_{name.upper().replace('-', '_')}")
    path = said or shutil.which(name)
    return None if path is None else Program(name, Path(path))
