"""Files as they were at a revision of git, put into a folder of their own."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from tocsin.detect.candidates import KEYS
from tocsin.errors import CommandError
from tocsin.existing.template_texts import SUFFIXES as TEMPLATE_SUFFIXES
from tocsin.value_object import value_object
from tocsin.workspace.listing import is_left_alone, is_read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LONGEST = 60
_LARGEST = 64 * 1024 * 1024
_WHOLE_TREE = "."
_NOT_A_BRANCH = re.compile(r"[~^@{]|^HEAD$|^[0-9a-f]{7,40}$|^origin/")


@value_object
class Revision:
    """A commit of the repository around the working directory."""

    name: str
    commit: str
    prefix: str
    """The working directory inside of the repository, such as `alerting/`; empty at its root."""

    def inside(self, path: str) -> str:
        """The path from the root of the repository for one from the working directory.

        CommandError where it leads out of the repository.
        """
        if Path(path).is_absolute():
            root = _git("rev-parse", "--show-toplevel").decode().strip()
            found = os.path.relpath(os.path.realpath(path), root)
        else:
            found = os.path.normpath(f"{self.prefix}{path}")
        if found.split("/")[0] == "..":
            raise CommandError(f"`{path}` is outside of the repository: {self.name} has no such path")
        return found

    def from_here(self, path: str) -> str:
        """The path from the working directory for one from the root of the repository."""
        return os.path.relpath(path, self.prefix or ".")

    def branching_point(self) -> Revision:
        """Where the working tree branched off; the revision itself where its history does not show that."""
        try:
            found = _git("merge-base", self.commit, "HEAD").decode().strip()
        except _RefusedError:
            return self
        return Revision(self.name, found, self.prefix)

    def has(self, path: str) -> bool:
        """Whether the revision has files at a path from the root of the repository."""
        return bool(self._files([path]))

    def check_out(self, paths: Sequence[str], folder: Path) -> list[str]:
        """Write what is read at the paths below a folder, and return the paths at which there is something.

        The paths are from the root of the repository. CommandError when there is too much.
        """
        found: set[str] = set()
        wanted: list[tuple[str, str, int]] = []
        by_content = self._holding_alerting(paths)
        for name, blob, size in self._files(paths):
            places = {path: _below(path, name) for path in paths if name == path or _below(path, name)}
            found |= places.keys()
            inside = list(filter(None, places.values()))
            if (
                name in paths
                or any(map(_is_wanted, inside))
                or (name in by_content and not all(map(is_left_alone, inside)))
            ):
                wanted.append((name, blob, size))
        if sum(size for _, _, size in wanted) > _LARGEST:
            raise CommandError(f"{self.name} has over {_LARGEST >> 20} MiB at {', '.join(paths)}: name less")
        for (name, _, _), content in zip(wanted, _contents([blob for _, blob, _ in wanted]), strict=True):
            target = folder / PurePosixPath(name)
            if target.resolve().is_relative_to(folder.resolve()):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        present = [path for path in paths if path in found]
        for path in present:
            if not (folder / path).exists():
                (folder / path).mkdir(parents=True)
        return present

    def _files(self, paths: Sequence[str]) -> list[tuple[str, str, int]]:
        """The path, blob and size of each regular file at or below the paths."""
        named = [] if _WHOLE_TREE in paths else ["--", *paths]
        listed = _git("ls-tree", "-r", "-z", "-l", "--full-tree", self.commit, *named)
        found = []
        for row in listed.split(b"\0"):
            head, _, name = row.decode("utf-8", "replace").partition("\t")
            parts = head.split()
            if len(parts) == 4 and parts[0] in ("100644", "100755"):
                found.append((name, parts[2], int(parts[3])))
        return found

    def _holding_alerting(self, paths: Sequence[str]) -> set[str]:
        """The files at or below the paths that may hold alerting, whatever they are called."""
        root = _git("rev-parse", "--show-toplevel").decode().strip("\n")
        named = [] if _WHOLE_TREE in paths else ["--", *paths]
        found: set[str] = set()
        for keys in KEYS:
            marks = [part for key in keys for part in ("-e", key)]
            command = ("-C", root, "grep", "-l", "-z", "-I", "-E", "--all-match", *marks, self.commit, *named)
            try:
                rows = _git(*command).split(b"\0")
            except _RefusedError:
                # So git says that there is none.
                continue
            found |= {row.decode("utf-8", "replace").removeprefix(f"{self.commit}:") for row in rows}
        return found


def _below(path: str, name: str) -> PurePosixPath | None:
    """The place of a file inside of a folder; None where it is not in it."""
    if path == _WHOLE_TREE:
        return PurePosixPath(name)
    return PurePosixPath(name.removeprefix(f"{path}/")) if name.startswith(f"{path}/") else None


def _is_wanted(path: PurePosixPath) -> bool:
    return is_read(path) or path.suffix in TEMPLATE_SUFFIXES


def find_revision(name: str) -> Revision:
    """The revision with a name such as `main` or `v1.2`; CommandError says why there is none."""
    if not name:
        raise CommandError("there is no revision before the `:`: write for example `main:spec`")
    if name.startswith("-"):
        raise CommandError(f"`{name}` is not a valid revision")
    if (found := _commit(name)) is None:
        raise CommandError(_why_unknown(name))
    return Revision(name, found, _git("rev-parse", "--show-prefix").decode().strip("\n"))


def is_revision(name: str) -> bool:
    """Whether git knows a revision with this name."""
    return bool(name) and not name.startswith("-") and _commit(name) is not None


def _commit(name: str) -> str | None:
    try:
        said = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except _RefusedError:
        return None
    return said.decode().strip()


def _why_unknown(name: str) -> str:
    unknown = f"`{name}` is neither a path that exists nor a revision that git knows"
    try:
        shallow = _git("rev-parse", "--is-shallow-repository").strip() == b"true"
    except _RefusedError as error:
        return f"`{name}` is not a path that exists, and git cannot look for a revision: {error}"
    if shallow:
        branch = "" if _NOT_A_BRANCH.search(name) else f", and name the branch `origin/{name}`"
        return (
            f"{unknown}, and this clone is shallow, so most of the history is missing: fetch it whole "
            f"(`fetch-depth: 0` for actions/checkout, `GIT_DEPTH: 0` in GitLab CI, `git fetch --unshallow`)"
            f"{branch}"
        )
    if is_revision(f"origin/{name}"):
        return f"{unknown}: did you mean `origin/{name}`?"
    return unknown


class _RefusedError(Exception):
    """Git refused; the text is its first line on standard error."""


def _git(*arguments: str, stdin: bytes = b"") -> bytes:
    """What git answers; _RefusedError when it refuses, CommandError when it cannot be run."""
    try:
        done = subprocess.run(
            ["git", *arguments],
            input=stdin,
            capture_output=True,
            check=False,
            timeout=_LONGEST,
            env={**os.environ, "GIT_LITERAL_PATHSPECS": "1", "LC_ALL": "C"},
        )
    except FileNotFoundError:
        raise CommandError("there is no git on PATH to look for a revision") from None
    except subprocess.TimeoutExpired:
        raise CommandError(f"git did not answer within {_LONGEST} s") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _RefusedError(said[0].removeprefix("fatal: ") if said else "it says nothing")
    return done.stdout


def _contents(blobs: Sequence[str]) -> Iterator[bytes]:
    """The content of each blob."""
    said = (
        _git("cat-file", "--batch", stdin="".join(f"{blob}\n" for blob in blobs).encode()) if blobs else b""
    )
    at = 0
    for _ in blobs:
        end = said.index(b"\n", at)
        size = int(said[at:end].split()[2])
        yield said[end + 1 : end + 1 + size]
        at = end + 1 + size + 1
