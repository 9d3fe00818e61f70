"""Files of one environment, on a disk until those of all others are made."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from tocsin.files import File
from tocsin.output.set_aside import FilesSetAside

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

FILES = [File("b/x.yaml", b"x: 1\n"), File("a", b""), File("c", b"\x00\xff" * 100_000)]


def test_files_come_back_as_often_as_they_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    aside = FilesSetAside(iter(FILES))
    assert [list(aside), list(aside)] == [FILES, FILES]
    # What has no name is gone with the program, however that ends.
    assert [*tmp_path.iterdir()] == []


def test_where_no_temporary_file_can_be_made_they_stay_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    assert list(FilesSetAside(FILES)) == FILES
