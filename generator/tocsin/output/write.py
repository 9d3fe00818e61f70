"""Writing the output folder: look, build the new tree beside it, exchange the two."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.output.changes import Survey, Written, changes, complete, survey
from tocsin.output.errors import OutputError, told
from tocsin.output.inplace import replace_files
from tocsin.output.stage import clear_stages, locked, stage
from tocsin.output.swap import swap
from tocsin.output.tree import CannotLinkError, fill

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tocsin.files import File


def write(files: Iterable[File], folder: Path, *, spec: dict[str, str], version: str) -> Written:
    """Make a folder hold these files and their manifest; `spec` is the SHA-256 of each spec file.

    Files that an earlier manifest lists and that are no longer wanted go; nothing else is touched. On
    OutputError the folder is as it was before.
    """
    try:
        wanted = complete(files, spec, version)
        folder = _real(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        clear_stages(folder.parent, f".{folder.name}")
        clear_stages(folder, "")
        with _held(folder):
            found = survey(folder)
            written = changes(wanted, folder, found)
            if written:
                _apply(wanted, folder, found, written)
            return written
    except OSError as error:
        raise told(error) from error


def compare(files: Iterable[File], folder: Path, *, spec: dict[str, str], version: str) -> Written:
    """What `write` would do; nothing is written."""
    try:
        wanted = complete(files, spec, version)
        folder = _real(folder)
        return changes(wanted, folder, survey(folder))
    except OSError as error:
        raise told(error) from error


def _real(folder: Path) -> Path:
    real = Path(os.path.realpath(folder))
    if not real.name:
        raise OutputError(f"{folder} cannot be an output folder")
    return real


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Keep other runs away from a folder; a later one waits, then looks at what this one wrote."""
    while folder.exists():
        with locked(folder, wait=True) as ours:
            if ours:
                yield
                return
    yield


def _apply(wanted: Sequence[File], folder: Path, found: Survey, written: Written) -> None:
    files = {file.path: file for file in wanted}
    movable = found.one_device and not os.path.ismount(folder)
    if not found.exists or (movable and os.access(folder.parent, os.W_OK | os.X_OK)):
        with contextlib.suppress(CannotLinkError), stage(folder.parent, f".{folder.name}") as new:
            fill(new, folder, files, found, written)
            if not found.exists:
                new.rename(folder)
                return
            if swap(new, folder):
                return
    replace_files(folder, files, written)
