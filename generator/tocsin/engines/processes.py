"""The real programs as processes of this machine, for where there are no containers."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.engines import sink
from tocsin.engines.program import EngineError, Program, end_group, find_program
from tocsin.engines.runs import VARIABLE
from tocsin.engines.stack import PORTS, Running, listen_arguments
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_LOOPBACK = "127.0.0.1"
_TRIES = 3
_GRACE = 3.0
# How long a program takes to say that somebody else has its port.
_BIND = 0.5
_OTHER_NAMES = {"alertmanager": ("prometheus-alertmanager",)}


@value_object
class _Started:
    process: subprocess.Popen[bytes]
    log: Path


class ProcessStack:
    """Programs on PATH, or those that `TOCSIN_<NAME>` points at; each listens on the loopback interface.

    `run` is the name of the run, by which what a killed one leaves is known.
    """

    kind = "programs"

    def __init__(self, run: str = "") -> None:
        self._run = run
        self._programs = {name: program for name in PORTS if (program := _program(name)) is not None}
        self._started: dict[str, _Started] = {}
        self._starting = threading.Lock()
        self._closed = False
        self.missing = {
            name: f"there is no program `{name}` on PATH" for name in PORTS if name not in self._programs
        }

    def start(self, program: str, name: str, folder: Path, arguments: Sequence[str]) -> Running:
        """Start it on ports that are free; when another process is faster at taking one, on others."""
        for attempt in range(_TRIES):
            ports = {port: free_port() for port in PORTS[program]}
            log = folder / f"{name}.log"
            with self._starting:
                if self._closed:
                    raise EngineError(f"{program} is not started: the run has ended")
                started = _Started(self._spawn(program, folder, arguments, ports, log), log)
                self._started[name] = started
            if not _lost_its_port(started) or attempt == _TRIES - 1:
                break
        addresses = {port: f"{_LOOPBACK}:{number}" for port, number in ports.items()}
        return Running(program, name, f"http://{addresses['http']}", addresses)

    def run(
        self, program: str, tool: str, folder: Path, arguments: Sequence[str], *, timeout: float = 60.0
    ) -> subprocess.CompletedProcess[str]:
        """Run a tool from PATH, or from the folder of the program that it comes with."""
        found = find_program(tool)
        if found is None:
            beside = self._programs[program].path.resolve().with_name(tool)
            if not beside.exists():
                raise EngineError(f"there is no program `{tool}` on PATH")
            found = Program(tool, beside)
        # What it may leave goes with the folder.
        environment = {VARIABLE: self._run, "TMPDIR": str(folder)}
        return found.run(arguments, timeout=timeout, cwd=folder, environment=environment)

    def inside(self, folder: Path) -> str:
        """The folder itself."""
        return str(folder)

    def home(self, program: str) -> str:
        """The folder above the program's own, when that is called `bin`, else the one of Linux packages."""
        folder = self._programs[program].path.resolve().parent
        return str(folder.parent) if folder.name == "bin" else f"/usr/share/{program}"

    def alive(self, running: Running) -> bool:
        """Whether its process has not ended."""
        return not self._closed and self._started[running.name].process.poll() is None

    def log(self, running: Running) -> str:
        """What it wrote on both of its outputs."""
        return self._started[running.name].log.read_text(encoding="utf-8", errors="replace")

    def stop(self, running: Running) -> None:
        """End its process."""
        if (started := self._started.pop(running.name, None)) is not None:
            _end([started])

    def close(self) -> None:
        """End all processes that still run."""
        with self._starting:
            self._closed = True
            _end(self._started.values())

    def _spawn(
        self, program: str, folder: Path, arguments: Sequence[str], ports: Mapping[str, int], log: Path
    ) -> subprocess.Popen[bytes]:
        found = self._programs[program]
        own = ["-I", sink.__file__] if program == "recorder" else []
        try:
            with log.open("wb") as out:
                return subprocess.Popen(
                    [str(found.path), *own, *arguments, *listen_arguments(program, _LOOPBACK, ports)],
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    env={
                        "PATH": os.environ.get("PATH", os.defpath),
                        "HOME": str(folder),
                        VARIABLE: self._run,
                    },
                )
        except OSError as error:
            raise EngineError(f"{program} cannot be run: {error.strerror}") from error


def free_port() -> int:
    """A port of the loopback interface that nobody listens to at this moment."""
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _program(name: str) -> Program | None:
    if name == "recorder":
        return Program(name, Path(sys.executable))
    return next((found for one in (name, *_OTHER_NAMES.get(name, ())) if (found := find_program(one))), None)


def _lost_its_port(started: _Started) -> bool:
    with contextlib.suppress(subprocess.TimeoutExpired):
        started.process.wait(_BIND)
        return "address already in use" in started.log.read_text(errors="replace").lower()
    return False


def _end(started: Iterable[_Started]) -> None:
    processes = [one.process for one in started]
    for process in processes:
        end_group(process, signal.SIGTERM)
    end = time.monotonic() + _GRACE
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, end - time.monotonic()))
        # What it started itself may outlive it.
        end_group(process, signal.SIGKILL)
        process.wait(_GRACE)
