"""Files as they were at a revision of git, put into a folder of their own."""

from __future__ import annotations

import subprocess
from pathlib import Path, PurePosixPath

from tocsin.cli.failure import CannotError

_LONGEST = 60
_SUFFIXES = (".yaml", ".yml", ".rules")
_LARGEST = 64 * 1024 * 1024


def checked_out(text: str, folder: Path) -> Path:
    """The path in `folder` of what `main` or `v1.2:alerting/spec` means; without a path it is `spec`.

    CannotError when git knows no such revision or there is nothing at the path.
    """
    revision, _, path = text.partition(":")
    path = path.strip("/") or "spec"
    if revision.startswith("-") or not revision:
        raise CannotError(f"`{text}` is neither a path nor a revision")
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise CannotError(f"`{text}` is neither a path that exists nor a revision that git knows")
    listed = _git("ls-tree", "-r", "-z", "-l", "--full-tree", commit.decode().strip(), "--", path)
    total = 0
    for row in (listed or b"").split(b"\0"):
        head, _, name = row.decode("utf-8", "replace").partition("\t")
        parts = head.split()
        if len(parts) != 4 or parts[0] not in ("100644", "100755"):
            continue
        if not name.endswith(_SUFFIXES) and name != path:
            continue
        total += int(parts[3])
        if total > _LARGEST:
            raise CannotError(f"`{text}`: there is too much at {path}")
        target = folder / PurePosixPath(name)
        if not target.resolve().is_relative_to(folder.resolve()):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_git("cat-file", "blob", parts[2]) or b"")
    found = folder / path
    if not found.exists():
        raise CannotError(f"at {revision} there is nothing at {path}: write for example `{revision}:spec`")
    return found


def _git(*arguments: str) -> bytes | None:
    """What git answers; None when it refuses."""
    try:
        done = subprocess.run(
            ["git", *arguments], capture_output=True, check=False, timeout=_LONGEST, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError:
        raise CannotError("there is no git here to look a revision up") from None
    except subprocess.TimeoutExpired:
        raise CannotError("git did not answer") from None
    return done.stdout if done.returncode == 0 else None
