"""Runs that write the same folder take turns; a lock ends with the process that holds it."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from tocsin.output.errors import OutputError

try:
    import fcntl
except ImportError:  # Windows: two runs at once are not noticed there
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST_WAIT = 60.0
"""Seconds that a run waits for another one; writing takes a few, and planning is done before."""

_PAUSE = 0.02


@contextlib.contextmanager
def hold_folder(folder: Path) -> Iterator[None]:
    """Keep other runs away from a folder: a later one waits, then looks at what this one wrote.

    Where the folder does not exist yet, the folder above it is locked. OutputError after LONGEST_WAIT.
    """
    end = time.monotonic() + LONGEST_WAIT
    while True:
        exists = folder.is_dir()
        if not exists and os.path.lexists(folder):
            raise OutputError(f"{folder} is not a folder")
        with contextlib.ExitStack() as stack:
            try:
                ours = stack.enter_context(try_lock(folder if exists else folder.parent, until=end))
            except FileNotFoundError:
                ours = False
            if ours and folder.is_dir() == exists:
                yield
                return
        if time.monotonic() >= end:
            raise OutputError(
                f"another run of tocsin writes {folder} and has not ended within {LONGEST_WAIT:.0f} s"
            )


@contextlib.contextmanager
def try_lock(folder: Path, *, until: float = 0) -> Iterator[bool]:
    """Hold the lock of a folder; False when another process holds it all the time, or took the folder away.

    `until` is a time of the monotonic clock; FileNotFoundError when there is no folder.
    """
    if fcntl is None:
        yield True
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield _lock(handle, until) and _is_still(folder, handle)
    finally:
        os.close(handle)


def _lock(handle: int, until: float) -> bool:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(_PAUSE)
        except OSError:
            # Some network file systems have no locks; writing is still better than not writing.
            return True
        else:
            return True


def _is_still(folder: Path, handle: int) -> bool:
    try:
        return os.path.samestat(folder.lstat(), os.fstat(handle))
    except FileNotFoundError:
        return False
