"""Files that are made and not yet written: on a disk, as all of them together take much memory."""

from __future__ import annotations

import contextlib
import io
import tempfile
import weakref
from typing import IO, TYPE_CHECKING

from tocsin.files import File, KeptFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class FilesSetAside:
    """Files in their order; their contents are in a temporary file without a name, which is gone by itself.

    It is beside the output folder, whose disk has to take them anyway: the system's folder for such files may
    be in memory. That one is used where nothing may be written beside the output, and memory where it cannot
    be used either. OSError where a disk is full.
    """

    def __init__(self, files: Iterable[File], output: Path, *, leave_kept: bool = False) -> None:
        """With `leave_kept`, files that an earlier run kept are not read before somebody asks for them."""
        self._contents = _temporary_file(output)
        weakref.finalize(self, self._contents.close)
        self._files = [
            file if leave_kept and isinstance(file, KeptFile) else _FileSetAside(file, self._contents)
            for file in files
        ]

    def __iter__(self) -> Iterator[File]:
        return iter(self._files)


class _FileSetAside(File):
    """One of them: it is read each time that somebody asks for its content."""

    __slots__ = ("_contents", "_digest", "_place", "_size")

    def __init__(self, file: File, contents: IO[bytes]) -> None:
        """Writes the content at the end."""
        self.path = file.path  # type: ignore[misc]
        self._contents = contents
        self._digest = file.digest()
        self._size = len(file.content)
        self._place = contents.tell()
        contents.write(file.content)

    @property
    def content(self) -> bytes:
        """The content."""
        self._contents.seek(self._place)
        return self._contents.read(self._size)

    def digest(self) -> str:
        """As of `File`, without the content."""
        return self._digest


def _temporary_file(output: Path) -> IO[bytes]:
    beside = next(folder for folder in output.absolute().parents if folder.is_dir())
    for folder in (beside, None):
        with contextlib.suppress(OSError):
            return tempfile.TemporaryFile(dir=folder)
    return io.BytesIO()
