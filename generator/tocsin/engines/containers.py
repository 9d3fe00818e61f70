"""The real programs in containers: official images, or those that the environment names.

The containers have no way out of their network. Requests to them go through a gateway of their own.
"""

from __future__ import annotations

import secrets
import shutil
import threading
from importlib.resources import files
from typing import TYPE_CHECKING

from tocsin.engines.docker import clear_ended, find_docker, missing_images
from tocsin.engines.program import EngineError
from tocsin.engines.stack import NEEDED, PORTS, Running, listen_arguments, wait_until_ready

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tocsin.engines.docker import Docker

_GATEWAY = "gateway"
_SCRIPTS = {_GATEWAY: "gateway.py", "recorder": "sink.py"}
"""Services that are modules of this package."""
_GATEWAY_PORT = 8080


class ComposeStack:
    """A project of containers with a name of its own, so that several can run side by side."""

    kind = "containers"

    def __init__(self, docker: Docker, missing: dict[str, str]) -> None:
        self.missing = missing
        self.project = f"tocsin-{secrets.token_hex(4)}"
        self._docker = docker
        self._starting = threading.Lock()
        self._closed = False
        self._gateway: Running | None = None

    def start(self, program: str, name: str, folder: Path, arguments: Sequence[str]) -> Running:
        """Start it in the project's network; the gateway leads to its web port."""
        ports = PORTS[program]
        container = f"{self.project}-{name}"
        with self._starting:
            if self._gateway is None:
                self._gateway = self._open_gateway(folder)
            self._run(program, container, folder, [*arguments, *listen_arguments(program, "0.0.0.0", ports)])
        addresses = {key: f"{container}:{number}" for key, number in ports.items()}
        return Running(program, name, f"{self._gateway.url}/{addresses['http']}", addresses)

    def run(
        self, program: str, tool: str, folder: Path, arguments: Sequence[str], *, timeout: float = 60.0
    ) -> subprocess.CompletedProcess[str]:
        """Run a tool in a container of the program's image, without any network."""
        self._docker.hand_over(folder)
        name = f"{self.project}-{tool}-{secrets.token_hex(4)}"
        own = [
            "--rm",
            "--network=none",
            f"--name={name}",
            f"--volume={folder}:/stage",
            f"--entrypoint={tool}",
        ]
        image = str(self._docker.services[program]["image"])
        return self._docker(["run", *self._docker.flags(program), *own, image, *arguments], timeout=timeout)

    def inside(self, _folder: Path) -> str:
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
        """Remove the containers and networks of the run; EngineError when some do not go."""
        with self._starting:
            self._closed = True
            self._docker.clear(lambda run: run == self._docker.run)

    def _open_gateway(self, folder: Path) -> Running:
        container = f"{self.project}-{_GATEWAY}"
        self._run(_GATEWAY, container, folder, [], f"--publish=127.0.0.1::{_GATEWAY_PORT}")
        said = self._docker(["port", container, f"{_GATEWAY_PORT}/tcp"])
        port = said.stdout.partition("\n")[0].rpartition(":")[2]
        running = Running(_GATEWAY, _GATEWAY, f"http://127.0.0.1:{port}", {})
        wait_until_ready(self, running, "/")
        return running

    def _run(self, service: str, container: str, folder: Path, command: Sequence[str], *more: str) -> None:
        if self._closed:
            raise EngineError(f"{service} is not started: the run has ended")
        variables = {"TOCSIN_STAGE": str(folder)}
        if service in _SCRIPTS:
            # Where it is installed, others than its owner may not be able to read it.
            copy = folder / _SCRIPTS[service]
            shutil.copyfile(str(files("tocsin.engines") / copy.name), copy)
            copy.chmod(0o644)
            variables[f"TOCSIN_{service.upper()}"] = str(copy)
        else:
            self._docker.hand_over(folder)
        detached = ["run", "--detach", "--no-deps", "--name", container, *more]
        done = self._docker.compose(
            ["--project-name", self.project, *detached, service, *command], variables=variables
        )
        if done.returncode != 0:
            lines = "\n".join(f"  {line}" for line in done.stderr.strip().splitlines()[-8:])
            raise EngineError(f"{service} does not start:\n{lines}")


def container_stack(run: str, tell: Callable[[str], None]) -> ComposeStack | str:
    """The stack, its images pulled where they are not here yet, or why there can be none.

    `run` is the name of the run; `tell` is told what takes long. What killed runs have left is cleared.
    """
    try:
        docker = find_docker(run)
        clear_ended(docker)
        missing = missing_images(docker, tell)
    except EngineError as error:
        return str(error)
    if lacking := [name for name in NEEDED if name in missing]:
        return missing[lacking[0]]
    return ComposeStack(docker, missing)
