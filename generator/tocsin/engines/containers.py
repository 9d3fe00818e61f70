"""The real programs in containers: official images, or those that the environment names."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import threading
import time
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.engines.program import EngineError
from tocsin.engines.stack import NEEDED, PORTS, Running, listening
from tocsin.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_ASK = 20.0
_PULL = 300.0
_START = 60.0
_CLOSE = 60.0
_PAUSE = 0.3
_ENGINES = files("tocsin.engines")
COMPOSE_FILE = Path(str(_ENGINES / "compose.yaml"))
_PROFILES = ["--profile", "*"]


class ComposeStack:
    """A project of containers with a name of its own, so that several can run side by side."""

    kind = "containers"

    def __init__(self, docker: _Docker, images: Mapping[str, str], missing: dict[str, str]) -> None:
        self.missing = missing
        self.project = f"tocsin-{secrets.token_hex(4)}"
        self._docker = docker
        self._images = images
        self._starting = threading.Lock()
        self._closed = False

    def start(self, program: str, name: str, folder: Path, arguments: Sequence[str]) -> Running:
        """Start it in the project's network, with its web port published on the loopback interface."""
        container = f"{self.project}-{name}"
        ports = PORTS[program]
        command = [*arguments, *listening(program, "0.0.0.0", ports)]
        publish = ["--publish", f"127.0.0.1::{ports['http']}"]
        detached = ["run", "--detach", "--no-deps", "--name", container]
        with self._starting:
            if self._closed:
                raise EngineError(f"{program} is not started: the run has ended")
            done = self._docker.compose(
                [*self._named, *detached, *publish, program, *command], timeout=_START, stage=folder
            )
        if done.returncode != 0:
            raise EngineError(f"{program} does not start:\n{_indented(done.stderr)}")
        port = self._published(container, ports["http"])
        addresses = {key: f"{container}:{number}" for key, number in ports.items()}
        return Running(program, name, f"http://127.0.0.1:{port}", addresses)

    def run(
        self, program: str, tool: str, folder: Path, arguments: Sequence[str], *, timeout: float = 60.0
    ) -> subprocess.CompletedProcess[str]:
        """Run a tool in a container of the program's image."""
        fixed = ["run", "--rm", "--network", "none", "--user", self._docker.user, "--workdir", "/stage"]
        fixed += ["--security-opt", "label=disable", "--label", self._label]
        fixed += ["--name", f"{self.project}-{tool}-{secrets.token_hex(4)}"]
        return self._docker(
            [*fixed, "--volume", f"{folder}:/stage", "--entrypoint", tool, self._images[program], *arguments],
            timeout=timeout,
        )

    def inside(self, folder: Path) -> str:  # noqa: ARG002
        """Where every folder is mounted."""
        return "/stage"

    def home(self, program: str) -> str:
        """Where the official images keep a program's files."""
        return f"/usr/share/{program}"

    def alive(self, running: Running) -> bool:
        """Whether its container runs."""
        container = f"{self.project}-{running.name}"
        done = self._docker(["inspect", "--format", "{{.State.Running}}", container])
        return done.stdout.strip() == "true"

    def log(self, running: Running) -> str:
        """What its container wrote."""
        done = self._docker(["logs", "--tail", "50", f"{self.project}-{running.name}"])
        return done.stdout + done.stderr

    def stop(self, running: Running) -> None:
        """Remove its container."""
        self._docker(["rm", "--force", "--volumes", f"{self.project}-{running.name}"])

    def close(self) -> None:
        """Remove the project's containers, network and volumes; EngineError when some do not go."""
        with self._starting:
            self._closed = True
            end = time.monotonic() + _CLOSE
            # A container whose start was interrupted may still come up; a busy engine may not answer at once.
            while True:
                with suppress(EngineError):
                    self._take_down()
                try:
                    left = self._left()
                except EngineError as error:
                    left = [str(error)]
                if not left:
                    return
                if time.monotonic() > end:
                    raise EngineError(f"not everything of {self.project} is gone: {', '.join(left)}")
                time.sleep(_PAUSE)

    def _take_down(self) -> None:
        if mine := self._listed("container", "--all"):
            self._docker(["rm", "--force", "--volumes", *mine], timeout=_START)
        down = ["down", "--volumes", "--remove-orphans", "--timeout", "2"]
        self._docker.compose([*self._named, *_PROFILES, *down], timeout=_START)

    def _left(self) -> list[str]:
        kinds = (("container", "--all"), ("network",), ("volume",))
        return [f"{kind} {name}" for kind, *more in kinds for name in self._listed(kind, *more)]

    def _listed(self, kind: str, *more: str) -> list[str]:
        done = self._docker([kind, "ls", *more, "--quiet", "--filter", f"label={self._label}"])
        if done.returncode != 0:
            raise EngineError(f"Docker does not list what there is: {_last_line(done.stderr)}")
        return done.stdout.split()

    @property
    def _named(self) -> list[str]:
        return ["--project-name", self.project]

    @property
    def _label(self) -> str:
        """What Compose marks as this project's, and what is started beside it is marked with as well."""
        return f"com.docker.compose.project={self.project}"

    def _published(self, container: str, port: int) -> str:
        said = self._docker(["port", container, f"{port}/tcp"])
        if said.returncode != 0 or ":" not in said.stdout:
            raise EngineError(
                f"{container} stopped at once:\n{_indented(self._docker(['logs', container]).stderr)}"
            )
        return said.stdout.split()[0].rpartition(":")[2]


