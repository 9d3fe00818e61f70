"""From a file to its text: read up to a limit, and never waiting for a pipe that nobody writes to."""

from __future__ import annotations

import errno
import os
import select
import stat
from typing import IO, TYPE_CHECKING

from tocsin.source.document import Document, Span
from tocsin.source.yaml_error import YamlError

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 32 * 1024 * 1024
"""How many bytes of a file are read."""
_PATIENCE = 5.0  # seconds: a writer that was started together with us opens its end of the pipe by then
YAML_SUFFIXES = (".yaml", ".yml")
"""How the files of a spec end."""


def decode_file(name: str, raw: bytes) -> Document | YamlError:
    """The document of a file, or the fault that it is no UTF-8."""
    try:
        return Document(name, raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} is not UTF-8: save the file in that encoding"
        return YamlError(message, Span(Document(name, ""), 0, 0))


def is_binary(raw: bytes) -> bool:
    """Whether bytes are no text in any encoding: git-crypt and the like leave such files behind."""
    return b"\0" in raw[:8000] and not raw.startswith((b"\xff\xfe", b"\xfe\xff"))


def read_file(path: Path, largest: int = LARGEST) -> bytes:
    """The bytes of a file, a device or a pipe.

    OSError when it cannot be read, holds more than `largest` bytes, or is a pipe that nobody writes to.
    """
    with open_file(path) as file:
        found = file.read(largest + 1)
    if len(found) > largest:
        raise OSError(errno.EFBIG, f"larger than {largest // 1024 // 1024} MiB: split it", str(path))
    return found


def open_file(path: Path) -> IO[bytes]:
    """The file, open to be read; OSError also for a pipe that nobody writes to."""
    # Opened the usual way, a pipe without a writer waits for ever.
    file = open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK))  # noqa: SIM115
    try:
        number = file.fileno()
        if stat.S_ISFIFO(os.fstat(number).st_mode) and not _has_writer(number):
            raise OSError(errno.ETIMEDOUT, "this is a pipe that nobody writes to", str(path))
        os.set_blocking(number, True)
    except OSError:
        file.close()
        raise
    return file


def _has_writer(pipe: int) -> bool:
    """Whether there is, or was, a writer at the other end of a pipe in non-blocking mode."""
    if select.select([pipe], [], [], _PATIENCE)[0]:
        return True
    try:
        # Where somebody may still write, this is an error. A byte that comes only now would be lost.
        os.read(pipe, 1)
    except BlockingIOError:
        return True
    return False
