"""What has to change in a folder so that it holds certain files; looks, and writes nothing."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tocsin.output.errors import OutputError
from tocsin.output.manifest import MANIFEST, Manifest, content_hash, read_manifest
from tocsin.output.paths import parent_folders
from tocsin.output.survey import EntryKind, Survey, file_identity
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from tocsin.files import File
    from tocsin.output.survey import Identity


@value_object
class WrittenPaths:
    """The paths that were written, or would be, each list sorted; the manifest is one of them.

    `edited` are those of `changed` that somebody had changed since the last run, `left` those that are no
    longer wanted and stay because of that. `aside` are new names of files of others that stood, at the end,
    where a file was written.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.added or self.changed or self.removed)


_NOTHING: Mapping[str, Any] = MappingProxyType({})
_MOVE = "move it away or choose another output folder"


def changes(
    wanted: Sequence[File],
    retained: Iterable[str],
    listed: Mapping[str, str],
    folder: Path,
    found: Survey,
    hashes: Mapping[str, str] = _NOTHING,
    known: Mapping[str, Identity] = _NOTHING,
) -> WrittenPaths:
    """How the folder differs from the files; OutputError when something of someone else is in the way.

    `listed` are the files of the last run with their hashes; those that are neither wanted nor to be
    `retained` are to go. `hashes` are those of the wanted files. Files that are `known` by their identity
    hold what is listed.
    """
    ours = {*listed, MANIFEST}
    added, changed, unchanged, edited = [], [], [*retained], []
    for file in wanted:
        for parent in parent_folders(file.path):
            if (kind := found.kinds.get(parent, EntryKind.FOLDER)) is not EntryKind.FOLDER and not (
                # A file of ours may make room for a folder.
                kind is EntryKind.FILE and parent in ours
            ):
                raise OutputError(f"{folder / parent} is a {kind.value} where a folder has to be; {_MOVE}")
        kind_here = found.kinds.get(file.path)
        if kind_here is None:
            added.append(file.path)
        elif kind_here is not EntryKind.FILE:
            if not (kind_here is EntryKind.FOLDER and _all_ours(file.path, found, ours)):
                raise OutputError(
                    f"{folder / file.path} is a {kind_here.value} where a file has to be; {_MOVE}"
                )
            added.append(file.path)
        elif listed.get(file.path) == hashes[file.path] and (
            known.get(file.path) == file_identity(found.statuses[file.path])
        ):
            unchanged.append(file.path)
        elif (content := _content(folder / file.path)) is None:
            added.append(file.path)
        elif content_hash(content) == hashes[file.path]:
            unchanged.append(file.path)
        elif file.path in ours:
            changed.append(file.path)
            if file.path in listed and content_hash(content) != listed[file.path]:
                edited.append(file.path)
        else:
            raise not_ours(folder / file.path)
    kept = {*retained, *(file.path for file in wanted)}
    removed: list[str] = []
    left: list[str] = []
    for path in (path for path in ours - kept if found.kinds.get(path) is EntryKind.FILE):
        if (content := _content(folder / path)) is None:
            continue
        (removed if content_hash(content) == listed[path] else left).append(path)
    _require_no_need_of(left, kept, folder)
    return WrittenPaths(
        *(tuple(sorted(paths)) for paths in (added, changed, removed, unchanged, edited, left))
    )


def _require_no_need_of(left: Iterable[str], kept: set[str], folder: Path) -> None:
    """OutputError when a changed file that nobody but its author may delete is in the way."""
    for path in left:
        if kept.intersection(parent_folders(path)) or any(other.startswith(f"{path}/") for other in kept):
            raise OutputError(
                f"{folder / path} is in the way and was changed by hand since the last run: {_MOVE}"
            )


def _content(path: Path) -> bytes | None:
    """The content of a file; None when it has been deleted by now."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def not_ours(path: Path) -> OutputError:
    """A file of someone else stands where one has to be written."""
    return OutputError(f"{path} exists and was not written by tocsin; {_MOVE}")


def last_manifest(folder: Path, found: Survey) -> Manifest | None:
    """The manifest in the folder; None when there is none, OutputError when it cannot be one."""
    kind = found.kinds.get(MANIFEST)
    if kind is None:
        return None
    if kind is not EntryKind.FILE:
        raise OutputError(f"{folder / MANIFEST} is a {kind.value} where a file has to be; {_MOVE}")
    return read_manifest((folder / MANIFEST).read_bytes(), str(folder / MANIFEST))


def _all_ours(path: str, found: Survey, ours: set[str]) -> bool:
    """Whether a folder holds nothing but files that are listed, so that it goes when they go."""
    below = {p: kind for p, kind in found.kinds.items() if p.startswith(f"{path}/")}
    files = {p for p, kind in below.items() if kind is not EntryKind.FOLDER}
    filled = {parent for p in files for parent in parent_folders(p)}
    return bool(files) and files <= ours and all(p in filled for p in below.keys() - files)
