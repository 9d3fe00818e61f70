"""Paths inside an output folder: the folders above them, and whether other systems can have them."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from tocsin.files import windows_fault
from tocsin.output.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable


def parent_folders(path: str) -> list[str]:
    """The folders above a path, from the top."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def require_distinct(paths: Iterable[str]) -> None:
    """OutputError when paths are in each other's way here, or on a system that ignores case or accents."""
    whole: dict[str, str] = {}
    parts: dict[str, str] = {}
    for path in paths:
        name = _folded(path)
        if name in whole:
            raise OutputError(f"{whole[name]} and {path} are the same file on some systems")
        whole[name] = path
        for parent in parent_folders(path):
            other = parts.setdefault(_folded(parent), parent)
            if other != parent:
                raise OutputError(f"{other}/ and {parent}/ are the same folder on some systems")
    if both := parts.keys() & whole.keys():
        raise OutputError(f"{whole[min(both)]} cannot be a file and a folder at once")


def require_portable(paths: Iterable[str]) -> None:
    """OutputError when a path cannot be checked out on Windows."""
    known: set[str] = set()
    for path in paths:
        for part in path.split("/"):
            if part not in known and (fault := windows_fault(part)):
                raise OutputError(
                    f"{path} cannot be a file on Windows: {fault}: choose another name in the spec"
                )
            known.add(part)


def _folded(path: str) -> str:
    """The path as a file system sees it that ignores case and the two ways to write an accent."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
