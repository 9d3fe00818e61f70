"""What runs the real programs side by side, whether in containers or as processes of this machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from tocsin.engines.json_api import get
from tocsin.engines.program import LONGEST, EngineError
from tocsin.value_object import value_object

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PORTS: dict[str, dict[str, int]] = {
    "prometheus": {"http": 9090},
    "alertmanager": {"http": 9093},
    "recorder": {"http": 8080, "smtp": 8025},
    "loki": {"http": 3100, "grpc": 9095},
    "grafana": {"http": 3000},
}
"""The programs, and what each of them listens to where nothing else is said."""

NEEDED = ("prometheus", "alertmanager", "recorder")
"""Without these there is nothing to validate with."""

_PAUSE = 0.1
_LAST_LINES = 8


@value_object
class Running:
    """A program that was started; `addresses` are `host:port` as the other programs of its stack see them."""

    program: str
    name: str
    url: str
    addresses: Mapping[str, str]


class Stack(Protocol):
    """A way to run programs; all of them are gone after `close`."""

    kind: str
    """`containers` or `programs`."""
    missing: dict[str, str]
    """Why a program cannot be run here, for each that cannot."""

    def start(self, program: str, name: str, folder: Path, arguments: Sequence[str]) -> Running:
        """Start a program inside a folder, from which it sees its paths; EngineError when it cannot."""

    def run(
        self, program: str, tool: str, folder: Path, arguments: Sequence[str], *, timeout: float = 60.0
    ) -> subprocess.CompletedProcess[str]:
        """What a tool that comes with a program, such as promtool, answers inside a folder."""

    def inside(self, folder: Path) -> str:
        """The path under which a program that is started in a folder sees this folder."""

    def home(self, program: str) -> str:
        """Where the files that belong to a program are."""

    def alive(self, running: Running) -> bool:
        """Whether a program that was started still runs."""

    def log(self, running: Running) -> str:
        """What a program has said so far."""

    def stop(self, running: Running) -> None:
        """End one program."""

    def close(self) -> None:
        """End everything, and leave nothing behind."""


def listen_arguments(program: str, address: str, ports: Mapping[str, int]) -> list[str]:
    """The arguments that make a program listen there, behind its own."""
    http = ports["http"]
    match program:
        case "prometheus":
            return [f"--web.listen-address={address}:{http}"]
        case "alertmanager":
            return [f"--web.listen-address={address}:{http}", "--cluster.listen-address="]
        case "recorder":
            return [address, str(http), str(ports["smtp"])]
        case "loki":
            return [
                f"-server.http-listen-address={address}",
                f"-server.http-listen-port={http}",
                f"-server.grpc-listen-port={ports['grpc']}",
            ]
        case _:
            return [f"cfg:server.http_addr={address}", f"cfg:server.http_port={http}"]


def wait_until_ready(stack: Stack, running: Running, path: str, limit: float = LONGEST) -> None:
    """Wait until a program answers at a path of its own; EngineError with its last words otherwise."""
    end = time.monotonic() + limit
    while True:
        try:
            get(f"{running.url}{path}")
            return
        except EngineError as error:
            if not stack.alive(running):
                raise EngineError(f"{running.program} stopped:\n{last_words(stack, running)}") from None
            if time.monotonic() > end:
                words = f"{running.program} is not ready after {limit:g} s: {error}"
                raise EngineError(f"{words}\n{last_words(stack, running)}") from None
        time.sleep(_PAUSE)


def last_words(stack: Stack, running: Running) -> str:
    """The last lines of a program's log, each indented."""
    lines = stack.log(running).strip().splitlines()[-_LAST_LINES:]
    return "\n".join(f"  {line[:400]}" for line in lines) or "  (it said nothing)"
