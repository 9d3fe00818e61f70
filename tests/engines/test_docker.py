"""What Docker answers when it is asked what killed runs have left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tocsin.engines.docker import Docker
from tocsin.engines.program import EngineError

if TYPE_CHECKING:
    from pathlib import Path


def _docker(folder: Path, script: str) -> Docker:
    path = folder / "docker"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return Docker(str(path), (str(path), "compose"), "run", (1000, 1000), {})


def test_containers_are_listed_with_their_runs(tmp_path: Path) -> None:
    docker = _docker(tmp_path, 'echo "4f0c run-1"; echo "77aa run-2"')
    assert docker.listed("container") == [("4f0c", "run-1"), ("77aa", "run-2")]


def test_a_docker_that_does_not_answer_is_said_in_its_words(tmp_path: Path) -> None:
    docker = _docker(tmp_path, 'echo "Cannot connect to the Docker daemon" >&2; exit 1')
    with pytest.raises(EngineError, match="Docker does not list what there is: Cannot connect to the Docker"):
        docker.listed("container")
