"""The complete new content of an output folder, built beside it."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from typing import TYPE_CHECKING

from tocsin.output.attributes import attributes_at, attributes_in, attributes_of, set_attributes
from tocsin.output.paths import parent_folders
from tocsin.output.survey import EntryKind, file_identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tocsin.files import File
    from tocsin.output.changes import WrittenPaths
    from tocsin.output.survey import Identity, Survey


class CannotLinkError(Exception):
    """What is in the folder cannot be linked elsewhere, so that the folder cannot be built beside itself."""


def fill_tree(
    tree: Path,
    folder: Path,
    files: Mapping[str, File],
    found: Survey,
    written: WrittenPaths,
) -> dict[str, Identity]:
    """Make `tree` what `folder` has to become; the identity of each file that was linked, not written.

    CannotLinkError when something cannot be linked.
    """
    above = folder.parent.stat()
    fresh = {*written.added, *written.changed}
    stale = set(written.removed) | fresh
    kept = [path for path, kind in found.kinds.items() if kind is not EntryKind.FOLDER and path not in stale]
    emptied = {parent for path in written.removed for parent in parent_folders(path)}
    filled = {parent for path in (*kept, *fresh) for parent in parent_folders(path)}
    folders = {path for path, kind in found.kinds.items() if kind is EntryKind.FOLDER}
    # A folder that only ever held other folders without files is someone's: it stays.
    lone = folders - filled - fresh
    stay = {path for path in lone if path not in emptied} if lone else set()
    stay |= {parent for path in stay for parent in parent_folders(path)}
    base = above if found.root is None else found.root
    tree.mkdir()
    new = (filled | stay) - folders
    for path in sorted(filled | stay):
        (tree / path).mkdir()
        if path in new:
            set_attributes(tree / path, attributes_at(path, EntryKind.FOLDER, found, base))
    linked = _link(kept, folder, tree)
    write_all(tree, [files[path] for path in sorted(fresh)], found, base)
    # Only now: a folder's time changes with everything that is put into it, and some let nobody write.
    for path in sorted((filled | stay) & folders, reverse=True):
        set_attributes(tree / path, attributes_at(path, EntryKind.FOLDER, found, base))
        _copy_folder_status(folder / path, tree / path)
    if found.root is None:
        set_attributes(tree, attributes_in(above))
    else:
        set_attributes(tree, attributes_of(found.root))
        _copy_folder_status(folder, tree)
    return linked


def write_all(stage: Path, files: Iterable[File], found: Survey, root: os.stat_result) -> None:
    """Write new files with the attributes they have or get in the output; their folders are there already."""
    base = os.fspath(stage)
    for file in files:
        with open(f"{base}/{file.path}", "xb", buffering=0) as out:
            content = memoryview(file.content)
            while content:
                content = content[out.write(content) :]
        set_attributes(f"{base}/{file.path}", attributes_at(file.path, EntryKind.FILE, found, root))


def _link(paths: Iterable[str], folder: Path, tree: Path) -> dict[str, Identity]:
    """Link what stays as it is; what somebody has deleted by now is left out."""
    linked: dict[str, Identity] = {}
    source, target = os.fspath(folder), os.fspath(tree)
    for path in paths:
        try:
            os.link(f"{source}/{path}", f"{target}/{path}", follow_symlinks=False)
        except FileNotFoundError:
            continue
        except OSError as error:
            if error.errno in _CANNOT_LINK:
                raise CannotLinkError from error
            raise
        linked[path] = file_identity(os.lstat(f"{target}/{path}"))
    return linked


_CANNOT_LINK = {errno.EXDEV, errno.EPERM, errno.EACCES, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS}


def _copy_folder_status(source: Path, target: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        shutil.copystat(source, target)
