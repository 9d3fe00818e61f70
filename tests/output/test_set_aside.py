"""Files of one environment, on a disk until those of all others are made."""

from __future__ import annotations

import tempfile
from typing import IO, TYPE_CHECKING

import pytest

from tocsin.files import File, KeptFile
from tocsin.output.set_aside import FilesSetAside

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FILES = [File("b/x.yaml", b"x: 1\n"), File("a", b""), File("c", b"\x00\xff" * 100_000)]


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """The folders in which a temporary file was tried to be made; only those that exist can have one."""
    found: list[Path | None] = []

    def made(*, dir: Path | None = None) -> IO[bytes]:
        found.append(dir)
        if dir is None or dir.name == "locked":
            raise PermissionError
        return temporary(dir=dir)

    temporary = tempfile.TemporaryFile
    monkeypatch.setattr(tempfile, "TemporaryFile", made)
    return found


def test_files_come_back_as_often_as_they_are_asked_for(tmp_path: Path, tried: list[Path | None]) -> None:
    aside = FilesSetAside(iter(FILES), tmp_path / "out" / "staging")
    assert [_told(aside), _told(aside)] == [_told(FILES), _told(FILES)]
    # On the disk that the output is on, and gone with the program, however that ends, as it has no name.
    assert (tried, [*tmp_path.iterdir()]) == ([tmp_path], [])


def test_files_of_an_earlier_run_are_read_when_somebody_asks(tmp_path: Path) -> None:
    read: list[str] = []

    def content() -> bytes:
        read.append("b")
        return b"b\n"

    kept = KeptFile("b", File("b", b"b\n").digest(), content)
    aside = FilesSetAside([FILES[0], kept], tmp_path / "out", leave_kept=True)
    assert ([file.path for file in aside], read) == (["b/x.yaml", "b"], [])
    assert _told(aside) == _told([FILES[0], File("b", b"b\n")])
    assert _told(FilesSetAside([kept], tmp_path / "out")) == _told([File("b", b"b\n")])


def _told(files: Iterable[File]) -> list[tuple[str, bytes, str]]:
    return [(file.path, file.content, file.digest()) for file in files]


def test_where_no_temporary_file_can_be_made_they_stay_in_memory(
    tmp_path: Path, tried: list[Path | None]
) -> None:
    (locked := tmp_path / "locked").mkdir()
    assert _told(FilesSetAside(FILES, locked / "out")) == _told(FILES)
    assert tried == [locked, None]
