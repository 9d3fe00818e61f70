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
        self._stream = stream

    def write(self, text: str) -> int:
        pieces = _COLOURS.split(text) if colours(self._stream) else [text]
        pieces[::2] = (without_secrets(escape_invisible(piece)) for piece in pieces[::2])
        self._stream.write("".join(pieces))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


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


def _guard(stream: Any) -> Any:
    if stream is None:
        return None
    if hasattr(stream, "reconfigure"):
        # What the encoding of a terminal lacks is shown as an escape as well.
        stream.reconfigure(errors="backslashreplace")
    return _Guarded(stream)
