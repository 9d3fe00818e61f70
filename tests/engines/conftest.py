"""What the tests of the programs share: a look at the processes of this machine."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


def _gone(command: str) -> bool:
    end = time.monotonic() + 10
    while _running(command):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _running(command: str) -> int:
    count = 0
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            count += file.read_text(errors="replace").rstrip("\0").split("\0") == command.split()
    return count


@pytest.fixture(scope="session")
def gone() -> Callable[[str], bool]:
    """A function from a command to whether no process runs it any more, or soon does not."""
    return _gone
