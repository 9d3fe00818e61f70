"""Standard output and standard error, on which nothing from a file can do more than be read."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import click

from tocsin.cli.colour import colours
from tocsin.text.secret_looks import without_secrets
from tocsin.text.visible import escape_invisible, visible_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# The colours that the commands use themselves; nothing that hides text is among them.
_COLOURS = re.compile(r"(\x1b\[(?:[012]|(?:[012];)?3[1-7])?m)")


class _Guarded:
    """A stream that writes escapes people see for all characters that a terminal would obey.

    What looks like a secret is covered, whatever it came from: a file, the command line, another program.
    The colours of the commands pass where there are any.
    """

    def __init__(self, stream: IO[str]) -> None:
        self.stream: Any = stream

    def write(self, text: str) -> int:
        pieces = _COLOURS.split(text) if colours(self.stream) else [text]
        pieces[::2] = (without_secrets(escape_invisible(piece)) for piece in pieces[::2])
        self.stream.write("".join(pieces))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def heading(text: str) -> None:
    """Print a line that stands out where there are colours."""
    line = visible_line(text)
    click.echo(click.style(line, bold=True) if colours() else line)


@contextmanager
def guarded() -> Iterator[None]:
    """Guard standard output and standard error for a while."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (_guard(stream) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


@contextmanager
def recorded() -> Iterator[list[tuple[bool, str]]]:
    """What is printed meanwhile, as it reaches the streams: each piece, and whether standard error has it.

    Both streams have to be guarded: what is kept holds no secret then.
    """
    said: list[tuple[bool, str]] = []
    streams = [one for one in (sys.stdout, sys.stderr) if isinstance(one, _Guarded)]
    before = [one.stream for one in streams]
    for one in streams:
        one.stream = _Recorded(one.stream, one is sys.stderr, said)
    try:
        yield said
    finally:
        for one, stream in zip(streams, before, strict=True):
            one.stream = stream


class _Recorded:
    """A stream whose texts are noted on their way."""

    def __init__(self, stream: Any, is_error: bool, said: list[tuple[bool, str]]) -> None:
        self._stream = stream
        self._is_error = is_error
        self._said = said

    def write(self, text: str) -> int:
        self._said.append((self._is_error, text))
        written: int = self._stream.write(text)
        return written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _guard(stream: Any) -> Any:
    if stream is None:
        return None
    if hasattr(stream, "reconfigure"):
        # What the encoding of a terminal lacks is shown as an escape as well.
        stream.reconfigure(errors="backslashreplace")
    return _Guarded(stream)
