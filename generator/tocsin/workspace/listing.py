"""Which files in the folders that a command is given may be read."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.baseline import NAME as BASELINE
from tocsin.detect.candidates import FIRST_BYTES, is_copy, may_hold_alerting
from tocsin.source.decode import LARGEST, YAML_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import PurePath

USUAL_SUFFIXES = (*YAML_SUFFIXES, ".rules")
"""Files with these are read whatever they hold."""
MARKDOWN_SUFFIXES = (".md", ".markdown")
DASHBOARD_SUFFIXES = (".json", *YAML_SUFFIXES)
"""Dashboards of Grafana, and the ConfigMaps and resources that they are delivered in."""
_PROSE_SUFFIXES = (".mdx", ".rst", ".adoc")
"""Pages that may show rules, and are none."""
_OTHERS_FOLDERS = frozenset(
    {".git", ".hg", ".svn", ".bzr", ".jj", ".worktrees", ".claude", ".history"}
    | {".venv", ".env", ".virtualenv", ".conda", ".tox", ".nox", ".eggs", ".direnv", ".devbox", ".pixi"}
    | {".cache", ".npm", ".yarn", ".pnpm-store", ".cargo", ".rustup", ".gradle", ".m2", ".ivy2", ".bundle"}
    | {".terraform", ".terragrunt-cache", ".serverless", ".aws-sam", ".next", ".nuxt", ".svelte-kit"}
    | {".ipynb_checkpoints", ".local", ".tmp", ".temp", ".trash", ".Trash"}
)
"""Hidden folders of version control, environments and caches: what lies there is a copy, or downloaded."""


def list_files(paths: Iterable[Path]) -> Iterator[tuple[Path, bool]]:
    """Each file once, with whether it was named itself."""
    seen: set[Path] = set()
    for path in paths:
        inside = path.is_dir()
        below = _inside(path) if inside else [path]
        for file in below:
            if file not in seen:
                seen.add(file)
                yield file, not inside


def list_markdown(paths: Iterable[Path]) -> Iterator[Path]:
    """The Markdown among the files, and that in the folders, each once."""
    return list_by_suffix(paths, MARKDOWN_SUFFIXES)


def list_by_suffix(paths: Iterable[Path], suffixes: Collection[str]) -> Iterator[Path]:
    """The files with one of these endings among the files, and those in the folders, each once."""
    seen: set[Path] = set()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            is_one = file.suffix in suffixes and not is_hidden(file.relative_to(path))
            if is_one and file not in seen and file.is_file() and file.stat().st_size <= LARGEST:
                seen.add(file)
                yield file


def list_dashboards(paths: Iterable[Path]) -> Iterator[Path]:
    """The files in the folders that have the words of Grafana dashboards, also in texts, each once."""
    return (
        file
        for file in list_by_suffix((path for path in paths if path.is_dir()), DASHBOARD_SUFFIXES)
        if _may_hold_dashboards(file)
    )


def _may_hold_dashboards(path: Path) -> bool:
    try:
        text = path.read_bytes()
    except OSError:
        return False
    return (b"panels" in text and b"schemaVersion" in text) or b"gzipJson" in text or b"binaryData" in text


def _inside(folder: Path) -> list[Path]:
    """The files in a folder that are read by their names, and others that may hold alerting by their keys."""
    return sorted(
        path
        for path in _below(folder)
        if path.is_file()
        and path.name != BASELINE
        and (is_read(path.relative_to(folder)) or _may_hold_alerting(path))
    )


def _below(folder: Path) -> Iterator[Path]:
    for below, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not _is_of_others(name)]
        yield from (Path(below, name) for name in files)


def is_read(path: PurePath) -> bool:
    """Whether a file at this path inside of a folder is read whatever it holds."""
    return path.suffix in USUAL_SUFFIXES and not is_hidden(path)


def is_hidden(path: PurePath) -> bool:
    """Whether a file at this path inside of a folder lies in a hidden one, such as `.git` or `.nais`.

    Such folders hold the settings of other tools, and those of deployments: only what has the keys of
    alerting is read there.
    """
    return any(part.startswith(".") for part in path.parts[:-1])


def is_left_alone(path: PurePath) -> bool:
    """Whether a file at this path inside of a folder is never read: it lies in a hidden folder of a tool."""
    return any(map(_is_of_others, path.parts[:-1]))


def _is_of_others(name: str) -> bool:
    """Whether a hidden folder is one of version control, an environment, a cache, or a copy put aside."""
    return name.startswith(".") and (name in _OTHERS_FOLDERS or name.endswith("_cache") or is_copy(name))


def _may_hold_alerting(path: Path) -> bool:
    if path.suffix in (*MARKDOWN_SUFFIXES, *_PROSE_SUFFIXES) or path.name.startswith("."):
        return False
    try:
        found = path.stat()
        return found.st_size <= LARGEST and _holds_alerting(path, found.st_size, found.st_mtime_ns)
    except OSError:
        # Nobody asked for it, and nothing says that it is one to read.
        return False


# A folder that holds no spec is listed again for what it holds.
@lru_cache(maxsize=65536)
def _holds_alerting(path: Path, _size: int, _changed: int) -> bool:
    with path.open("rb") as file:
        return may_hold_alerting(file.read(FIRST_BYTES))
