"""Messages between the server and the process that checks for it: bytes behind their number."""

from __future__ import annotations

from typing import IO

_LENGTH = 8


def write_frame(stream: IO[bytes], content: bytes) -> None:
    """Send a message; OSError where nobody reads it any more."""
    stream.write(len(content).to_bytes(_LENGTH, "big"))
    stream.write(content)
    stream.flush()


def read_frame(stream: IO[bytes]) -> bytes:
    """The next message; EOFError where none comes."""
    return _read(stream, int.from_bytes(_read(stream, _LENGTH), "big"))


def _read(stream: IO[bytes], count: int) -> bytes:
    content = stream.read(count)
    if len(content) < count:
        raise EOFError
    return content
