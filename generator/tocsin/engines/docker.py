"""Docker with Compose, as commands of this machine: what there is, and what killed runs have left there."""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tocsin.engines.program import EngineError, run_command
from tocsin.engines.runs import VARIABLE, has_ended
from tocsin.engines.stack import PORTS
from tocsin.value_object import value_object

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping, Sequence

COMPOSE_FILE = Path(str(files("tocsin.engines") / "compose.yaml"))
LABEL = "org.tocsin.run"
"""What each container and network is marked with: the name of its run."""

START = 60.0
_ASK = 20.0
_PULL = 300.0
_CLOSE = 60.0
_PAUSE = 0.3
_PROFILES = ("--profile", "*")
# Nobody: root's programs do not need to be root.
_NOBODY = (65534, 65534)
_KINDS = {"container": ("--all",), "network": ()}


@value_object
class Docker:
    """The commands `docker` and Compose for one run; `services` are those of the compose file, resolved."""

    path: str
    compose_command: tuple[str, ...]
    run: str
    user: tuple[int, int]
    """The user and group of the programs: who asks, unless that is root. Where Docker runs without root, its
    root is who asks."""
    services: Mapping[str, Any]

    def __call__(
        self, arguments: Sequence[str], *, timeout: float = _ASK
    ) -> subprocess.CompletedProcess[str]:
        """What `docker` answers; EngineError when it does not within the time."""
        return _ask([self.path, *arguments], self.run, timeout)

    def compose(
        self, arguments: Sequence[str], *, timeout: float = START, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """What Compose answers about the file of the engines."""
        command = [*self.compose_command, "--file", str(COMPOSE_FILE), *arguments]
        return _ask(command, self.run, timeout, {"TOCSIN_USER": _colon(self.user), **(variables or {})})

    def flags(self, program: str) -> list[str]:
        """The options of `docker run` that say what the compose file says of a program's container."""
        service = self.services[program]
        single = {"user": "user", "workdir": "working_dir", "memory": "mem_limit", "pids-limit": "pids_limit"}
        several = {"cap-drop": "cap_drop", "security-opt": "security_opt", "tmpfs": "tmpfs"}
        pairs = {"label": "labels", "env": "environment"}
        flags = ["--read-only"] if service["read_only"] else []
        flags += [f"--{flag}={service[key]}" for flag, key in single.items()]
        flags += [f"--{flag}={value}" for flag, key in several.items() for value in service[key]]
        flags += [f"--{flag}={k}={v}" for flag, key in pairs.items() for k, v in service[key].items()]
        return flags

    def hand_over(self, folder: Path) -> None:
        """Give a folder and all that is in it to the user of the programs."""
        if os.getuid() == 0 and self.user == _NOBODY:
            for path in (folder, *folder.rglob("*")):
                with suppress(FileNotFoundError):
                    os.chown(path, *_NOBODY, follow_symlinks=False)

    def listed(self, kind: str) -> list[tuple[str, str]]:
        """The containers or networks of all runs: what each is known by here, and the name of its run."""
        form = '{{.ID}} {{.Label "' + LABEL + '"}}'
        done = self([kind, "ls", *_KINDS[kind], "--filter", f"label={LABEL}", "--format", form])
        if done.returncode != 0:
            raise EngineError(f"Docker does not list what there is: {last_line(done.stderr)}")
        pairs = (line.partition(" ") for line in done.stdout.splitlines())
        return [(identity, run) for identity, _, run in pairs]

    def clear(self, of: Callable[[str], bool]) -> None:
        """Remove the containers and networks of some runs; EngineError when one stays."""
        end = time.monotonic() + _CLOSE
        # A container whose start was interrupted may still come up; a busy engine may not answer at once.
        while True:
            left: list[str] = []
            try:
                for kind in _KINDS:
                    found = [identity for identity, run in self.listed(kind) if of(run)]
                    left += [f"{kind} {identity}" for identity in found]
                    if found:
                        force = ["--force", "--volumes"] if kind == "container" else []
                        self([kind, "rm", *force, *found], timeout=START)
            except EngineError as error:
                left = [str(error)]
            if not left:
                return
            if time.monotonic() > end:
                raise EngineError(f"not everything that was started is gone: {', '.join(left)}")
            time.sleep(_PAUSE)


def find_docker(run: str = "") -> Docker:
    """The Docker of this machine for a run; EngineError, with the reason, when it or Compose is missing."""
    path = shutil.which("docker")
    if path is None:
        raise EngineError("there is no Docker here")
    said = _ask([path, "info", "--format", "{{.SecurityOptions}}"], run)
    if said.returncode != 0:
        raise EngineError(f"Docker does not answer: {last_line(said.stderr)}")
    compose = _compose(path, run)
    if compose is None:
        raise EngineError("there is no Docker Compose 2 here")
    mine = (os.getuid(), os.getgid())
    user = (0, 0) if "rootless" in said.stdout else (_NOBODY if mine[0] == 0 else mine)
    docker = Docker(path, compose, run, user, {})
    done = docker.compose([*_PROFILES, "config", "--format", "json"])
    if done.returncode != 0:
        raise EngineError(f"Docker Compose does not take the file of the engines: {last_line(done.stderr)}")
    return Docker(path, compose, run, user, json.loads(done.stdout)["services"])


def missing_images(docker: Docker, tell: Callable[[str], None]) -> dict[str, str]:
    """Why the image of a program cannot be had, for each that cannot; what is not here yet is pulled."""
    missing = {}
    for program in PORTS:
        image = str(docker.services[program]["image"])
        if docker(["image", "inspect", image]).returncode == 0:
            continue
        tell(f"pulling {image}")
        try:
            done = docker(["pull", "--quiet", image], timeout=_PULL)
        except EngineError as error:
            missing[program] = f"the image {image} cannot be had: {error}"
            continue
        if done.returncode != 0:
            missing[program] = f"the image {image} cannot be had: {last_line(done.stderr)}"
    return missing


def clear_ended(docker: Docker) -> None:
    """Remove what killed runs have left; those of before the machine's last start stopped with it."""
    with suppress(EngineError):
        docker.clear(has_ended)
        for kind in _KINDS:
            docker([kind, "prune", "--force", "--filter", f"label={LABEL}", "--filter", "until=24h"])


def last_line(text: str) -> str:
    """The last line of what a program said."""
    return (text.strip().splitlines() or ["it says nothing"])[-1]


def _compose(docker: str, run: str) -> tuple[str, ...] | None:
    for command in ((docker, "compose"), ("docker-compose",)):
        if shutil.which(command[0]) is None:
            continue
        done = _ask([*command, "version", "--short"], run)
        if done.returncode == 0 and done.stdout.strip().lstrip("v").split(".")[0] not in ("", "1"):
            return command
    return None


def _ask(
    command: Sequence[str], run: str, timeout: float = _ASK, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return run_command(command, timeout, {**os.environ, VARIABLE: run, **(variables or {})})


def _colon(user: tuple[int, int]) -> str:
    return f"{user[0]}:{user[1]}"
