"""Owner, group and mode: a file that is replaced keeps them, a new one belongs to whoever has the folder."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from tocsin.output.paths import parent_folders
from tocsin.output.survey import EntryKind, Survey
from tocsin.value_object import value_object


@value_object
class Attributes:
    """What a file or folder is given; None leaves it as the system makes it.

    `hands_down`: what is made in a folder gets its group (set-group-ID), as in the folder above it.
    """

    mode: int | None = None
    uid: int | None = None
    gid: int | None = None
    hands_down: bool = False


_AS_MADE = Attributes()


def attributes_of(status: os.stat_result) -> Attributes:
    """Those of something that exists, for what takes its place."""
    return Attributes(stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid)


def attributes_in(folder: os.stat_result) -> Attributes:
    """Those of a new file or folder in a folder.

    Only root can give a file to somebody else. A group that is handed down has to be set here, as the system
    does that only for what is made in the folder, not for what is moved there.
    """
    if not hasattr(os, "geteuid"):
        return Attributes()
    hands_down = bool(folder.st_mode & stat.S_ISGID)
    root = _is_root()
    uid = folder.st_uid if root and folder.st_uid != os.geteuid() else None
    gid = folder.st_gid if (root or hands_down) and folder.st_gid != os.getegid() else None
    return Attributes(None, uid, gid, hands_down)


def attributes_at(path: str, kind: EntryKind, found: Survey, root: os.stat_result) -> Attributes:
    """Those of a file or folder at a path of the output; `root` is the status of the output folder."""
    if found.kinds.get(path) is kind:
        return attributes_of(found.statuses[path])
    for parent in reversed(parent_folders(path)):
        if found.kinds.get(parent) is EntryKind.FOLDER:
            return attributes_in(found.statuses[parent])
    return attributes_in(root)


def set_attributes(path: str | Path, given: Attributes) -> None:
    """Give a file or folder its owner, group and mode, as far as this user may."""
    if given == _AS_MADE:
        return
    here = os.stat(path)
    uid = -1 if given.uid in (None, here.st_uid) else given.uid
    gid = -1 if given.gid in (None, here.st_gid) else given.gid
    if uid != -1 or gid != -1:
        try:
            os.chown(path, uid, gid)
        except OSError:
            with contextlib.suppress(OSError):
                os.chown(path, -1, gid)
    if given.mode is not None and (given.mode != stat.S_IMODE(here.st_mode) or uid != -1 or gid != -1):
        with contextlib.suppress(OSError):
            Path(path).chmod(given.mode)
    if given.hands_down and stat.S_ISDIR(here.st_mode):
        with contextlib.suppress(OSError):
            Path(path).chmod(stat.S_IMODE(here.st_mode) | stat.S_ISGID)


def make_folders(path: Path) -> os.stat_result:
    """Make a folder and those above it that are missing, each as in the one above it; the folder's status."""
    missing = []
    while not path.exists():
        missing.append(path)
        path = path.parent
    status = path.stat()
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        set_attributes(folder, attributes_in(status))
        status = folder.stat()
    return status


def can_keep(found: Survey) -> bool:
    """Whether folders that are made anew can have the owner and group of those that they replace."""
    if _is_root() or not hasattr(os, "geteuid"):
        return True
    groups = {os.getegid(), *os.getgroups()}
    folders = [found.statuses[path] for path, kind in found.kinds.items() if kind is EntryKind.FOLDER]
    return all(
        status.st_uid == os.geteuid() and status.st_gid in groups
        for status in (*folders, *((found.root,) if found.root else ()))
    )


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
