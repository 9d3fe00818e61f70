"""What is in a folder: each entry with its kind and its status."""

from __future__ import annotations

import os
import stat
from enum import Enum
from typing import TYPE_CHECKING

from tocsin.output.errors import OutputError
from tocsin.output.stage import is_inner_stage
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from pathlib import Path

Identity = tuple[int, int, int]
"""Inode, size, and time of the last change in ns: they differ when somebody replaced or changed a file."""


class EntryKind(Enum):
    """What stands at a path of the folder."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "symbolic link"
    OTHER = "special file"


@value_object
class Survey:
    """Everything in a folder, by path; `root` is the folder itself, None when it does not exist.

    `one_device` is false when another file system is mounted inside.
    """

    kinds: dict[str, EntryKind]
    statuses: dict[str, os.stat_result]
    one_device: bool
    root: os.stat_result | None


def survey_folder(folder: Path) -> Survey:
    """Look at a folder, following no link; one that does not exist is empty, and so is what vanishes."""
    kinds: dict[str, EntryKind] = {}
    statuses: dict[str, os.stat_result] = {}
    try:
        root = folder.lstat()
    except FileNotFoundError:
        return Survey(kinds, statuses, one_device=True, root=None)
    if not folder.is_dir():
        raise OutputError(f"{folder} is not a folder")
    one_device = True
    waiting = [(os.fspath(folder), "")]
    while waiting:
        where, prefix = waiting.pop()
        try:
            entries = os.scandir(where)
        except FileNotFoundError:
            continue
        with entries:
            for entry in entries:
                path = prefix + entry.name
                if not prefix and is_inner_stage(entry.name):
                    continue
                try:
                    status = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                statuses[path] = status
                kinds[path] = kind = kind_of(status)
                if kind is EntryKind.FOLDER:
                    one_device = one_device and status.st_dev == root.st_dev
                    waiting.append((entry.path, f"{path}/"))
    return Survey(kinds, statuses, one_device, root)


def kind_of(status: os.stat_result) -> EntryKind:
    """What an entry with this status is."""
    if stat.S_ISREG(status.st_mode):
        return EntryKind.FILE
    if stat.S_ISDIR(status.st_mode):
        return EntryKind.FOLDER
    return EntryKind.LINK if stat.S_ISLNK(status.st_mode) else EntryKind.OTHER


def file_identity(status: os.stat_result) -> Identity:
    """What tells a file from another one that takes its place, and from itself with other content."""
    return status.st_ino, status.st_size, status.st_mtime_ns


def identity_at(path: str | Path) -> Identity | None:
    """The identity of what stands at a path now; None when nothing does."""
    try:
        return file_identity(os.lstat(path))
    except (FileNotFoundError, NotADirectoryError):
        return None
