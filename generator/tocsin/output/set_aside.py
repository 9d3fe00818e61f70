"""Files that are made and not yet written: on a disk, as those of several environments take much memory."""

from __future__ import annotations

import contextlib
import io
import tempfile
import weakref
from typing import IO, TYPE_CHECKING

from tocsin.files import File

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class FilesSetAside:
    """Files in their order; their contents are in a temporary file without a name, which is gone by itself.

    It is beside the output folder, whose disk has to take them anyway: the system's folder for such files may
    be in memory. That one is used where nothing may be written beside the output, and memory where it cannot
    be used either. OSError where a disk is full.
    """

    def __init__(self, files: Iterable[File], output: Path) -> None:
        self._sizes: list[tuple[str, int]] = []
        self._contents = _temporary_file(output)
        weakref.finalize(self, self._contents.close)
        for file in files:
            self._sizes.append((file.path, len(file.content)))
            self._contents.write(file.content)

    def __iter__(self) -> Iterator[File]:
        self._contents.seek(0)
        return (File(path, self._contents.read(size)) for path, size in self._sizes)


def _temporary_file(output: Path) -> IO[bytes]:
    beside = next(folder for folder in output.absolute().parents if folder.is_dir())
    for folder in (beside, None):
        with contextlib.suppress(OSError):
            return tempfile.TemporaryFile(dir=folder)
    return io.BytesIO()
