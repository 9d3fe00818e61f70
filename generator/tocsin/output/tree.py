"""The complete new content of an output folder, built beside it."""

from __future__ import annotations

import errno
import os
import shutil
from typing import TYPE_CHECKING

from tocsin.output.changes import Kind, Survey, Written, parents

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tocsin.files import File


class CannotLinkError(Exception):
    """The folder spans several file systems, so that it cannot be built elsewhere and moved."""


def fill(stage: Path, folder: Path, files: Mapping[str, File], found: Survey, written: Written) -> None:
    """Make `stage` what `folder` has to become; what does not change is linked, not copied."""
    fresh = {*written.added, *written.changed}
    stale = set(written.removed) | fresh
    kept = [path for path, kind in found.kinds.items() if kind is not Kind.FOLDER and path not in stale]
    emptied = {parent for path in written.removed for parent in parents(path)}
    filled = {parent for path in (*kept, *fresh) for parent in parents(path)}
    folders = {path for path, kind in found.kinds.items() if kind is Kind.FOLDER}
    # A folder that only ever held other folders without files is someone's: it stays.
    lone = folders - filled - fresh
    stay = {path for path in lone if path not in emptied} if lone else set()
    stay |= {parent for path in stay for parent in parents(path)}
    for path in sorted(filled | stay):
        (stage / path).mkdir()
    for path in kept:
        _keep(folder / path, stage / path)
    write_all(stage, [files[path] for path in sorted(fresh)])
    # Only now: a folder's time changes with everything that is put into it.
    for path in sorted((filled | stay) & folders, reverse=True):
        shutil.copystat(folder / path, stage / path)
    if found.exists:
        shutil.copystat(folder, stage)


def write_all(stage: Path, files: Iterable[File]) -> None:
    """Write new files; their folders are there already."""
    base = os.fspath(stage)
    for file in files:
        with open(f"{base}/{file.path}", "xb", buffering=0) as out:  # noqa: PTH123 - a Path each costs half the time
            content = memoryview(file.content)
            while content:
                content = content[out.write(content) :]


def _keep(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno == errno.EXDEV:
            raise CannotLinkError from error
        if error.errno not in (errno.EPERM, errno.EACCES, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS):
            raise
        if not source.is_symlink() and not source.is_file():
            raise CannotLinkError from error
        shutil.copy2(source, target, follow_symlinks=False)
