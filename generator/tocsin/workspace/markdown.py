"""Finding the Markdown files of the repository of plain files, and those of them that rules may link."""

from __future__ import annotations

import configparser
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.existing.markdown import Markdown
from tocsin.source.decode import decode_file
from tocsin.source.document import Document
from tocsin.workspace.listing import MARKDOWN_SUFFIXES
from tocsin.workspace.reader import STORED_FILES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tocsin.workspace.reader import FileReader

"""How Markdown files are called."""
_MOST = 5000
_LARGEST = 1 << 20
_SUFFIX = re.compile(r"\.(?:md|markdown)\b")
_NO_NAME = re.compile(r"[\s/\"'()<>#?]")
_LONGEST_NAME = 255
_REMOTE = re.compile(
    r"(?:[a-z+]+://)?(?:[^@/]*@)?(?P<host>[^:/]+)(?::\d+(?=/))?[:/](?P<path>.+?)(?:\.git)?/?"
)


def read_markdown(
    documents: Iterable[Document], named: Sequence[Document], reader: FileReader = STORED_FILES
) -> Markdown:
    """The Markdown files that somebody named, and those of the repository around the other files.

    Of the latter only those are read whose name stands in one of the other files.
    """
    documents = tuple(documents)
    wanted = {name for document in documents for name in _linked(document.text)}
    root = _repository(Path(documents[0].name).resolve().parent) if documents and wanted else None
    files: dict[str, Document | None] = {}
    for path in _below(root) if root is not None else ():
        inside = path.relative_to(root or path).as_posix()
        files[inside] = _read(path, reader) if path.name in wanted else None
    for document in named:
        path = Path(document.name).resolve()
        inside = path.relative_to(root).as_posix() if root and path.is_relative_to(root) else document.name
        files[inside] = document
    return Markdown(files, () if root is None else tuple(_addresses(root)))


def _linked(text: str) -> Iterable[str]:
    """The names of Markdown files that stand in a text."""
    names: dict[int, str] = {}
    # From the suffix back to the start: who tries each start reads every long word again and again.
    for found in _SUFFIX.finditer(text):
        before = text[max(found.start() - _LONGEST_NAME, 0) : found.start()]
        stem = _NO_NAME.split(before)[-1]
        if stem:
            names[found.start() - len(stem)] = stem + found[0]
    return names.values()


def _repository(folder: Path) -> Path | None:
    return next((one for one in (folder, *folder.parents) if (one / ".git").exists()), None)


def _below(root: Path) -> list[Path]:
    """The Markdown files below a folder, without hidden folders and those of packages."""
    found: list[Path] = []
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith(".") and name != "node_modules")
        found += [Path(folder, name) for name in sorted(files) if name.endswith(MARKDOWN_SUFFIXES)]
        if len(found) > _MOST:
            return []
    return found


def _read(path: Path, reader: FileReader) -> Document | None:
    try:
        if path.is_symlink() or not path.is_file():
            return None
        document = decode_file(os.path.relpath(path), reader.read_bytes(path, _LARGEST))
    except (OSError, ValueError):
        return None
    return document if isinstance(document, Document) else None


def _addresses(root: Path) -> Iterator[str]:
    """Where the remotes of a repository are shown."""
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read(root / ".git" / "config", encoding="utf-8")
    except (OSError, configparser.Error, UnicodeDecodeError):
        return
    for section in parser.sections():
        remote = _REMOTE.fullmatch(parser.get(section, "url", fallback="") or "")
        if section.startswith("remote") and remote is not None:
            yield f"{remote['host']}/{remote['path']}".lower()
