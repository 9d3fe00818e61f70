"""A file to be written: what the targets produce, and where in the output folder it belongs."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable

_DEVICES = frozenset(
    {
        *("con", "prn", "aux", "nul", "conin$", "conout$"),
        *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"),
    }
)
"""Names that no file may have on Windows: learn.microsoft.com/windows/win32/fileio/naming-a-file."""

_DIGITS = 64
_SIGNS = re.compile(r'[<>:"|?*]')


@value_object
class File:
    """Content and its path below the output folder, with `/` between the parts."""

    path: str
    content: bytes

    def __post_init__(self) -> None:
        if fault := path_fault(self.path):
            raise ValueError(f"{self.path!r} cannot be a file's path: {fault}")

    def digest(self) -> str:
        """The SHA-256 of the content, in hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()


class KeptFile(File):
    """A file whose content is read when somebody asks for it, and whose digest is known before."""

    __slots__ = ("_content", "_digest", "_read")

    def __init__(self, path: str, digest: str, read: Callable[[], bytes]) -> None:
        """`read` returns the content with this digest."""
        self.path = path  # type: ignore[misc]
        self._digest = digest
        self._read = read
        self._content: bytes | None = None

    @property
    def content(self) -> bytes:
        """The content, read at most once."""
        if self._content is None:
            self._content = self._read()
        return self._content

    def digest(self) -> str:
        """As of `File`, without the content."""
        return self._digest


def read_listed(kept: Any) -> list[tuple[str, str]] | None:
    """Paths and digests of files from lists of JSON; None, or any error of values, where they are none."""
    found = [(path, digest) for path, digest in kept]
    sound = all(path_fault(path) is None and len(digest) == _DIGITS for path, digest in found)
    return found if sound and all(type(digest) is str for _, digest in found) else None


def text_file(path: str, text: str) -> File:
    """A file of UTF-8 text."""
    return File(path, text.encode("utf-8"))


def path_fault(path: str) -> str | None:
    """Why a path is none below a folder, or None when it is one."""
    if not path:
        return "it is empty"
    if path.startswith("/"):
        return "it is absolute"
    if "\\" in path:
        return "it has a backslash"
    if not path.isprintable() and any(unicodedata.category(char) in ("Cc", "Cs") for char in path):
        return "it has a character that cannot be shown"
    if any(part in ("", ".", "..") for part in path.split("/")):
        return "one of its parts is empty, `.` or `..`"
    return None


def windows_fault(name: str) -> str | None:
    """Why a file or folder cannot have this name on Windows, or None when it can.

    The name of a device is one with any ending: `nul.yaml` is `nul`.
    """
    stem = name.split(".", 1)[0].rstrip(" ")
    if stem.casefold() in _DEVICES:
        return f"`{stem}` is the name of a device there"
    if name.endswith((".", " ")):
        return f"`{name}` ends with a dot or a space"
    if found := _SIGNS.search(name):
        return f"`{name}` has a `{found[0]}`"
    return None
