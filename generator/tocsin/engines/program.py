"""A program that is run with a list of arguments and a limit of time, never through a shell."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST = 60.0
"""Seconds that one run may take unless its caller allows more."""


class EngineError(Exception):
    """A program could not be run, or did not come to an end."""


@frozen
class Program:
    """An executable of this machine."""

    name: str
    path: Path

    def run(
        self,
        arguments: Sequence[str],
        *,
        timeout: float = LONGEST,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """What the program answers; EngineError when it does not start or takes over `timeout` seconds."""
        try:
            return subprocess.run(
                [str(self.path), *arguments],
                capture_output=True,
                text=True,
                check=False,
                timeout=timeout,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                env={"PATH": os.environ.get("PATH", os.defpath), "HOME": os.devnull, **(environment or {})},
            )
        except subprocess.TimeoutExpired:
            raise EngineError(f"{self.name} did not answer within {timeout:g} s") from None
        except OSError as error:
            raise EngineError(f"{self.name} cannot be run: {error.strerror}") from error


def find(name: str) -> Program | None:
    """The program of this name: the one that `TOCSIN_<NAME>` points at, else the one on PATH."""
    said = os.environ.get(f"TOCSIN_{name.upper().replace('-', '_')}")
    path = said or shutil.which(name)
    return None if path is None else Program(name, Path(path))
