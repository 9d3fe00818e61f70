"""Folders for unfinished things: made next to the output or in it, locked by their owner while it lives."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.interruption import hold_signals
from tocsin.output.errors import OutputError
from tocsin.output.lock import try_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

JOURNAL = "journal.json"
"""In a stage: what has been begun with the output. While it is there, the stage must not be removed."""

_NAME = r"\.tocsin-[0-9a-f]{16}"
_INNER = re.compile(_NAME)


def is_inner_stage(name: str) -> bool:
    """Whether a name at the top of an output folder is a stage's, not someone's file."""
    return _INNER.fullmatch(name) is not None


def real_folder(folder: Path) -> Path:
    """The folder behind links; OutputError for the root of the file system."""
    real = Path(os.path.realpath(folder))
    if not real.name:
        raise OutputError(f"{folder} cannot be an output folder")
    return real


@contextlib.contextmanager
def staging_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """A new empty folder that is gone afterwards, unless it holds a journal of what is unfinished."""
    while True:
        path = parent / f"{prefix}.tocsin-{secrets.token_hex(8)}"
        with contextlib.ExitStack() as stack:
            stack.callback(remove_finished, path)
            path.mkdir()
            try:
                # Until it is locked, another run may take the stage for one that was left behind.
                ours = stack.enter_context(try_lock(path))
            except FileNotFoundError:
                continue
            if ours:
                yield path
                return


def left_stages(folder: Path) -> list[Path]:
    """The stages next to an output folder and in it, of runs that were killed or are at work."""
    beside = re.compile(re.escape(f".{folder.name}") + _NAME)
    return [*_matching(folder.parent, beside), *_matching(folder, _INNER)]


def _matching(folder: Path, name: re.Pattern[str]) -> list[Path]:
    try:
        found = sorted(path for path in folder.iterdir() if name.fullmatch(path.name))
    except OSError:
        return []
    return [path for path in found if path.is_dir() and not path.is_symlink()]


def remove_finished(path: Path) -> None:
    """Remove a stage without a journal as far as it can be; what stays is removed by a later run."""
    if not (path / JOURNAL).exists():
        with hold_signals():
            shutil.rmtree(path, ignore_errors=True)
