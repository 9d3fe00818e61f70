"""The scripts and pages of a repository that may fill in a file before a program reads it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.detect.filling import Script, fillings_of
from tocsin.detect.kinds import DocumentKind
from tocsin.source.decode import decode_file
from tocsin.source.document import Document
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tocsin.existing.input import Input
    from tocsin.workspace.reader import FileReader

_MAY_BE_FILLED_IN = regex_on_use(
    r"\$\{?[A-Za-z_]|\{\{-?[ \t]*(?:\.Env\.|(?:env|getenv) )|<[A-Za-z]|__\w|[A-Z0-9]+_[A-Z0-9_]+"
    r"|(?i:place_?holder|change.?me|replace|your)"
)
"""What variables and placeholders look like, without looking closely."""
_SUFFIXES = frozenset({".sh", ".bash", ".zsh", ".ksh", ".tf", ".mk", ".yml", ".yaml", ".dockerfile", ""})
_OF_PAGES = frozenset({".md"})
"""Pages say which commands somebody runs by hand."""
_NAMES = ("dockerfile", "containerfile", "makefile", "jenkinsfile", "justfile")
_OF_WORKFLOWS = frozenset({".github", ".gitlab", ".gitea", ".circleci"})
_LEFT_OUT = frozenset({"node_modules", "vendor"})
_LARGEST = 256 * 1024
_MOST = 5000


def with_fillings(files: Sequence[Input], paths: Iterable[Path], reader: FileReader) -> tuple[Input, ...]:
    """The files, of which the configurations of Alertmanager know what scripts replace in them.

    `paths` are those that somebody named: a script in one of these folders is found without a repository.
    """
    may_be = {file.document.name for file in files if _may_be_filled_in(file)}
    if not may_be:
        return tuple(files)
    around = [Path.cwd().resolve(), *(path.resolve() for path in paths)]
    scripts: dict[Path, list[Script]] = {}
    found: list[Input] = []
    for file in files:
        if file.document.name in may_be:
            path = Path(file.document.name).resolve()
            root = _root(path.parent, around)
            if root not in scripts:
                scripts[root] = [*_read_scripts(root, reader)]
            fillings = fillings_of(path.relative_to(root).as_posix(), scripts[root])
            file = replace(file, fillings=fillings)
        found.append(file)
    return tuple(found)


def _may_be_filled_in(file: Input) -> bool:
    return _MAY_BE_FILLED_IN.search(file.document.text) is not None and any(
        part.kind is DocumentKind.ALERTMANAGER for part in file.parts()
    )


def _root(folder: Path, around: Iterable[Path]) -> Path:
    """The repository around a folder; without one, the first of the folders that is around it, or itself."""
    repositories = (one for one in (folder, *folder.parents) if (one / ".git").exists())
    return next(repositories, next(filter(folder.is_relative_to, around), folder))


def _read_scripts(root: Path, reader: FileReader) -> Iterator[Script]:
    """The scripts and pages below a folder that can be read."""
    for path in _below(root):
        try:
            raw = reader.read_bytes(path, _LARGEST)
        except OSError:
            continue
        document = decode_file(path.as_posix(), raw)
        if isinstance(document, Document):
            yield Script(path.relative_to(root).as_posix(), document.text)


def _below(root: Path) -> list[Path]:
    found: list[Path] = []
    for folder, names, files in os.walk(root):
        names[:] = sorted(
            name for name in names if name not in _LEFT_OUT and (name[0] != "." or name in _OF_WORKFLOWS)
        )
        found += [path for name in sorted(files) if _is_script(path := Path(folder, name))]
        if len(found) > _MOST:
            return []
    return found


def _is_script(path: Path) -> bool:
    name = path.name.lower()
    if path.suffix.lower() not in _SUFFIXES | _OF_PAGES and not name.startswith(_NAMES):
        return False
    try:
        return path.is_file() and not path.is_symlink() and path.stat().st_size <= _LARGEST
    except OSError:
        return False
