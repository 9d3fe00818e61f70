"""The real programs for the tests, as processes and in containers, and plans with their files."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

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
    from tocsin.spec.load import Loaded

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / "tests" / "tools"


def _missing(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def engines_on_path() -> Iterator[Path]:
    """The folder of the programs of `make engines`, which comes before those of the system."""
    folder = ROOT / ".engines" / "bin"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        yield folder


@pytest.fixture
def programs(engines_on_path: Path) -> Iterator[ProcessStack]:
    """The real programs as processes; afterwards they are all gone."""
    stack = ProcessStack()
    if lacking := [reason for name, reason in stack.missing.items() if name in NEEDED]:
        _missing(f"{lacking[0]}, nor in {engines_on_path}: `make engines` fetches it")
    try:
        yield stack
    finally:
        stack.close()


@pytest.fixture(scope="session")
def docker(engines_on_path: Path) -> str:
    """The name of Docker's program; it has images of the environment, or else made of Debian's packages."""
    if os.environ.get("TOCSIN_NO_DOCKER"):
        pytest.skip("TOCSIN_NO_DOCKER is set")
    if shutil.which("docker") is None:
        _missing(f"there is no Docker here, nor in {engines_on_path}: tests/tools/start_docker.sh brings it")
    if _ran(["docker", "info"], 30).returncode != 0:
        _missing("Docker does not answer: tests/tools/start_docker.sh starts it")
    if "TOCSIN_PROMETHEUS_IMAGE" not in os.environ:
        said = _ran([str(TOOLS / "fetch_images.sh")], 900)
        if said.returncode != 0:
            _missing(f"there are no images: {said.stderr[-300:]}")
        for line in said.stdout.splitlines():
            name, _, value = line.removeprefix("export ").partition("=")
            os.environ[name] = value
    return "docker"


@pytest.fixture(scope="session")
def docker_compose_file() -> str:
    """The file that `tocsin validate` uses."""
    return str(COMPOSE_FILE)


@pytest.fixture(scope="session")
def docker_compose_command(docker: str) -> str:
    """Compose as a plugin of Docker, or as a program of its own."""
    return (
        f"{docker} compose" if _ran([docker, "compose", "version"], 30).returncode == 0 else "docker-compose"
    )


def _ran(command: list[str], timeout: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)


@pytest.fixture(scope="session")
def shop_text() -> str:
    """The small English spec with two teams, office hours and a log alert."""
    return (ROOT / "tests" / "specs" / "shop.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def made() -> Callable[[str], tuple[Plan, dict[str, str]]]:
    """A function from the text of a spec to its plan and the files generated from it."""
    return lambda text: _made(load_documents([Document("spec.yaml", text)]))


@pytest.fixture(scope="session")
def conectcrm() -> tuple[Plan, dict[str, str]]:
    """The plan of this repository's own spec, and what is generated from it."""
    return _made(load(ROOT / "spec"))


def _made(loaded: Loaded) -> tuple[Plan, dict[str, str]]:
    assert loaded.spec is not None, loaded.diagnostics
    built = build(loaded.spec, loaded.sources)
    assert built.plan is not None, built.diagnostics
    emitted = (file for target in TARGETS.values() for file in target.emit(built.plan))
    return built.plan, {file.path: file.content.decode() for file in emitted}
