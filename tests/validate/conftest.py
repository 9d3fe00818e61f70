"""The real programs for the tests, as processes and in containers, and plans with their files."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.missing import HOW_PROGRAMS, missing

from tocsin.compile import build
from tocsin.engines.docker import COMPOSE_FILE, find_docker, missing_images
from tocsin.engines.processes import ProcessStack
from tocsin.engines.program import EngineError
from tocsin.engines.stack import NEEDED
from tocsin.engines.trial import why_unusable
from tocsin.source.document import Document
from tocsin.spec.load import load, load_documents
from tocsin.targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tocsin.plan.model import Plan
    from tocsin.spec.load import Loaded

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / "tests" / "tools"


@pytest.fixture(scope="session")
def engines_on_path() -> Iterator[Path]:
    """The folder of the programs of `make engines`, which comes before those of the system."""
    folder = ROOT / ".engines" / "bin"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        yield folder


@pytest.fixture(scope="session")
def unusable_programs(
    engines_on_path: Path,  # noqa: ARG001
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    """Why a program cannot be used, for each of those that are needed; empty where it is not there."""
    stack = ProcessStack()
    try:
        there = [name for name in NEEDED if name not in stack.missing]
        found = why_unusable(stack, tmp_path_factory.mktemp("trial"), there)
    finally:
        stack.close()
    return {**dict.fromkeys((name for name in NEEDED if name in stack.missing), ""), **found}


@pytest.fixture
def programs(unusable_programs: dict[str, str]) -> Iterator[ProcessStack]:
    """The real programs as processes; afterwards they are all gone."""
    for name, reason in unusable_programs.items():
        missing(f"no {name}: {reason or HOW_PROGRAMS}")
    stack = ProcessStack()
    try:
        yield stack
    finally:
        stack.close()


@pytest.fixture(scope="session")
def docker(engines_on_path: Path) -> str:  # noqa: ARG001
    """The name of Docker's program, when its engine, Compose and all images are there.

    The images are those of the environment, else made of Debian's packages, else the official ones.
    """
    if os.environ.get("TOCSIN_NO_DOCKER"):
        pytest.skip("no containers: TOCSIN_NO_DOCKER is set")
    try:
        find_docker()
    except EngineError as error:
        missing(f"no containers ({error}): tests/tools/start_docker.sh brings Docker, `make engines` Compose")
    if "TOCSIN_PROMETHEUS_IMAGE" not in os.environ:
        for name, value in _debian_images().items():
            os.environ[name] = value
    lacking = missing_images(find_docker(), print)
    for program in NEEDED:
        if program in lacking:
            missing(f"no containers ({lacking[program]}): tests/tools/fetch_images.sh makes images on Debian")
    return "docker"


def _debian_images() -> dict[str, str]:
    said = _ran([str(TOOLS / "fetch_images.sh")], 900)
    pairs = (line.removeprefix("export ").partition("=") for line in said.stdout.splitlines())
    return {name: value for name, _, value in pairs} if said.returncode == 0 else {}


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
