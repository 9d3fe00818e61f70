"""What earlier runs found out, by the content that they found it out from: the user's cache folder.

Nothing depends on it: what is missing, damaged, or of another version is worked out again. Entries are JSON,
which no reader can be made to run, compressed by zlib to about a tenth.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Value = TypeVar("_Value")

OFF = "TOCSIN_NO_CACHE"
"""The environment variable that, when it is set, keeps a run from reading and writing the folder."""
LIMIT = 256 * 1024 * 1024
"""Bytes that the entries may take together; above it, those go first that were used longest ago."""
_AFTER_EVICTION = LIMIT * 3 // 4
_LARGEST = 32 * 1024 * 1024
"""Bytes of an entry before it is compressed."""
_LEVEL = 1
"""Of compression: higher levels take longer than writing what they save."""
_EVERY = 600.0
_FRESH = 600.0
"""Seconds after which the use of an entry is noted again, so that what is used stays when others go."""
_DIGEST = 32


class ResultStore:
    """The entries in a folder, which several runs may read and write at once."""

    def __init__(self, folder: Path, *, writes: bool = True) -> None:
        """With `writes=False`, nothing is added to the entries."""
        self._folder = folder
        self._writes = writes
        self._has_written = False

    def without_writing(self) -> ResultStore:
        """The same entries for a run that knows what nobody is to see."""
        return ResultStore(self._folder, writes=False)

    def read(self, kind: str, read: Callable[[Any], _Value | None], *content: bytes) -> _Value | None:
        """What `read` makes of the JSON that was written for this content; None where there is nothing.

        An entry of another shape is nothing as well: `read` may fail on it in any way in which values fail.
        """
        import orjson

        path = self._path(kind, content)
        try:
            with path.open("rb", buffering=0) as file:
                raw = file.read()
                used = os.fstat(file.fileno()).st_mtime
        except OSError:
            return None
        written = raw[_DIGEST:]
        if raw[:_DIGEST] != digest(written):
            return None
        if time.time() - used > _FRESH:
            with contextlib.suppress(OSError):
                os.utime(path)
        try:
            return read(orjson.loads(_expanded(written)))
        except (TypeError, ValueError, LookupError, AttributeError, RecursionError, zlib.error):
            return None

    def write(self, value: object, kind: str, *content: bytes) -> None:
        """Keep a value for this content; one that JSON does not hold as it is is not kept."""
        import orjson

        try:
            payload = orjson.dumps(value)
        except TypeError:
            return
        if _is_texts(value) or orjson.loads(payload) == value:
            self.write_json(payload, kind, *content)

    def write_json(self, payload: bytes, kind: str, *content: bytes) -> None:
        """The same for a value as `orjson` has written it."""
        if (written := compressed(payload)) is not None:
            self.write_compressed(written, kind, *content)

    def write_compressed(self, written: bytes, kind: str, *content: bytes) -> None:
        """The same for a value that is written and `compressed`."""
        if not self._writes:
            return
        path = self._path(kind, content)
        with contextlib.suppress(OSError):
            try:
                _put(path, digest(written) + written)
            except FileNotFoundError:
                path.parent.mkdir(exist_ok=True)
                _put(path, digest(written) + written)
            if not self._has_written:
                self._has_written = True
                self._evict_sometimes()

    def evict(self, limit: int = LIMIT, rest: int = _AFTER_EVICTION) -> None:
        """Above `limit` bytes, remove the entries that were used longest ago until `rest` is left."""
        entries = sorted(self._entries())
        size = sum(size for _, size, _ in entries)
        if size <= limit:
            return
        for _, taken, path in entries:
            if size <= rest:
                return
            with contextlib.suppress(OSError):
                path.unlink()
            size -= taken

    def _entries(self) -> Iterator[tuple[float, int, Path]]:
        """When each entry was used last, its size and its path."""
        for path in self._folder.glob("??/*"):
            with contextlib.suppress(OSError):
                found = path.stat()
                yield found.st_mtime, found.st_size, path

    def _evict_sometimes(self) -> None:
        mark = self._folder / "evicted"
        with contextlib.suppress(FileNotFoundError):
            if time.time() - mark.stat().st_mtime < _EVERY:
                return
        mark.touch()
        self.evict()

    def _path(self, kind: str, content: tuple[bytes, ...]) -> Path:
        # Each part by its digest: no two lists of parts are joined to the same bytes.
        name = digest(b"".join(map(digest, (_version(), kind.encode(), *content)))).hex()
        return self._folder / name[:2] / name[2:]


def open_result_store() -> ResultStore | None:
    """The user's; None where there is none, where another user could write to it, or where `OFF` is set."""
    if os.environ.get(OFF):
        return None
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or "")
        folder = (home if home.is_absolute() else Path.home() / ".cache") / "tocsin"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except (OSError, RuntimeError):
        return None
    others_write = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    is_own = not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not others_write)
    return ResultStore(folder) if is_own else None


def digest(content: bytes) -> bytes:
    """The SHA-256 of some content."""
    from hashlib import sha256

    return sha256(content).digest()


def _put(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all."""
    # No other run has the number of this process, and each runs one of these at a time.
    new = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        new.write_bytes(content)
        new.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            new.unlink()
        raise


def _is_texts(value: object) -> bool:
    """Whether a value is a list of texts, which JSON holds as they are: most of all that is kept is."""
    return type(value) is list and all(type(text) is str for text in value)


def compressed(payload: bytes) -> bytes | None:
    """A value as `orjson` has written it, as an entry holds it; None where it is more than one holds."""
    return zlib.compress(payload, _LEVEL) if len(payload) <= _LARGEST else None


def _expanded(written: bytes) -> bytes:
    """What was compressed; ValueError where it is more than any entry holds."""
    stream = zlib.decompressobj()
    payload = stream.decompress(written, _LARGEST)
    if not stream.eof:
        raise ValueError("an entry is cut off, or too large")
    return payload


@cache
def _version() -> bytes:
    """What tells this Tocsin from any other: its version, and its files, which a developer changes."""
    from tocsin import __version__

    root = Path(__file__).parent
    files = _installed(root) or list(_present(root))
    return digest("\n".join((__version__, *sorted(files))).encode())


def _installed(root: Path) -> list[str]:
    """The files with their hashes as pip listed them: two machines with one release list the same."""
    return [
        line
        for record in root.parent.glob(f"{root.name}-*.dist-info/RECORD")
        for line in record.read_text(encoding="utf-8").splitlines()
        if line.startswith(f"{root.name}/") and line.partition(",")[0].endswith(_PROGRAM)
    ]


def _present(root: Path) -> Iterator[str]:
    """The files with their times, where nobody has listed them."""
    for folder, inside, names in os.walk(root):
        inside[:] = [name for name in inside if name not in ("__pycache__", "manual")]
        for name in names:
            if name.endswith(_PROGRAM):
                found = Path(folder, name).stat()
                yield f"{folder}/{name} {found.st_size} {found.st_mtime_ns}"


_PROGRAM = (".py", ".j2")
