"""A stack of the real programs for the tests: containers, and the processes of `make engines`."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tocsin.engines.containers import COMPOSE_FILE
from tocsin.engines.processes import ProcessStack
from tocsin.engines.stack import NEEDED
from tocsin.plan.build import build
from tocsin.source.document import Document
from tocsin.spec.load import load, load_documents
from tocsin.targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tocsin.plan.model import Plan

ROOT = Path(__file__).parents[2]
ENGINES = ROOT / ".engines" / "bin"
SHOP = (ROOT / "tests" / "specs" / "shop.yaml").read_text(encoding="utf-8")


def _missing(reason: str) -> None:
    if os.environ.get("CI") and not os.environ.get("TOCSIN_NO_DOCKER"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def engines_on_path() -> Iterator[None]:
    """The programs of `make engines` before those of the system."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{ENGINES}{os.pathsep}{os.environ['PATH']}")
        yield


@pytest.fixture
def programs(engines_on_path: None) -> Iterator[ProcessStack]:
    """The real programs as processes; afterwards they are all gone."""
    stack = ProcessStack()
    if lacking := [reason for name, reason in stack.missing.items() if name in NEEDED]:
        _missing(f"{lacking[0]}: `make engines` fetches it")
    try:
        yield stack
    finally:
        stack.close()


@pytest.fixture(scope="session")
def docker(engines_on_path: None) -> None:
    """Docker with images: those of the environment, or else made of Debian's packages where none can be pulled."""
    if os.environ.get("TOCSIN_NO_DOCKER"):
        pytest.skip("TOCSIN_NO_DOCKER is set")
    if shutil.which("docker") is None:
        _missing("there is no Docker here: tests/tools/start_docker.sh brings it")
    asked = subprocess.run(["docker", "info"], capture_output=True, text=True, timeout=30, check=False)
    if asked.returncode != 0:
        _missing("Docker does not answer: tests/tools/start_docker.sh starts it")
    if "TOCSIN_PROMETHEUS_IMAGE" not in os.environ:
        said = subprocess.run(
            [ROOT / "tests" / "tools" / "fetch_images.sh"], capture_output=True, text=True, timeout=900, check=False
        )
        if said.returncode != 0:
            _missing(f"there are no images: {said.stderr[-300:]}")
        for line in said.stdout.splitlines():
            name, _, value = line.removeprefix("export ").partition("=")
            os.environ[name] = value


@pytest.fixture(scope="session")
def docker_compose_file() -> str:
    """The file that `tocsin validate` uses."""
    return str(COMPOSE_FILE)


@pytest.fixture(scope="session")
def docker_compose_command(docker: None) -> str:
    """Compose as a plugin of Docker, or as a program of its own."""
    asked = subprocess.run(["docker", "compose", "version"], capture_output=True, timeout=30, check=False)
    return "docker compose" if asked.returncode == 0 else "docker-compose"


@pytest.fixture(scope="session")
def plan_and_output() -> Callable[[str], tuple[Plan, dict[str, str]]]:
    """A function from the text of a spec to its plan and the files generated from it."""

    def made(text: str) -> tuple[Plan, dict[str, str]]:
        loaded = load_documents([Document("spec.yaml", text)])
        assert loaded.spec is not None, loaded.diagnostics
        return _made(loaded)

    return made


@pytest.fixture(scope="session")
def conectcrm() -> tuple[Plan, dict[str, str]]:
    """The plan of this repository's own spec, and what is generated from it."""
    return _made(load(ROOT / "spec"))


def _made(loaded: object) -> tuple[Plan, dict[str, str]]:
    built = build(loaded.spec, loaded.sources)  # type: ignore[attr-defined]
    assert built.plan is not None, built.diagnostics
    files = {
        file.path: file.content.decode()
        for target in TARGETS.values()
        for file in target.emit(built.plan)
    }
    return built.plan, files
