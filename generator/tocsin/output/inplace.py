"""File by file, for a folder that cannot be exchanged: a mount point, or a system without the call."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

from tocsin.output.changes import parents
from tocsin.output.manifest import MANIFEST
from tocsin.output.stage import stage
from tocsin.output.tree import write_all

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tocsin.files import File
    from tocsin.output.changes import Written


def replace_files(folder: Path, files: Mapping[str, File], written: Written) -> None:
    """Replace what differs, the manifest last; on an error everything is put back."""
    fresh = sorted({*written.added, *written.changed}, key=lambda path: (path == MANIFEST, path))
    changed = set(written.changed)
    with stage(folder, "") as inner:
        new, old = inner / "new", inner / "old"
        for parent in sorted({parent for path in fresh for parent in ("", *parents(path))}):
            (new / parent).mkdir()
        # All the space is taken before the first file of the output is touched.
        write_all(new, [files[path] for path in fresh])
        old.mkdir()
        with contextlib.ExitStack() as undo:
            # Removed first: a new file may need the place, or differ from an old one only in its case.
            for number, path in enumerate(written.removed):
                backup = old / f"removed-{number}"
                (folder / path).replace(backup)
                undo.callback(_restore, backup, folder / path)
                _prune(folder, path)
            for number, path in enumerate(fresh):
                _make_folders(folder, path, undo)
                target = folder / path
                if path in changed:
                    backup = old / f"changed-{number}"
                    shutil.copy2(target, backup)
                    undo.callback(_restore, backup, target)
                else:
                    undo.callback(target.unlink, missing_ok=True)
                (new / path).replace(target)
            undo.pop_all()


def _make_folders(folder: Path, path: str, undo: contextlib.ExitStack) -> None:
    for parent in parents(path):
        if not (folder / parent).is_dir():
            (folder / parent).mkdir()
            undo.callback((folder / parent).rmdir)


def _restore(backup: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    backup.replace(target)


def _prune(folder: Path, path: str) -> None:
    for parent in reversed(parents(path)):
        try:
            (folder / parent).rmdir()
        except OSError:
            return
