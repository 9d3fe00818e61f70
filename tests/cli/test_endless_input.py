"""Input without an end, or without a beginning, ends in a message and exit code 2, whatever the command."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_MEMORY = 2_000_000  # kB of address space: who reads before looking at the size runs out of it


def _run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    tocsin = f"'{sys.executable}' -m tocsin"
    line = f"ulimit -v {_MEMORY}; {command.replace('tocsin', tocsin, 1)}"
    return subprocess.run(
        ["bash", "-c", line], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    "command",
    [
        "tocsin check /dev/zero",
        "yes | tocsin check /dev/stdin",
        "tocsin check --policy /dev/zero alertmanager.yaml",
        "tocsin route /dev/zero",
        "tocsin route alertmanager.yaml --batch /dev/zero",
        "cat /dev/zero | tocsin route alertmanager.yaml --batch -",
        "tocsin diff /dev/zero alertmanager.yaml",
        "tocsin explain Down /dev/zero",
        "tocsin prove /dev/zero",
        "tocsin check pipe",
    ],
)
def test_it_is_refused(command: str, tmp_path: Path) -> None:
    (tmp_path / "alertmanager.yaml").write_text("route: {receiver: a}\nreceivers: [{name: a}]\n")
    os.mkfifo(tmp_path / "pipe")
    done = _run(command, tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ")
    assert any(words in done.stderr for words in ("larger than", "longer than", "nobody writes to"))


def test_what_comes_through_a_pipe_is_read(tmp_path: Path) -> None:
    (tmp_path / "alertmanager.yaml").write_text("route: {receiver: a}\nreceivers: [{name: a}]\n")
    done = _run("cat alertmanager.yaml | tocsin route /dev/stdin", tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("every alert → a")
