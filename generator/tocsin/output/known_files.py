"""Which files of an output folder are known to hold what its manifest lists, without reading them again."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from tocsin.output.manifest import MANIFEST
from tocsin.output.survey import EntryKind, file_identity
from tocsin.result_store import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tocsin.output.survey import Identity, Survey
    from tocsin.result_store import ResultStore

_KIND = "files of an output folder"
_SETTLED = 2 * 10**9
"""Nanoseconds after which another change of a file has another time on any file system."""


class KnownFiles:
    """The files of one folder that an earlier run has read, by what tells a file from a changed one.

    As git does, it takes a file for unchanged whose inode, size and time of change are the same.
    """

    def __init__(self, store: ResultStore | None, folder: Path) -> None:
        self._store = store
        self._folder = os.fsencode(folder)
        self._kept: dict[str, Any] = {}

    def find(self, manifest: bytes | None) -> Mapping[str, Identity]:
        """Those that held what this manifest lists."""
        if self._store is None or manifest is None:
            return {}

        def read(kept: Any) -> dict[str, Identity] | None:
            if kept["manifest"] != digest(manifest).hex():
                return None
            known = {path: (inode, size, changed) for path, (inode, size, changed) in kept["files"].items()}
            self._kept = kept
            return known

        return self._store.read(_KIND, read, self._folder) or {}

    def keep(self, paths: Iterable[str], found: Survey, manifest: bytes) -> None:
        """Keep that these files, as they were found, hold what the manifest lists."""
        if self._store is None:
            return
        settled = time.time_ns() - _SETTLED
        files = {
            path: [*file_identity(status)]
            for path in paths
            if path != MANIFEST
            and found.kinds.get(path) is EntryKind.FILE
            and (status := found.statuses[path]).st_mtime_ns < settled
        }
        kept = {"manifest": digest(manifest).hex(), "files": files}
        if kept != self._kept:
            self._store.write(kept, _KIND, self._folder)
