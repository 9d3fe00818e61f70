"""What has to change in a folder so that it holds certain files; looks, and writes nothing."""

from __future__ import annotations

import os
import stat
import unicodedata
from enum import Enum
from typing import TYPE_CHECKING

from tocsin.frozen import frozen
from tocsin.output.errors import OutputError
from tocsin.output.manifest import MANIFEST, Manifest, manifest_of, read_manifest
from tocsin.output.stage import is_inner_stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tocsin.files import File


@frozen
class Written:
    """The paths that were written, or would be, each list sorted; the manifest is one of them."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.added or self.changed or self.removed)


class Kind(Enum):
    """What stands at a path of the folder."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "symbolic link"
    OTHER = "special file"


@frozen
class Survey:
    """Everything in a folder, by path; `one_device` is false when another file system is mounted inside."""

    kinds: dict[str, Kind]
    one_device: bool
    exists: bool


def survey(folder: Path) -> Survey:
    """Look at a folder, following no link; one that does not exist is empty."""
    kinds: dict[str, Kind] = {}
    try:
        device = folder.lstat().st_dev
    except FileNotFoundError:
        return Survey(kinds, one_device=True, exists=False)
    if not folder.is_dir():
        raise OutputError(f"{folder} is not a folder")
    one_device = True
    waiting = [(os.fspath(folder), "")]
    while waiting:
        where, prefix = waiting.pop()
        with os.scandir(where) as entries:
            for entry in entries:
                path = prefix + entry.name
                if not prefix and is_inner_stage(entry.name):
                    continue
                kinds[path] = kind = _kind(entry)
                if kind is Kind.FOLDER:
                    one_device = one_device and entry.stat(follow_symlinks=False).st_dev == device
                    waiting.append((entry.path, f"{path}/"))
    return Survey(kinds, one_device, exists=True)


def _kind(entry: os.DirEntry[str]) -> Kind:
    if entry.is_symlink():
        return Kind.LINK
    if entry.is_dir(follow_symlinks=False):
        return Kind.FOLDER
    return Kind.FILE if entry.is_file(follow_symlinks=False) else Kind.OTHER


def complete(files: Iterable[File], spec: dict[str, str], version: str) -> tuple[File, ...]:
    """The files in the order of their paths, with their manifest; OutputError when two collide."""
    wanted = sorted(files, key=lambda file: file.path)
    wanted.append(manifest_of(wanted, spec, version).file())
    whole: dict[str, str] = {}
    parts: dict[str, str] = {}
    for file in wanted:
        name = folded(file.path)
        if name in whole:
            raise OutputError(f"{whole[name]} and {file.path} are the same file on some systems")
        whole[name] = file.path
        for parent in parents(file.path):
            other = parts.setdefault(folded(parent), parent)
            if other != parent:
                raise OutputError(f"{other}/ and {parent}/ are the same folder on some systems")
    if both := parts.keys() & whole.keys():
        raise OutputError(f"{whole[min(both)]} cannot be a file and a folder at once")
    return tuple(wanted)


def changes(wanted: Sequence[File], folder: Path, found: Survey) -> Written:
    """How the folder differs from the files; OutputError when something of someone else is in the way."""
    old = _old_manifest(folder, found)
    ours = set() if old is None else {*old.files, MANIFEST}
    added, changed, unchanged = [], [], []
    for file in wanted:
        for parent in parents(file.path):
            if (kind := found.kinds.get(parent, Kind.FOLDER)) is not Kind.FOLDER and not (
                # A file of ours may make room for a folder.
                kind is Kind.FILE and parent in ours
            ):
                raise OutputError(f"{folder / parent} is a {kind.value} where a folder has to be; {_MOVE}")
        kind_here = found.kinds.get(file.path)
        if kind_here is None:
            added.append(file.path)
        elif kind_here is not Kind.FILE:
            if not (kind_here is Kind.FOLDER and _all_ours(file.path, found, ours)):
                raise OutputError(
                    f"{folder / file.path} is a {kind_here.value} where a file has to be; {_MOVE}"
                )
            added.append(file.path)
        elif _same(folder / file.path, file.content):
            unchanged.append(file.path)
        elif file.path in ours:
            changed.append(file.path)
        else:
            raise OutputError(f"{folder / file.path} exists and was not written by tocsin; {_MOVE}")
    kept = {file.path for file in wanted}
    removed = [path for path in sorted(ours - kept) if found.kinds.get(path) is Kind.FILE]
    return Written(*(tuple(sorted(paths)) for paths in (added, changed, removed, unchanged)))


_MOVE = "move it away or choose another output folder"


def parents(path: str) -> list[str]:
    """The folders above a path, from the top."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def folded(path: str) -> str:
    """The path as a file system sees it that ignores case and the two ways to write an accent."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _old_manifest(folder: Path, found: Survey) -> Manifest | None:
    kind = found.kinds.get(MANIFEST)
    if kind is None:
        return None
    if kind is not Kind.FILE:
        raise OutputError(f"{folder / MANIFEST} is a {kind.value} where a file has to be; {_MOVE}")
    return read_manifest((folder / MANIFEST).read_bytes(), str(folder / MANIFEST))


def _all_ours(path: str, found: Survey, ours: set[str]) -> bool:
    """Whether a folder holds nothing but files that are listed, so that it goes when they go."""
    below = {p: kind for p, kind in found.kinds.items() if p.startswith(f"{path}/")}
    files = {p for p, kind in below.items() if kind is not Kind.FOLDER}
    filled = {parent for p in files for parent in parents(p)}
    return bool(files) and files <= ours and all(p in filled for p in below.keys() - files)


def _same(path: Path, content: bytes) -> bool:
    status = path.stat()
    return stat.S_ISREG(status.st_mode) and status.st_size == len(content) and path.read_bytes() == content