@frozen
class _Docker:
    """The command line of Docker and that of Compose, in the environment of whoever asks."""

    path: str
    compose_command: tuple[str, ...]
    user: str
    """The user and group of the programs: where Docker runs without root, its root is who asks."""

    def __call__(
        self, arguments: Sequence[str], *, timeout: float = _ASK
    ) -> subprocess.CompletedProcess[str]:
        return _ask([self.path, *arguments], timeout, {})

    def compose(
        self, arguments: Sequence[str], *, timeout: float = _ASK, stage: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        variables = {
            "TOCSIN_USER": self.user,
            "TOCSIN_RECORDER": str(_ENGINES / "recorder.py"),
            **({"TOCSIN_STAGE": str(stage)} if stage is not None else {}),
        }
        return _ask([*self.compose_command, "--file", str(COMPOSE_FILE), *arguments], timeout, variables)


def container_stack(tell: Callable[[str], None]) -> ComposeStack | str:
    """The stack, its images pulled where they are not here yet, or why there can be none.

    `tell` is told what takes long.
    """
    path = shutil.which("docker")
    if path is None:
        return "there is no Docker here"
    try:
        said = _ask([path, "info", "--format", "{{.SecurityOptions}}"], _ASK, {})
        if said.returncode != 0:
            return f"Docker does not answer: {_last_line(said.stderr)}"
        compose = _compose(path)
        if compose is None:
            return "there is no Docker Compose 2 here"
        user = "0:0" if "rootless" in said.stdout else f"{os.getuid()}:{os.getgid()}"
        docker = _Docker(path, compose, user)
        done = docker.compose([*_PROFILES, "config", "--format", "json"])
        if done.returncode != 0:
            return f"Docker Compose does not take the file of the engines: {_last_line(done.stderr)}"
        services = json.loads(done.stdout)["services"]
        images = {program: str(services[program]["image"]) for program in PORTS}
        missing = _missing(docker, images, tell)
    except EngineError as error:
        return str(error)
    if lacking := [name for name in NEEDED if name in missing]:
        return missing[lacking[0]]
    return ComposeStack(docker, images, missing)


def _compose(docker: str) -> tuple[str, ...] | None:
    for command in ((docker, "compose"), ("docker-compose",)):
        if shutil.which(command[0]) is None:
            continue
        done = _ask([*command, "version", "--short"], _ASK, {})
        if done.returncode == 0 and done.stdout.strip().lstrip("v").split(".")[0] not in ("", "1"):
            return command
    return None


def _missing(docker: _Docker, images: Mapping[str, str], tell: Callable[[str], None]) -> dict[str, str]:
    missing = {}
    for program, image in images.items():
        if docker(["image", "inspect", image], timeout=_ASK).returncode == 0:
            continue
        tell(f"pulling {image}")
        try:
            done = docker(["pull", "--quiet", image], timeout=_PULL)
        except EngineError as error:
            missing[program] = f"the image {image} cannot be had: {error}"
            continue
        if done.returncode != 0:
            missing[program] = f"the image {image} cannot be had: {_last_line(done.stderr)}"
    return missing


def _ask(
    command: Sequence[str], timeout: float, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **variables},
        )
    except subprocess.TimeoutExpired:
        raise EngineError(f"{Path(command[0]).name} did not answer within {timeout:g} s") from None
    except OSError as error:
        raise EngineError(f"{command[0]} cannot be run: {error.strerror}") from error


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it says nothing"])[-1]


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.strip().splitlines()[-8:])
