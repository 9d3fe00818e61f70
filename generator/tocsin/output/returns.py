"""Bringing back what others put into a folder, or changed there, while a new one was made in its place."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.output.attributes import make_folders
from tocsin.output.outcome import WriteOutcome
from tocsin.output.paths import parent_folders
from tocsin.output.renames import rename_to_free
from tocsin.output.survey import file_identity, identity_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.output.journal import Journal
    from tocsin.output.survey import Identity

_ROUNDS = 20
"""How often a folder is looked through again while others still put files into it."""


class Returns:
    """The old folder is emptied into the new one, by what the journal says was seen in it."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self._folder = os.fspath(folder)
        self._seen = journal.seen
        self._fresh, self._known = set(journal.fresh), set(journal.folders)
        self._removed = set(journal.removed)
        self._edited: set[str] = set()
        self._left: set[str] = set()
        self._aside: list[str] = []
        self._met: set[str] = set()

    def outcome(self) -> WriteOutcome:
        """What was found in the old folder and is not, or not under its name, in the new one."""
        return WriteOutcome(
            tuple(sorted(self._edited)), tuple(sorted(self._left)), tuple(sorted(self._aside))
        )

    def empty(self, old: Path) -> None:
        """Remove the old folder: what was seen in it is in the new one or unwanted, the rest is moved there.

        OSError when something can be neither moved nor removed.
        """
        for last in (*[False] * _ROUNDS, True):
            self._empty(os.fspath(old), "")
            try:
                old.rmdir()
            except FileNotFoundError:
                return
            except OSError:
                if last:
                    raise
            else:
                return

    def follow_deletions(self, linked: Mapping[str, Identity]) -> None:
        """Delete what others deleted in the old folder after it had been linked into the new one."""
        for path in linked.keys() - self._met:
            if identity_at(f"{self._folder}/{path}") == linked[path]:
                with contextlib.suppress(OSError):
                    Path(self._folder, path).unlink()

    def _empty(self, base: str, prefix: str) -> None:
        where = f"{base}/{prefix}"
        mode = os.lstat(where).st_mode
        if mode & stat.S_IRWXU != stat.S_IRWXU:
            Path(where).chmod(stat.S_IMODE(mode) | stat.S_IRWXU)
        with os.scandir(where) as found:
            entries = list(found)
        for entry in entries:
            path = prefix + entry.name
            if not entry.is_dir(follow_symlinks=False):
                self._met.add(path)
                with contextlib.suppress(FileNotFoundError):
                    self._return_file(entry, path)
            elif path in self._known or not self._return_folder(entry.path, path):
                self._empty(base, f"{path}/")
                # Somebody may have put something there by now: the next round finds it.
                with contextlib.suppress(OSError):
                    Path(entry.path).rmdir()

    def _return_folder(self, source: str, path: str) -> bool:
        """Move a folder of others as a whole; False when there is one already."""
        target = f"{self._folder}/{path}"
        if os.path.lexists(target) or not self._make_parents(path):
            return False
        try:
            Path(source).rename(target)
        except OSError:
            return False
        return True

    def _return_file(self, entry: os.DirEntry[str], path: str) -> None:
        seen = self._seen.get(path)
        if file_identity(entry.stat(follow_symlinks=False)) == seen:
            os.unlink(entry.path)
            return
        target = f"{self._folder}/{path}"
        if not self._make_parents(path):
            self._put_aside(entry.path, path)
            return
        try:
            rename_to_free(entry.path, target)
        except FileExistsError:
            if (path in self._fresh and seen is None) or Path(target).is_dir():
                self._put_aside(entry.path, path)
            elif path not in self._fresh and identity_at(target) == seen:
                Path(entry.path).replace(target)
            else:
                # Written anew by us, or once more by its owner.
                if path in self._fresh:
                    self._edited.add(path)
                Path(entry.path).unlink()
        else:
            if path in self._removed:
                self._left.add(path)

    def _make_parents(self, path: str) -> bool:
        """Make the folders above a path; False when a file is in the way."""
        try:
            if above := parent_folders(path):
                make_folders(Path(self._folder) / above[-1])
        except (FileExistsError, NotADirectoryError):
            return False
        return True

    def _put_aside(self, source: str, path: str) -> None:
        number = 1
        while True:
            name = f"{path.replace('/', '-')}.saved-{number}"
            try:
                rename_to_free(source, f"{self._folder}/{name}")
            except FileExistsError:
                number += 1
            else:
                self._aside.append(name)
                return
