"""Files that are made and not yet written: on a disk, as those of several environments take much memory."""

from __future__ import annotations

import io
import tempfile
import weakref
from typing import IO, TYPE_CHECKING

from tocsin.files import File

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class FilesSetAside:
    """Files in their order; their contents are in a temporary file without a name, which is gone by itself.

    Where no temporary files can be made, the contents stay in memory. OSError where a disk is full.
    """

    def __init__(self, files: Iterable[File]) -> None:
        self._sizes: list[tuple[str, int]] = []
        self._contents = _temporary_file()
        weakref.finalize(self, self._contents.close)
        for file in files:
            self._sizes.append((file.path, len(file.content)))
            self._contents.write(file.content)

    def __iter__(self) -> Iterator[File]:
        self._contents.seek(0)
        return (File(path, self._contents.read(size)) for path, size in self._sizes)


def _temporary_file() -> IO[bytes]:
    try:
        return tempfile.TemporaryFile()
    except OSError:
        return io.BytesIO()
