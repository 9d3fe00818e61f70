"""Files, devices and pipes are read up to a limit, and nobody waits for ever."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from tocsin.source import decode
from tocsin.source.decode import read_file


def test_what_never_ends_is_refused() -> None:
    with pytest.raises(OSError, match="larger than 1 MiB"):
        read_file(Path("/dev/zero"), 1 << 20)


def test_a_file_may_be_as_large_as_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 1000)
    assert len(read_file(path, 1000)) == 1000
    with pytest.raises(OSError, match="larger"):
        read_file(path, 999)


def test_a_pipe_that_nobody_writes_to_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "_PATIENCE", 0.01)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="nobody writes to"):
        read_file(tmp_path / "pipe")


def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"x" * 200_000,))
    writer.start()
    assert len(read_file(pipe)) == 200_000
    writer.join()


def test_a_pipe_whose_writer_is_slow_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "_PATIENCE", 0.01)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    both = os.open(pipe, os.O_RDWR)  # so that there is a writer before anything is read

    def write_late() -> None:
        os.write(both, b"late")
        os.close(both)

    writer = threading.Timer(0.2, write_late)
    writer.start()
    assert read_file(pipe) == b"late"
    writer.join()
