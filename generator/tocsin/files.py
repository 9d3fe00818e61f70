"""A file to be written: what the targets produce, and where in the output folder it belongs."""

from __future__ import annotations

import unicodedata

from tocsin.frozen import frozen


@frozen
class File:
    """Content and its path below the output folder, with `/` between the parts."""

    path: str
    content: bytes

    def __post_init__(self) -> None:
        if fault := path_fault(self.path):
            raise ValueError(f"{self.path!r} cannot be a file's path: {fault}")


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
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in path):
        return "it has a character that cannot be shown"
    if any(part in ("", ".", "..") for part in path.split("/")):
        return "one of its parts is empty, `.` or `..`"
    return None
