"""Folders for unfinished things: made next to the output, locked by their owner, cleared when it is gone."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from typing import TYPE_CHECKING

try:
    import fcntl
except ImportError:  # Windows: two runs at once are not noticed there
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_INNER = re.compile(r"\.tocsin-[0-9a-f]{16}")


def is_inner_stage(name: str) -> bool:
    """Whether a name at the top of an output folder is a stage's, not someone's file."""
    return _INNER.fullmatch(name) is not None


@contextlib.contextmanager
def stage(parent: Path, prefix: str) -> Iterator[Path]:
    """A new empty folder that is gone afterwards, whatever stands in its place by then."""
    while True:
        path = parent / f"{prefix}.tocsin-{secrets.token_hex(8)}"
        path.mkdir()
        with contextlib.ExitStack() as stack:
            # Between mkdir and the lock another run may have taken the stage for one that was left behind.
            if not stack.enter_context(locked(path, wait=True)):
                continue
            try:
                yield path
            finally:
                remove_tree(path)
            return


def clear_stages(parent: Path, prefix: str) -> None:
    """Remove the stages of runs that were killed; those that are still in use are locked."""
    pattern = re.compile(rf"{re.escape(prefix)}\.tocsin-[0-9a-f]{{16}}")
    try:
        left = [path for path in parent.iterdir() if pattern.fullmatch(path.name)]
    except OSError:
        return
    for path in left:
        if path.is_symlink() or not path.is_dir():
            continue
        with contextlib.suppress(OSError), locked(path, wait=False) as free:
            if free:
                remove_tree(path)


@contextlib.contextmanager
def locked(folder: Path, *, wait: bool) -> Iterator[bool]:
    """Hold the lock of a folder; False when it is in use or has been replaced in the meantime."""
    if fcntl is None:
        yield True
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        except OSError:
            # Some network file systems have no locks; writing is still better than not writing.
            yield True
            return
        yield _is_still(folder, handle)
    finally:
        os.close(handle)


def remove_tree(path: Path) -> None:
    """Remove a folder as far as it can be; what stays is cleared by a later run."""
    shutil.rmtree(path, ignore_errors=True)


def _is_still(folder: Path, handle: int) -> bool:
    try:
        return os.path.samestat(folder.lstat(), os.fstat(handle))
    except FileNotFoundError:
        return False
